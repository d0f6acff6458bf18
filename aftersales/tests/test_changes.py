from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils import translation

from aftersales.changes import FieldChange, changes, readable
from aftersales.history import changes_by
from aftersales.models import User
from aftersales.roles import CASHIER, SUPERVISOR
from aftersales.tests.factories import UserFactory

NUMBER = models.PositiveSmallIntegerField(choices=[(1, "Monday"), (2, "Tuesday")])


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (models.CharField(), "", ""),
        (models.CharField(), "王小明", "王小明"),
        (models.CharField(choices=[("a", "Apple")]), "a", "Apple"),
        (models.CharField(choices=[("a", "Apple")]), "no longer known", "no longer known"),
        (models.BooleanField(), False, "no"),
        (models.BooleanField(), True, "yes"),
        (models.IntegerField(), 0, "0"),
        (models.DecimalField(), Decimal("12.50"), "12.50"),
        (models.DateField(), date(2026, 3, 2), "2026-03-02"),
        (models.TimeField(), time(18, 0), "18:00"),
        (models.DateTimeField(), datetime(2026, 3, 1, 17, 0, tzinfo=UTC), "2026-03-02 01:00"),
        (ArrayField(NUMBER), [1, 2], "Monday, Tuesday"),
        (ArrayField(NUMBER), [], ""),
        (DateRangeField(), DateRange(date(2026, 3, 2), None), "since 2026-03-02"),
        (
            DateRangeField(),
            DateRange(date(2026, 3, 2), date(2026, 4, 1)),
            "from 2026-03-02 until 2026-04-01",
        ),
    ],
)
def test_a_value_is_written_for_people(column, value, text):
    with translation.override("en"):
        assert readable(column, value) == text


@pytest.mark.django_db
class TestChanges:
    def of(self, user, **options):
        return changes(User, Q(pgh_obj=user.pk), **{"limit": 10, **options})

    def test_say_who_changed_what_from_what_to_what(self):
        supervisor = UserFactory(name="周振华")
        user = UserFactory(name="Kim", roles=[CASHIER])
        with changes_by(supervisor):
            user.name, user.roles = "Kim Minsu", [CASHIER, SUPERVISOR]
            user.save()

        changed, added = self.of(user)

        assert (changed.action, changed.by, changed.is_direct) == ("update", "周振华", False)
        assert changed.fields == [
            FieldChange("Name", "Kim", "Kim Minsu"),
            FieldChange("Roles", "Cashier", "Cashier, Supervisor"),
        ]
        assert (added.action, added.is_direct) == ("insert", True)
        assert FieldChange("Name", "", "Kim") in added.fields
        assert {field.label for field in added.fields}.isdisjoint({"Version", "ID", "Created"})

    def test_what_somebody_does_with_sql_stands_there_as_well(self):
        user = UserFactory(name="Kim")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE aftersales_user SET name = 'Lee' WHERE id = %s", [user.pk])

        changed = self.of(user)[0]

        assert (changed.is_direct, changed.by) == (True, "")
        assert changed.fields == [FieldChange("Name", "Kim", "Lee")]

    def test_begin_where_the_last_page_ended_and_still_know_what_was_before(self):
        user = UserFactory(name="A")
        for name in "BCD":
            User.objects.filter(pk=user.pk).update(name=name)
        newest, *_rest = self.of(user)

        older = self.of(user, before=Q(pgh_id__lt=newest.pk), limit=1)

        assert [change.fields for change in older] == [[FieldChange("Name", "B", "C")]]

    def test_take_a_fixed_number_of_queries(self, django_assert_num_queries):
        user, supervisor = UserFactory(name="A"), UserFactory()
        for rows, name in ((2, "B"), (4, "CDE")):
            for letter in name:
                with changes_by(supervisor):
                    User.objects.filter(pk=user.pk).update(name=letter)
            with django_assert_num_queries(3):
                assert len(self.of(user)) >= rows
