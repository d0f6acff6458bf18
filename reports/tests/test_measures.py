"""Measures of the weekly meeting: entered, changed, checked off (FUP-17)."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse

from aftersales import days
from aftersales.refusals import ChangedMeanwhile
from aftersales.roles import REST_CLIENT, SERVICE_ADVISOR
from aftersales.tests.factories import SupervisorFactory, UserFactory
from followups.models import Department
from followups.tests.factories import MatterFactory
from reports.models import Measure
from reports.services import measures
from reports.tests.factories import MeasureFactory

pytestmark = pytest.mark.django_db
MONDAY = date(2025, 3, 31)
TODAY = date(2025, 4, 7)


def enter(**fields):
    said = {
        "week": MONDAY,
        "department": Department.WORKSHOP,
        "text": "Sign each road test.",
        "owner": UserFactory(),
        "due_on": TODAY,
        "by": SupervisorFactory(),
        "today": TODAY,
    }
    return measures.enter_measure(**(said | fields))


class TestEntering:
    def test_keeps_week_department_matter_owner_and_day(self):
        matter, owner = MatterFactory(), UserFactory()

        measure = enter(matter=matter, owner=owner, text="  Sign each road test.\n")

        measure.refresh_from_db()
        assert (measure.week, measure.department, measure.due_on) == (MONDAY, "workshop", TODAY)
        assert (measure.matter, measure.owner, measure.done_on) == (matter, owner, None)
        assert measure.text == "Sign each road test."

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"text": " \n"}, "text"), ({"due_on": TODAY - timedelta(1)}, "due_on")],
    )
    def test_refuses_nothing_and_days_that_are_over(self, wrong, field):
        with pytest.raises(ValidationError) as refusal:
            enter(**wrong)

        assert list(refusal.value.message_dict) == [field]

    @pytest.mark.parametrize(
        ("fields", "constraint"),
        [
            ({"text": ""}, "reports_measures_say_what"),
            ({"week": date(2025, 4, 1)}, "reports_measures_belong_to_a_week"),
            ({"done_on": TODAY}, "reports_done_measures_say_when_and_who"),
        ],
    )
    def test_the_database_refuses_what_cannot_be(self, fields, constraint):
        with pytest.raises(IntegrityError, match=constraint):
            MeasureFactory(**fields)


class TestChecking:
    def test_says_when_and_who_and_can_be_taken_back(self):
        measure, supervisor = MeasureFactory(), SupervisorFactory()

        done = measures.check_off(measure.pk, by=supervisor, version=1, today=TODAY)
        assert (done.done_on, done.done_by) == (TODAY, supervisor)

        undone = measures.take_back_check(measure.pk, by=supervisor, version=done.version)
        assert (undone.done_on, undone.done_by) == (None, None)
        assert measure.events.count() == 3

    def test_twice_is_refused(self):
        measure, supervisor = MeasureFactory(), SupervisorFactory()
        measures.check_off(measure.pk, by=supervisor, version=1, today=TODAY)

        with pytest.raises(ChangedMeanwhile):
            measures.check_off(measure.pk, by=supervisor, version=1, today=TODAY)


class TestChanging:
    def test_lets_a_day_stay_that_is_over(self):
        measure = MeasureFactory(due_on=TODAY - timedelta(3))
        changes = {"text": "Sign twice.", "owner": measure.owner, "due_on": measure.due_on}

        changed = measures.change_measure(
            measure.pk, by=SupervisorFactory(), version=1, changes=changes, today=TODAY
        )

        assert changed.text == "Sign twice."

    def test_refuses_to_put_it_off_into_the_past(self):
        measure = MeasureFactory()
        changes = {
            "text": measure.text,
            "owner": measure.owner,
            "due_on": TODAY - timedelta(1),
        }

        with pytest.raises(ValidationError, match="over"):
            measures.change_measure(
                measure.pk, by=SupervisorFactory(), version=1, changes=changes, today=TODAY
            )


class TestQuerySet:
    def test_overdue_is_open_after_its_day(self):
        late = MeasureFactory(due_on=TODAY - timedelta(1))
        MeasureFactory(due_on=TODAY)
        MeasureFactory(due_on=TODAY - timedelta(1), done_on=TODAY, done_by=late.owner)

        assert list(Measure.objects.overdue(TODAY)) == [late]

    def test_a_meeting_sees_its_own_and_what_was_open_when_the_week_began(self):
        own = MeasureFactory(week=TODAY)
        older = MeasureFactory()
        done_since = MeasureFactory(done_on=TODAY, done_by=older.owner)
        MeasureFactory(done_on=TODAY - timedelta(1), done_by=older.owner)
        MeasureFactory(week=TODAY + timedelta(7))

        assert set(Measure.objects.on_paper_of(TODAY)) == {own, older, done_since}


class TestPages:
    @pytest.fixture(autouse=True)
    def supervisor(self, client):
        user = SupervisorFactory()
        client.force_login(user)
        return user

    def post(self, client, **said):
        address = f"{reverse('reports:enter-measure', args=['workshop'])}?week=2025-W14"
        form = client.get(address).context["form"]
        typed = {
            "operation": form["operation"].value(),
            "text": "Sign each road test.",
            "owner": UserFactory().pk,
            "due_on": days.today().isoformat(),
        }
        return client.post(address, typed | said)

    def test_a_measure_is_entered_for_the_week_that_was_shown(self, client):
        matter = MatterFactory()

        answer = self.post(client, matter=matter.pk)

        assert answer.url == f"{reverse('reports:digest', args=['workshop'])}?week=2025-W14"
        measure = Measure.objects.get()
        assert (measure.week, measure.department, measure.matter) == (MONDAY, "workshop", matter)

    def test_what_was_typed_stays_when_it_is_refused(self, client):
        answer = self.post(client, due_on="2025-01-01")

        assert answer.status_code == 422
        assert answer.context["form"].errors == {"due_on": ["This day is over."]}
        assert "Sign each road test." in answer.content.decode()

    def test_programs_are_in_charge_of_nothing(self, client):
        program, gone = UserFactory(roles=[REST_CLIENT]), UserFactory(is_active=False)

        for person in (program, gone):
            assert self.post(client, owner=person.pk).status_code == 422

    def test_an_unknown_department_is_not_found(self, client):
        address = reverse("reports:enter-measure", args=["kitchen"])

        assert client.get(address).status_code == 404

    def test_a_change_shows_both_versions_when_somebody_was_faster(self, client):
        measure = MeasureFactory(due_on=days.today())
        address = reverse("reports:change-measure", args=[measure.pk])
        typed = {
            "version": 1,
            "text": "Sign twice.",
            "owner": measure.owner_id,
            "due_on": measure.due_on.isoformat(),
        }
        Measure.objects.filter(pk=measure.pk).update(text="Sign three times.")

        answer = client.post(address, typed)
        assert answer.status_code == 409
        [difference] = answer.context["differences"]
        assert (difference.in_file, difference.typed) == ("Sign three times.", "Sign twice.")

        assert client.post(address, typed | {"version": 2}).status_code == 302
        measure.refresh_from_db()
        assert measure.text == "Sign twice."

    def test_a_check_mark_leads_back_to_the_page_it_was_set_on(self, client, supervisor):
        measure = MeasureFactory()
        back = "/digests/workshop/?week=2025-W15"
        sent = {"version": 1, "next": back}

        answer = client.post(reverse("reports:check-off-measure", args=[measure.pk]), sent)

        measure.refresh_from_db()
        assert answer.url == back
        assert (measure.done_on, measure.done_by) == (days.today(), supervisor)

    def test_an_old_page_changes_nothing(self, client):
        measure = MeasureFactory()
        Measure.objects.update(text="Sign twice.")

        client.post(reverse("reports:check-off-measure", args=[measure.pk]), {"version": 1})

        measure.refresh_from_db()
        assert measure.done_on is None

    def test_an_advisor_reads_and_changes_nothing(self, client):
        client.force_login(UserFactory(roles=[SERVICE_ADVISOR]))
        measure = MeasureFactory()

        page = client.get(f"{reverse('reports:digest', args=['workshop'])}?week=2025-W14")

        assert measure.text in page.content.decode()
        assert reverse("reports:check-off-measure", args=[measure.pk]) not in page.content.decode()
        for name in ("check-off-measure", "take-back-check", "change-measure"):
            address = reverse(f"reports:{name}", args=[measure.pk])
            assert client.post(address, {"version": 1}).status_code == 403
