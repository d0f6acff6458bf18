"""The page of reminders (CRM-03): what is planned, switches with their preview, festivals."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from aftersales.refusals import ChangedMeanwhile
from aftersales.tests.factories import SupervisorFactory
from customers.tests.factories import CustomerFactory
from followups.models import Festival, FollowUp, Kind, ReminderRule
from followups.reminders.agenda import agenda
from followups.services import reminders as rules
from followups.tests.factories import MatterFactory, PolicyFactory
from followups.tests.reminding import car, day, festival, remind, reminders
from followups.tests.reminding import change as set_to
from followups.tests.sweeping import at
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db
# A Monday.
NOW = at("2025-03-31 10:00")
PAGE = reverse("followups:reminders")


@pytest.fixture(autouse=True)
def policy():
    return PolicyFactory()


@pytest.fixture
def boss():
    return SupervisorFactory()


@pytest.fixture(autouse=True)
def _at_ten(client, boss):
    with time_machine.travel(NOW, tick=False):
        client.force_login(boss)
        yield


def change(boss, kind=Kind.BIRTHDAY, **values):
    said = {"version": 1, "is_on": True, "days_before": [0], "days_open": 0} | values
    return rules.change_rule(kind, by=boss, now=NOW, **said)


def line(kind):
    return next(each for each in agenda(now=NOW) if each.rule.kind == kind)


class TestRules:
    def test_begin_as_the_regulation_has_them(self):
        found = [
            (rule.kind, rule.is_on, rule.days_before) for rule in ReminderRule.objects.current()
        ]

        assert found == [
            ("maintenance", True, [14]),
            ("insurance", True, [60, 30, 7]),
            ("inspection", True, [30]),
            ("warranty_end", True, [30]),
            ("declined_work", True, [0]),
            ("planned_contact", True, [0]),
            ("birthday", False, [0]),
            ("greeting", False, [5]),
        ]

    def test_switched_on_make_what_the_coming_weeks_hold_at_once(self, boss):
        CustomerFactory(birthday=day("1980-04-10"))

        effect = change(boss)

        assert (effect.before, effect.after) == (0, 1)
        assert reminders() == [("birthday", "2025-04-10", "2025-04-10", "2025-04-10", "open")]

    def test_a_preview_says_so_and_changes_nothing(self, boss):
        CustomerFactory(birthday=day("1980-04-10"))

        effect = rules.preview_rule(
            Kind.BIRTHDAY, by=boss, now=NOW, version=1, is_on=True, days_before=[0], days_open=0
        )

        assert (effect.before, effect.after) == (0, 1)
        assert reminders() == []
        assert not ReminderRule.objects.filter(kind=Kind.BIRTHDAY, is_on=True).exists()

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"days_before": []}, "days_before"),
            ({"days_before": [60, 50, 40, 30, 20, 10]}, "days_before"),
            ({"days_before": [181]}, "days_before"),
            ({"days_before": [7, 30]}, "days_before"),
            ({"days_before": [7, 7]}, "days_before"),
            ({"days_open": 61}, "days_open"),
        ],
    )
    def test_that_cannot_be_are_refused(self, boss, values, field):
        with pytest.raises(ValidationError) as refused:
            change(boss, **values)

        assert list(refused.value.message_dict) == [field]

    def test_that_somebody_changed_meanwhile_are_refused(self, boss):
        change(boss)

        with pytest.raises(ChangedMeanwhile):
            change(boss, is_on=False)


class TestAgenda:
    def test_counts_by_the_week_in_which_a_window_opens(self):
        for ends in ("2025-04-30", "2025-05-05", "2025-05-10", "2025-05-30"):
            car(warranty_ends_on=ends)
        remind("2025-03-31 06:00")

        found = line(Kind.WARRANTY_END)

        # 31 March is open; 5 and 10 April, and 30 April, are to come.
        assert (found.open, found.waiting, found.weeks) == (1, 0, [1, 1, 0, 0, 1, 0, 0])
        assert found.planned == 3

    def test_says_how_many_wait(self):
        vehicle = car(warranty_ends_on="2025-04-30")
        MatterFactory(customer=vehicle.relations.get().customer)
        car(warranty_ends_on="2025-04-30")
        remind("2025-03-31 06:00")

        assert (line(Kind.WARRANTY_END).open, line(Kind.WARRANTY_END).waiting) == (2, 1)


class TestPages:
    def test_what_is_planned_is_shown_by_kind(self, client):
        car(warranty_ends_on="2025-05-10")
        remind("2025-03-31 06:00")

        page = client.get(PAGE).content.decode()

        for words in ("Insurance renewal", "60, 30, 7", "kind=warranty_end", "2025-04-07"):
            assert words in page

    @pytest.mark.parametrize("rows", [1, 3])
    def test_it_takes_a_fixed_number_of_queries(self, client, rows, django_assert_num_queries):
        ReminderRule.objects.current()
        for _row in range(rows):
            car(warranty_ends_on="2025-04-30", policy_ends_on="2025-05-10")
        remind("2025-03-31 06:00")

        with django_assert_num_queries(13):
            client.get(PAGE)

    def test_a_kind_is_tried_out_and_switched_on(self, client):
        CustomerFactory(birthday=day("1980-04-10"))
        address = reverse("followups:change-reminder", args=[Kind.BIRTHDAY])
        said = {"version": 1, "is_on": "on", "days_before": "0", "days_open": "0"}

        tried = client.post(reverse("followups:preview-reminder", args=[Kind.BIRTHDAY]), said)
        assert "Afterwards 1 reminder of this kind is planned or open; now it is 0." in (
            tried.content.decode()
        )
        assert FollowUp.objects.count() == 0

        saved = client.post(address, said, follow=True).content.decode()
        assert "Birthday: saved; 1 are planned or open, before it were 0." in saved
        assert FollowUp.objects.count() == 1

    @pytest.mark.parametrize("typed", ["60；30、 7", "60, 30, 7", "60 30 7"])
    def test_days_may_be_typed_in_several_ways(self, client, typed):
        said = {"version": 1, "is_on": "on", "days_before": typed, "days_open": "9"}

        client.post(reverse("followups:change-reminder", args=[Kind.INSURANCE]), said)

        rule = ReminderRule.objects.get(kind=Kind.INSURANCE)
        assert (rule.days_before, rule.days_open) == ([60, 30, 7], 9)

    @pytest.mark.parametrize("typed", ["soon", "-7", "7.5", "", "٧", "99999"])
    def test_what_is_no_number_of_days_is_refused_beside_its_field(self, client, typed):
        said = {"version": 1, "is_on": "on", "days_before": typed, "days_open": "9"}

        page = client.post(reverse("followups:change-reminder", args=[Kind.INSURANCE]), said)

        assert page.status_code == 422
        assert list(page.context["form"].errors) == ["days_before"]

    def test_what_somebody_else_changed_is_shown_beside_what_was_typed(self, client, boss):
        change(boss)
        said = {"version": 1, "days_before": "3", "days_open": "0"}

        page = client.post(reverse("followups:change-reminder", args=[Kind.BIRTHDAY]), said)

        assert page.status_code == 409
        assert page.context["differences"]

    def test_a_kind_that_is_no_reminder_is_not_there(self, client):
        assert client.get("/reminders/first_call/").status_code == 404


class TestFestivals:
    def test_are_added_and_taken_away(self, client):
        RepairOrderFactory()
        said = {"day": "2025-05-01", "name": "劳动节"}

        page = client.post(reverse("followups:add-festival"), said, follow=True).content.decode()
        assert "劳动节" in page

        spring = Festival.objects.get()
        client.post(reverse("followups:remove-festival", args=[spring.pk]))
        assert not Festival.objects.exists()

    @pytest.mark.parametrize(
        ("on", "error"),
        [
            ("2025-03-30", "This day is over already."),
            ("2025-05-01", "This day is a festival already."),
        ],
    )
    def test_on_a_day_that_cannot_be_are_refused(self, client, on, error):
        festival("2025-05-01")

        page = client.post(reverse("followups:add-festival"), {"day": on, "name": "Spring"})

        assert page.status_code == 422
        assert page.context["festival_form"].errors == {"day": [error]}
        assert Festival.objects.get().day == date(2025, 5, 1)


class TestOneReminder:
    """What its page says beyond that of a call after a visit."""

    @pytest.fixture
    def reminder(self):
        vehicle = car(next_maintenance_km=20_000, next_maintenance_on="2025-04-10")
        for read_on, km in (("2025-01-30", 13_000), ("2025-03-31", 16_000)):
            RepairOrderFactory(
                vehicle=vehicle, checked_in_at=at(f"{read_on} 09:00"), mileage_in=km, kind="general"
            )
        remind("2025-03-31 09:30")
        return FollowUp.objects.get()

    def page(self, client, item):
        return client.get(item.get_absolute_url()).content.decode()

    def test_is_shown_as_waiting_on_the_page_of_the_customer(self, client, reminder):
        MatterFactory(customer=reminder.customer, kind="complaint")

        page = self.page(client, reminder.customer)

        assert "Waits: a complaint is open." in page

    def test_shows_when_the_mileage_is_reached_and_by_which_readings(self, client, reminder):
        page = self.page(client, reminder)

        for words in ("20,000 km reached", "2025-06-19", "13,000 km on 2025-01-30"):
            assert words in page

    def test_says_why_it_waits(self, client, reminder):
        assert "Waits" not in self.page(client, reminder)

        MatterFactory(customer=reminder.customer, kind="complaint")

        assert "Waits: a complaint is open." in self.page(client, reminder)

    def test_shows_what_ended_it(self, client, reminder):
        set_to(reminder.vehicle, next_maintenance_on=None)
        FollowUp.objects.update(
            state="done", ending="goal_met", evidence="RO-77", closed_at=NOW,
            closed_on="2025-03-31",
        )  # fmt: skip

        assert "RO-77" in self.page(client, reminder)
