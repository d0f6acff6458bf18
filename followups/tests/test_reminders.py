"""What the shop reminds its customers of, and when (SET-06, HAB-03, FIL-05, CRM-03).

Five weeks without a sweep change nothing.
"""

from datetime import date, timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from aftersales.tests.factories import UserFactory
from aftersales.tests.parallel import in_parallel
from customers.models import ContactRefusal
from customers.services import merges
from customers.tests.factories import CustomerFactory, OwnershipFactory, VehicleFactory
from followups.models import FollowUp, Holiday, Kind, Policy
from followups.sweeps import sweep_reminders
from followups.tests.factories import PolicyFactory, TrackerFactory
from followups.tests.reminding import (
    car,
    change,
    day,
    declined,
    festival,
    remind,
    reminders,
    sell,
    switch,
)
from followups.tests.sweeping import at, released, supervisor
from workshop.tests.factories import RepairOrderFactory


@pytest.fixture(autouse=True)
def policy(db):
    return PolicyFactory()


class TestWindows:
    def test_of_a_car_count_back_from_each_of_its_days(self):
        car(
            next_maintenance_on="2025-04-20",
            policy_ends_on="2025-05-01",
            inspection_due_on="2025-05-31",
            warranty_ends_on="2025-04-30",
        )

        remind("2025-03-31 10:00")

        assert reminders() == [
            ("inspection", "2025-05-31", "2025-05-01", "2025-05-15", "open"),
            ("insurance", "2025-05-01", "2025-04-01", "2025-04-08", "open"),
            ("insurance", "2025-05-01", "2025-04-24", "2025-05-01", "open"),
            ("maintenance", "2025-04-20", "2025-04-06", "2025-04-20", "open"),
            ("warranty_end", "2025-04-30", "2025-03-31", "2025-04-14", "open"),
        ]

    @pytest.mark.parametrize(
        ("ends_on", "opens"),
        [
            ("2024-02-29", ["2023-12-31", "2024-01-30", "2024-02-22"]),
            ("2024-03-31", ["2024-01-31", "2024-03-01", "2024-03-24"]),
            ("2025-03-01", ["2024-12-31", "2025-01-30", "2025-02-22"]),
            ("2025-01-05", ["2024-11-06", "2024-12-06", "2024-12-29"]),
        ],
    )
    def test_of_a_policy_open_60_30_and_7_days_before_its_end(self, ends_on, opens):
        car(policy_ends_on=ends_on, since="2020-01-01")

        for days_before in (60, 30, 7):
            remind(at(f"{ends_on} 09:00") - timedelta(days_before))

        assert [opened for _, _, opened, *_ in reminders()] == opens
        assert set(FollowUp.objects.values_list("sequence", flat=True)) == {0, 1, 2}

    def test_are_written_six_weeks_ahead_and_no_earlier(self):
        car(next_maintenance_on="2025-05-27")

        remind("2025-03-31 23:59")
        assert reminders() == []

        remind("2025-04-01 00:00")
        assert reminders() == [("maintenance", "2025-05-27", "2025-05-13", "2025-05-27", "open")]

    def test_that_are_over_are_not_written(self):
        car(next_maintenance_on="2025-03-30")
        car(next_maintenance_on="2025-03-31")

        remind("2025-03-31 10:00")

        assert [about for _, about, *_ in reminders()] == ["2025-03-31"]

    def test_that_opened_before_go_live_are_not_owed(self):
        Policy.objects.update(go_live_on=day("2025-03-18"))
        car(next_maintenance_on="2025-03-31")
        car(next_maintenance_on="2025-04-01")

        remind("2025-03-31 10:00")

        assert [about for _, about, *_ in reminders()] == ["2025-04-01"]

    def test_end_on_a_working_day_if_the_policy_says_so(self):
        Policy.objects.update(roll_over_holidays=True)
        Holiday.objects.create(day=day("2025-04-20"), name="Easter")
        car(next_maintenance_on="2025-04-20")

        remind("2025-03-31 10:00")

        assert reminders() == [("maintenance", "2025-04-20", "2025-04-06", "2025-04-21", "open")]

    @pytest.mark.parametrize(
        ("born", "now", "greeted"),
        [
            ("1988-02-29", "2024-02-01 09:00", "2024-02-29"),
            ("1988-02-29", "2025-02-01 09:00", "2025-02-28"),
            ("1975-01-02", "2024-12-20 09:00", "2025-01-02"),
            ("1975-12-31", "2024-12-20 09:00", "2024-12-31"),
        ],
    )
    def test_of_a_birthday_is_the_day_itself(self, born, now, greeted):
        switch(Kind.BIRTHDAY)
        CustomerFactory(birthday=day(born))
        CustomerFactory()

        remind(now)

        assert reminders() == [("birthday", greeted, greeted, greeted, "open")]

    def test_of_a_planned_contact_opens_on_its_day(self):
        CustomerFactory(next_contact_on=day("2025-04-10"))

        remind()

        assert reminders() == [
            ("planned_contact", "2025-04-10", "2025-04-10", "2025-04-17", "open")
        ]

    def test_of_declined_work_opens_on_the_day_to_ask_again(self):
        order = released("2025-01-10 17:00")
        declined(order, "2025-04-10", entered_by=UserFactory())

        remind()

        assert reminders(customer=order.customer) == [
            ("declined_work", "", "2025-04-10", "2025-04-24", "open")
        ]

    def test_of_a_festival_is_for_everybody_who_came_within_a_year(self):
        switch(Kind.GREETING)
        festival("2025-05-01")
        came = RepairOrderFactory(checked_in_at=at("2024-05-01 09:00")).customer
        RepairOrderFactory(checked_in_at=at("2024-04-30 09:00"))

        remind()

        assert reminders() == [("greeting", "2025-05-01", "2025-04-26", "2025-05-01", "open")]
        assert FollowUp.objects.get().customer == came


class TestWhoIsReminded:
    def test_the_owner_else_who_brings_the_car(self):
        owned, brought = (
            car(policy_ends_on="2025-04-10"),
            VehicleFactory(policy_ends_on=day("2025-04-10")),
        )
        OwnershipFactory(vehicle=owned, relation="bringer")
        bringer = OwnershipFactory(vehicle=brought, relation="bringer").customer
        OwnershipFactory(vehicle=brought, relation="payer")
        VehicleFactory(policy_ends_on=day("2025-04-10"))

        remind()

        assert dict(FollowUp.objects.values_list("vehicle", "customer").distinct()) == {
            owned.pk: owned.relations.get(relation="owner").customer_id,
            brought.pk: bringer.pk,
        }

    def test_the_tracker_owes_it_else_who_has_the_fewest(self):
        anna, ben = TrackerFactory(), TrackerFactory()
        theirs = car(CustomerFactory(tracker=ben), warranty_ends_on="2025-04-30")
        nobodys = car(warranty_ends_on="2025-04-30")

        remind()

        owners = dict(FollowUp.objects.values_list("vehicle", "owner"))
        assert owners == {theirs.pk: ben.pk, nobodys.pk: anna.pk}

    def test_a_car_that_is_sold_is_its_new_owners(self):
        vehicle = car(policy_ends_on="2025-05-01")
        remind("2025-04-02 10:00")
        buyer = CustomerFactory()

        sell(vehicle, buyer, "2025-04-03")
        remind("2025-04-03 10:00")

        assert [ending for *_, ending in reminders(customer=buyer)] == ["open", "open"]
        assert {ending for *_, ending in reminders()} == {"changed", "open"}
        assert FollowUp.objects.filter(ending="changed").exclude(customer=buyer).count() == 2

    def test_nobody_is_for_a_car_that_was_given_away(self):
        vehicle = car(policy_ends_on="2025-05-01")
        change(vehicle.relations.get(), during=DateRange(day("2024-01-01"), day("2025-03-31")))

        remind("2025-03-31 10:00")

        assert reminders() == []

    @pytest.mark.parametrize(("purpose", "n"), [("reminder", 0), ("all", 0), ("promotion", 1)])
    @pytest.mark.parametrize("channel", ["phone", "all"])
    def test_nobody_who_refused_it(self, purpose, n, channel):
        customer = CustomerFactory()
        car(customer, warranty_ends_on="2025-04-30")
        refuse(customer, purpose, channel)

        remind()

        assert len(reminders()) == n

    def test_a_refusal_ends_what_is_open_and_one_for_letters_does_not(self):
        customer, other = CustomerFactory(), CustomerFactory()
        car(customer, warranty_ends_on="2025-04-30")
        car(other, warranty_ends_on="2025-04-30")
        remind()
        refuse(customer, "reminder", "phone")
        refuse(other, "reminder", "letter")

        remind()

        assert [ending for *_, ending in reminders(customer=customer)] == ["do_not_contact"]
        assert [ending for *_, ending in reminders(customer=other)] == ["open"]


class TestSwitches:
    def test_birthdays_and_greetings_are_off_at_first(self):
        customer = RepairOrderFactory(customer__birthday=day("1980-04-10")).customer
        festival("2025-04-10")

        remind()

        assert reminders(customer=customer) == []

    def test_switching_off_ends_what_is_open_and_on_again_owes_it_anew(self):
        car(warranty_ends_on="2025-04-30")
        remind()

        switch(Kind.WARRANTY_END, is_on=False)
        remind()
        assert [ending for *_, ending in reminders()] == ["switched_off"]

        switch(Kind.WARRANTY_END)
        remind()
        assert [ending for *_, ending in reminders()] == ["switched_off", "open"]

    def test_a_promised_call_outlasts_the_switch(self):
        car(warranty_ends_on="2025-04-30")
        remind()
        FollowUp.objects.update(callback_at=at("2025-04-02 10:00"))

        switch(Kind.WARRANTY_END, is_on=False)
        remind()

        assert [ending for *_, ending in reminders()] == ["open"]

    def test_other_days_before_move_what_has_not_opened(self):
        car(policy_ends_on="2025-05-01")
        remind("2025-04-02 10:00")

        switch(Kind.INSURANCE, days_before=[60, 25, 5], days_open=3)
        remind("2025-04-02 10:00")

        assert reminders() == [
            ("insurance", "2025-05-01", "2025-04-01", "2025-04-08", "open"),
            ("insurance", "2025-05-01", "2025-04-26", "2025-04-29", "open"),
        ]

    def test_everything_off_ends_everything(self):
        car(policy_ends_on="2025-05-01")
        remind()
        for kind in Kind:
            switch(kind, is_on=False)

        assert remind()["cancelled"] == 2


class TestSweeping:
    def test_twice_changes_nothing_the_second_time(self):
        everything()
        remind()
        before = reminders()

        assert set(remind().values()) == {0}
        assert reminders() == before

    def test_five_weeks_late_makes_the_same_as_every_day(self):
        everything()
        mornings = [at("2025-03-31 06:00") + timedelta(n) for n in range(36)]

        with transaction.atomic():
            for morning in mornings:
                remind(morning)
            daily = made()
            transaction.set_rollback(True)
        remind(mornings[0])
        remind(mornings[-1])

        assert made() == daily
        assert {ending for _, _, _, ending in daily} == {"", "expired"}

    @pytest.mark.parametrize("rows", [1, 3])
    def test_asks_the_same_number_of_questions_however_much_there_is(self, rows):
        remind("2025-03-01 06:00")
        for _row in range(rows):
            everything()

        with CaptureQueriesContext(connection) as asked:
            remind()

        assert len(asked) == 37

    def test_two_files_that_become_one_keep_one_of_each(self):
        switch(Kind.BIRTHDAY)
        survivor = CustomerFactory(birthday=day("1980-04-10"), next_contact_on=day("2025-04-08"))
        merged = CustomerFactory(birthday=day("1980-04-10"), next_contact_on=day("2025-04-09"))
        vehicle = car(merged, warranty_ends_on="2025-04-30")
        remind()

        merges.merge(
            survivor.pk, merged.pk, choices=(), by=supervisor(), now=at("2025-03-31 11:00")
        )
        remind("2025-03-31 12:00")

        assert sorted((kind, ending) for kind, *_, ending in reminders(customer=survivor)) == [
            ("birthday", "merged"),
            ("birthday", "open"),
            ("planned_contact", "changed"),
            ("planned_contact", "open"),
            ("warranty_end", "open"),
        ]
        assert FollowUp.objects.get(vehicle=vehicle).customer == survivor


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_the_same_moment_make_each_reminder_once():
    PolicyFactory()
    for _ in range(3):
        everything()

    in_parallel(*[partial(sweep_reminders, now=at("2025-03-31 06:00"))] * 4)

    found = FollowUp.objects.values_list("kind", "vehicle", "customer", "about_on", "sequence")
    assert len(found) == len(set(found)) == 18


def everything():
    """Let a customer have a car with all its days, and a contact planned."""
    customer = CustomerFactory(next_contact_on=day("2025-04-10"))
    return car(
        customer,
        next_maintenance_on="2025-04-20",
        policy_ends_on="2025-05-01",
        warranty_ends_on="2025-04-30",
        inspection_due_on="2025-05-31",
    )


def refuse(customer, purpose, channel):
    ContactRefusal.objects.create(
        customer=customer, purpose=purpose, channel=channel, reason="asked for it",
        refused_on=date(2025, 3, 1), recorded_by=UserFactory(),
    )  # fmt: skip


def made():
    fields = ("kind", "opens_on", "due_on", "ending")
    return sorted(FollowUp.objects.values_list(*fields))
