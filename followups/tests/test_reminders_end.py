"""Reminders close themselves, with evidence, and follow a day that moves (SET-02, SET-06)."""

import pytest

from aftersales.tests.factories import UserFactory
from customers.tests.factories import CustomerFactory
from followups.models import FollowUp, Kind
from followups.tests.factories import CallFactory, PolicyFactory
from followups.tests.reminding import (
    car,
    change,
    day,
    declined,
    festival,
    remind,
    reminders,
    switch,
)
from followups.tests.sweeping import at, closed, released
from workshop.models import OrderKind
from workshop.tests.factories import RepairOrderFactory


@pytest.fixture(autouse=True)
def policy(db):
    return PolicyFactory()


def came(vehicle, when, kind=OrderKind.MAINTENANCE, **fields):
    """Return an order of a car that was signed as soon as it came."""
    moment = at(when)
    times = {"state": "authorized", "checked_in_at": moment, "authorized_at": moment}
    return RepairOrderFactory(
        vehicle=vehicle, customer=vehicle.relations.get().customer, kind=kind, **times | fields
    )


def endings():
    """Return how each ended, and what shows it."""
    return list(FollowUp.objects.order_by("opens_on", "pk").values_list("ending", "evidence"))


class TestOrders:
    @pytest.mark.parametrize(
        ("day_of", "kind", "came_at", "is_met"),
        [
            # The window opens on 6 April; it was written from 23 February on.
            ("next_maintenance_on", OrderKind.MAINTENANCE, "2025-04-08 09:00", True),
            ("next_maintenance_on", OrderKind.MAINTENANCE, "2025-02-23 00:00", True),
            ("next_maintenance_on", OrderKind.MAINTENANCE, "2025-02-22 23:59", False),
            ("next_maintenance_on", OrderKind.FIRST_FREE, "2025-03-31 09:00", True),
            ("next_maintenance_on", OrderKind.GENERAL, "2025-04-06 00:00", True),
            ("next_maintenance_on", OrderKind.GENERAL, "2025-04-05 23:59", False),
            ("next_maintenance_on", OrderKind.INSURANCE, "2025-04-08 09:00", False),
            ("inspection_due_on", OrderKind.ANNUAL_INSPECTION, "2025-03-30 09:00", True),
            ("inspection_due_on", OrderKind.MAINTENANCE, "2025-04-08 09:00", False),
            ("warranty_ends_on", OrderKind.WARRANTY, "2025-04-08 09:00", True),
            ("warranty_ends_on", OrderKind.RECALL, "2025-04-08 09:00", False),
            ("policy_ends_on", OrderKind.INSURANCE, "2025-04-08 09:00", False),
        ],
    )
    @pytest.mark.parametrize("is_late", [False, True])
    def test_meet_the_goal_of_a_reminder(self, day_of, kind, came_at, is_met, is_late):
        about = "2025-04-20" if day_of == "next_maintenance_on" else "2025-05-06"
        vehicle = car(**{day_of: about})
        if not is_late:
            remind("2025-02-24 06:00")
        remind("2025-04-06 06:00")
        standing = FollowUp.objects.filter(state="open").count()
        order = came(vehicle, came_at, kind)

        remind("2025-04-09 06:00")

        met = FollowUp.objects.filter(ending="goal_met")
        assert standing == (2 if day_of == "policy_ends_on" else 1)
        assert [item.evidence for item in met] == ([order.number] if is_met else [])
        assert [item.closed_at for item in met] == ([order.authorized_at] if is_met else [])

    def test_that_nobody_signed_or_that_were_cancelled_meet_nothing(self):
        vehicle = car(next_maintenance_on="2025-04-20")
        came(vehicle, "2025-04-07 09:00", state="checked_in", authorized_at=None)
        came(
            vehicle, "2025-04-07 09:00", state="cancelled", cancelled_at=at("2025-04-07 10:00"),
            cancel_reason="wrong car",
        )  # fmt: skip
        remind("2025-04-06 06:00")

        remind("2025-04-08 06:00")

        assert endings() == [("", "")]

    def test_of_before_leave_nothing_to_remind_of(self):
        vehicle = car(next_maintenance_on="2025-04-20")
        came(vehicle, "2025-04-01 09:00")

        remind("2025-04-08 06:00")

        assert endings() == []

    def test_close_it_once_although_the_old_day_still_stands(self):
        vehicle = car(next_maintenance_on="2025-04-20")
        remind("2025-04-06 06:00")
        came(vehicle, "2025-04-07 09:00")

        remind("2025-04-08 06:00")
        remind("2025-04-09 06:00")

        assert [ending for ending, _ in endings()] == ["goal_met"]

    def test_meet_what_was_promised_for_later_too(self):
        vehicle = car(next_maintenance_on="2025-04-20")
        remind("2025-04-06 06:00")
        FollowUp.objects.update(callback_at=at("2025-04-10 10:00"))
        came(vehicle, "2025-04-07 09:00")

        remind("2025-04-08 06:00")

        assert [ending for ending, _ in endings()] == ["goal_met"]


class TestDays:
    @pytest.mark.parametrize("name", ["policy_ends_on", "inspection_due_on"])
    def test_that_moved_far_on_show_that_it_was_renewed(self, name):
        vehicle = car(**{name: "2025-05-01"})
        remind("2025-04-02 06:00")

        change(vehicle, **{name: day("2026-05-01")})
        remind("2025-04-03 06:00")

        assert set(endings()) == {("goal_met", "2026-05-01")}

    @pytest.mark.parametrize(("moved_to", "is_met"), [("2025-06-29", False), ("2025-06-30", True)])
    def test_that_moved_by_less_than_sixty_days_were_wrong(self, moved_to, is_met):
        vehicle = car(inspection_due_on="2025-05-01")
        remind("2025-04-01 06:00")

        change(vehicle, inspection_due_on=day(moved_to))
        remind("2025-04-02 06:00")

        assert [ending == "goal_met" for ending, _ in endings()] == [is_met]

    def test_of_the_next_maintenance_are_no_evidence(self):
        vehicle = car(next_maintenance_on="2025-04-20")
        remind("2025-04-06 06:00")

        change(vehicle, next_maintenance_on=day("2025-10-20"))
        remind("2025-04-07 06:00")

        assert endings() == [("changed", "")]

    def test_move_windows_that_have_not_opened(self):
        vehicle = car(policy_ends_on="2025-05-01")
        remind("2025-04-02 06:00")

        change(vehicle, policy_ends_on=day("2025-05-10"))
        remind("2025-04-02 07:00")

        assert reminders() == [
            ("insurance", "2025-05-10", "2025-04-01", "2025-04-08", "open"),
            ("insurance", "2025-05-10", "2025-05-03", "2025-05-10", "open"),
        ]

    def test_that_are_gone_end_what_was_about_them(self):
        vehicle = car(policy_ends_on="2025-05-01")
        remind("2025-04-02 06:00")

        change(vehicle, policy_ends_on=None)
        remind("2025-04-02 07:00")

        assert set(endings()) == {("changed", "")}

    def test_so_near_that_their_window_would_be_over_end_it(self):
        vehicle = car(policy_ends_on="2025-05-20")
        switch(Kind.INSURANCE, days_before=[30])
        remind("2025-04-02 06:00")

        change(vehicle, policy_ends_on=day("2025-04-10"))
        remind("2025-04-02 07:00")

        assert endings() == [("changed", "")]

    def test_that_come_back_are_owed_anew(self):
        vehicle = car(next_maintenance_on="2025-04-20")
        remind("2025-04-02 06:00")
        change(vehicle, next_maintenance_on=None)
        remind("2025-04-02 07:00")

        change(vehicle, next_maintenance_on=day("2025-04-20"))
        remind("2025-04-02 08:00")

        assert [ending for ending, _ in endings()] == ["changed", ""]

    def test_corrected_after_the_call_owe_no_second_one(self):
        vehicle = car(next_maintenance_on="2025-04-20")
        remind("2025-04-06 06:00")
        closed(FollowUp.objects.get(), "2025-04-07 10:00")

        change(vehicle, next_maintenance_on=day("2025-05-05"))
        remind("2025-04-21 06:00")

        assert [ending for ending, _ in endings()] == ["reached"]

    def test_that_collide_with_a_reminder_made_before_end_the_later_one(self):
        vehicle = car(next_maintenance_on="2025-04-20")
        remind("2025-04-06 06:00")
        closed(FollowUp.objects.get(), "2025-04-07 10:00")
        change(vehicle, next_maintenance_on=day("2025-06-20"))
        remind("2025-05-01 06:00")

        change(vehicle, next_maintenance_on=day("2025-04-20"))
        remind("2025-05-01 07:00")

        assert [ending for ending, _ in endings()] == ["reached", "changed"]


class TestTalks:
    @pytest.fixture
    def customer(self):
        return CustomerFactory(next_contact_on=day("2025-04-10"))

    @pytest.mark.parametrize(
        ("when", "fields", "is_met"),
        [
            ("2025-04-10 00:00", {}, True),
            ("2025-04-09 23:59", {}, False),
            ("2025-04-10 09:00", {"direction": "inbound", "kind": "inquiry"}, True),
            ("2025-04-10 09:00", {"outcome": "no_answer"}, False),
        ],
    )
    def test_since_its_day_are_the_planned_contact(self, customer, when, fields, is_met):
        remind("2025-04-08 06:00")
        moment = at(when)
        talk = CallFactory(customer=customer, started_at=moment, ended_at=moment, **fields)

        remind("2025-04-11 06:00")

        assert endings() == [("goal_met", talk.record_no) if is_met else ("", "")]

    def test_with_a_file_that_was_merged_count(self, customer):
        remind("2025-04-08 06:00")
        other = CustomerFactory(merged_into=customer)
        moment = at("2025-04-10 09:00")
        CallFactory(customer=other, started_at=moment, ended_at=moment)

        remind("2025-04-11 06:00")

        assert [ending for ending, _ in endings()] == ["goal_met"]

    def test_planned_for_another_day_are_another_contact(self, customer):
        remind("2025-04-10 06:00")

        change(customer, next_contact_on=day("2025-04-20"))
        remind("2025-04-11 06:00")

        assert [(about, ending) for _, about, *_, ending in reminders()] == [
            ("2025-04-10", "changed"),
            ("2025-04-20", "open"),
        ]

    def test_moved_before_their_day_stay_one(self, customer):
        remind("2025-04-09 06:00")

        change(customer, next_contact_on=day("2025-04-20"))
        remind("2025-04-09 07:00")

        assert [(about, ending) for _, about, *_, ending in reminders()] == [("2025-04-20", "open")]


class TestDeclinedWork:
    @pytest.fixture
    def work(self):
        return declined(released("2025-01-10 17:00"), "2025-04-10", entered_by=UserFactory())

    def test_that_is_settled_ends(self, work):
        remind("2025-04-10 06:00")
        change(work, done_at=at("2025-04-10 09:00"))

        remind("2025-04-10 10:00")

        assert [ending for ending, _ in endings()] == ["goal_met"]
        assert FollowUp.objects.get().closed_at == at("2025-04-10 09:00")

    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            ("2025-04-09 06:00", [("2025-05-01", "open")]),
            ("2025-04-10 06:00", [("2025-04-10", "changed"), ("2025-05-01", "open")]),
        ],
    )
    def test_asked_about_on_another_day_moves_or_begins_again(self, work, now, expected):
        remind(now)

        change(work, remind_on=day("2025-05-01"))
        remind(now)

        assert [(opens, ending) for _, _, opens, _, ending in reminders()] == expected

    def test_of_a_cancelled_order_is_nothing(self, work):
        remind("2025-04-10 06:00")
        change(
            work.order, state="cancelled", gate_out_at=None, cancelled_at=at("2025-04-10 09:00"),
            cancel_reason="wrong car",
        )  # fmt: skip

        remind("2025-04-10 10:00")

        assert [ending for ending, _ in endings()] == ["changed"]


class TestExpiry:
    def test_ends_with_the_last_day(self):
        car(next_maintenance_on="2025-04-20")
        remind("2025-04-06 06:00")

        remind("2025-04-20 23:59")
        assert endings() == [("", "")]

        remind("2025-04-25 06:00")
        assert endings() == [("expired", "")]
        assert FollowUp.objects.get().closed_on == day("2025-04-20")

    def test_spares_what_was_promised(self):
        car(next_maintenance_on="2025-04-20")
        remind("2025-04-06 06:00")
        FollowUp.objects.update(callback_at=at("2025-04-30 10:00"))

        remind("2025-04-25 06:00")

        assert endings() == [("", "")]


def test_a_festival_that_is_taken_back_greets_nobody():
    switch(Kind.GREETING)
    spring = festival("2025-05-01")
    RepairOrderFactory()
    remind("2025-04-01 06:00")

    spring.delete()
    remind("2025-04-01 07:00")

    assert [ending for ending, _ in endings()] == ["changed"]


def test_a_birthday_that_was_wrong_moves():
    switch(Kind.BIRTHDAY)
    customer = CustomerFactory(birthday=day("1980-04-10"))
    remind("2025-04-01 06:00")

    change(customer, birthday=day("1980-04-12"))
    remind("2025-04-01 07:00")

    assert reminders() == [("birthday", "2025-04-12", "2025-04-12", "2025-04-12", "open")]
