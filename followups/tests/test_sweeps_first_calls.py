"""FUP-02, FUP-14, R-02, R-36, R-37, R-46, R-47: what a car that left makes the house owe."""

from datetime import date, timedelta

import pytest

from customers.models import Channel, ContactPurpose
from customers.services import consultations, files
from customers.tests.factories import ConsultationFactory, CustomerFactory
from followups.models import Ending, FollowUp, Policy
from followups.tests.factories import PolicyFactory
from followups.tests.sweeping import (
    at,
    callable_customer,
    calls_owed,
    closed,
    released,
    supervisor,
    sweep,
)
from workshop.models import OrderKind
from workshop.services import orders
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db

RETAIL = set(OrderKind) - {OrderKind.PDI, OrderKind.INTERNAL}
FIRST = ("first_call", "2025-04-03", "2025-04-07", "open")


@pytest.fixture(autouse=True)
def _policy():
    PolicyFactory()


@pytest.mark.parametrize("kind", OrderKind)
def test_each_released_order_owes_one_first_call_unless_no_customer_brought_it(kind):
    """R-46: new-car inspections and internal orders owe none, rework does."""
    order = released(kind=kind, customer=callable_customer())

    sweep("2025-03-31 18:00")

    assert calls_owed(order=order) == ([FIRST] if kind in RETAIL else [])


def test_only_a_car_that_left_owes_a_first_call():
    RepairOrderFactory()
    RepairOrderFactory(authorized=True)

    sweep("2025-03-31 18:00")

    assert calls_owed() == []


def test_a_consultation_owes_a_first_call_from_its_end():
    talk = ConsultationFactory(ended_at=at("2025-03-31 11:00"), customer=callable_customer())

    sweep("2025-03-31 18:00")

    assert calls_owed(consultation=talk) == [FIRST]


def test_the_call_is_owed_to_the_customer_of_the_order_and_names_the_day_of_the_fact():
    order = released("2025-03-31 23:59", customer=callable_customer())

    sweep("2025-04-01 00:10")

    made = FollowUp.objects.get(kind="first_call")
    assert (made.customer, made.fact_on, made.target_on) == (
        order.customer, date(2025, 3, 31), date(2025, 4, 3),
    )  # fmt: skip
    assert (made.attempts, made.days_tried, made.state, made.version) == (0, 0, "open", 1)


def test_what_has_not_happened_yet_owes_nothing():
    released("2025-03-31 17:00", customer=callable_customer())
    ConsultationFactory(ended_at=at("2025-03-31 17:00"))

    sweep("2025-03-31 16:59")

    assert calls_owed() == []


def test_what_happened_before_go_live_owes_nothing_and_what_happened_on_that_day_does():
    """R-47."""
    Policy.objects.update(go_live_on=date(2025, 3, 31))
    released("2025-03-30 23:59:59")
    first = released("2025-03-31 00:00", customer=callable_customer())
    ConsultationFactory(ended_at=at("2025-03-30 23:59:59"))
    talk = ConsultationFactory(ended_at=at("2025-03-31 00:00"), customer=callable_customer())

    sweep("2025-03-31 18:00")

    assert set(FollowUp.objects.calls().values_list("order", "consultation")) == {
        (first.pk, None),
        (None, talk.pk),
    }


def test_five_weeks_of_missed_work_are_caught_up_in_one_run():
    for days_ago in range(35):
        left = at("2025-05-05 17:00") - timedelta(days_ago)
        released(left.strftime("%Y-%m-%d %H:%M"), customer=callable_customer())

    counts = sweep("2025-05-05 18:00", "sweep_first_calls")

    assert counts["sweep_first_calls"]["created"] == 35
    facts = FollowUp.objects.order_by("fact_on").values_list("fact_on", "opens_on", "due_on")
    last = date(2025, 5, 5)
    assert list(facts) == [
        (day, day + timedelta(3), day + timedelta(7))
        for day in (last - timedelta(n) for n in reversed(range(35)))
    ]


def test_running_again_changes_nothing():
    released(customer=CustomerFactory())
    closed_one = released(customer=callable_customer())
    sweep("2025-03-31 18:00")
    closed(FollowUp.objects.get(order=closed_one, kind="first_call"), "2025-04-03 10:00")
    sweep("2025-05-31 18:00")
    before = list(FollowUp.objects.order_by("pk").values())

    again = sweep("2025-05-31 18:00")

    assert list(FollowUp.objects.order_by("pk").values()) == before
    assert {count for counts in again.values() for count in counts.values()} == {0}


def test_undoing_a_release_cancels_the_call_and_a_new_release_owes_a_new_one():
    order, person = released(customer=callable_customer()), supervisor()
    sweep("2025-03-31 18:00")
    orders.undo_release(order.pk, by=person, reason="wrong car", now=at("2025-03-31 18:30"))
    sweep("2025-04-01 09:00")
    assert calls_owed() == [("first_call", "2025-04-03", "2025-04-07", "release_undone")]

    left = at("2025-04-02 10:00")
    orders.release(order.pk, by=person, at=left, mileage_out=None, amounts={}, now=left)
    sweep("2025-04-02 18:00")

    assert calls_owed() == [
        ("first_call", "2025-04-03", "2025-04-07", "release_undone"),
        ("first_call", "2025-04-05", "2025-04-09", "open"),
    ]


def test_a_call_that_was_made_stays_the_only_first_call_of_its_order():
    order, person = released(customer=callable_customer()), supervisor()
    sweep("2025-03-31 18:00")
    closed(FollowUp.objects.get(order=order, kind="first_call"), "2025-04-03 10:00")
    orders.undo_release(order.pk, by=person, reason="wrong car", now=at("2025-04-03 18:30"))
    left = at("2025-04-04 10:00")
    orders.release(order.pk, by=person, at=left, mileage_out=None, amounts={}, now=left)

    sweep("2025-04-04 18:00", "sweep_first_calls")

    assert calls_owed() == [("first_call", "2025-04-03", "2025-04-07", "reached")]


def test_cancelling_an_order_says_so_in_its_call():
    order, person = released(customer=callable_customer()), supervisor()
    sweep("2025-03-31 18:00")
    orders.undo_release(order.pk, by=person, reason="wrong car", now=at("2025-03-31 18:30"))
    orders.cancel(order.pk, by=person, reason="never came", now=at("2025-03-31 18:31"))

    sweep("2025-04-01 09:00")

    made = FollowUp.objects.get(kind="first_call")
    assert (made.state, made.ending, made.closed_at, made.closed_on) == (
        "cancelled", "order_cancelled", at("2025-04-01 09:00"), date(2025, 4, 1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("left", "window"),
    [
        ("2025-03-29 10:00", ("2025-04-01", "2025-04-05")),
        ("2025-03-31 20:00", ("2025-04-03", "2025-04-07")),
    ],
)
def test_correcting_the_gate_out_moves_the_window_of_an_open_call(left, window):
    order = released(customer=callable_customer(), checked_in_at=at("2025-03-28 09:00"),
                     authorized_at=at("2025-03-28 10:00"))  # fmt: skip
    sweep("2025-04-01 18:00")
    correct(order, gate_out_at=at(left))

    sweep("2025-04-02 09:00")

    assert calls_owed() == [("first_call", *window, "open")]


def test_correcting_the_end_of_a_consultation_moves_the_window():
    talk = ConsultationFactory(ended_at=at("2025-03-31 11:00"), customer=callable_customer())
    sweep("2025-03-31 18:00")
    consultations.correct_consultation(
        talk.pk,
        by=supervisor(),
        version=talk.version,
        changes={"ended_at": at("2025-03-29 11:00")},
        now=at("2025-04-01 09:00"),
    )

    sweep("2025-04-01 09:00")

    assert calls_owed() == [("first_call", "2025-04-01", "2025-04-05", "open")]


def test_a_call_that_was_made_keeps_its_window_when_the_gate_out_is_corrected():
    order = released(customer=callable_customer(), checked_in_at=at("2025-03-28 09:00"),
                     authorized_at=at("2025-03-28 10:00"))  # fmt: skip
    sweep("2025-03-31 18:00")
    closed(FollowUp.objects.get(order=order, kind="first_call"), "2025-04-03 10:00")
    correct(order, gate_out_at=at("2025-03-29 10:00"))

    sweep("2025-04-03 18:00", "sweep_first_calls")

    assert calls_owed() == [("first_call", "2025-04-03", "2025-04-07", "reached")]


def test_an_order_that_turns_out_to_be_internal_owes_its_call_no_longer():
    order = released(customer=callable_customer())
    sweep("2025-03-31 18:00")
    correct(order, kind=OrderKind.INTERNAL)
    sweep("2025-04-01 09:00")
    assert calls_owed() == [("first_call", "2025-04-03", "2025-04-07", "corrected")]

    correct(order, kind=OrderKind.GENERAL)
    sweep("2025-04-01 10:00")

    assert calls_owed() == [("first_call", "2025-04-03", "2025-04-07", "corrected"), FIRST]


def test_when_the_order_was_somebody_elses_he_is_called_instead():
    order, person = released(customer=callable_customer()), supervisor()
    wrong, right = order.customer, callable_customer()
    sweep("2025-03-31 18:00")
    orders.undo_release(order.pk, by=person, reason="wrong owner", now=at("2025-03-31 18:30"))
    correct(order, customer=right)
    left = at("2025-03-31 19:00")
    orders.release(order.pk, by=person, at=left, mileage_out=None, amounts={}, now=left)

    sweep("2025-04-01 09:00")

    assert calls_owed(customer=wrong) == [(*FIRST[:3], "corrected")]
    assert calls_owed(customer=right) == [FIRST]


@pytest.mark.parametrize("purpose", ContactPurpose)
@pytest.mark.parametrize("channel", Channel)
def test_who_refused_service_calls_is_owed_none(purpose, channel):
    """FUP-11: other purposes and channels don't matter, and later words count too."""
    order = released(customer=callable_customer())
    sweep("2025-03-31 18:00")
    files.refuse_contact(
        order.customer_id,
        by=supervisor(),
        today=date(2025, 4, 1),
        purpose=purpose,
        channel=channel,
        reason="said so",
    )

    sweep("2025-04-01 09:00")

    forbids = purpose in {"service", "all"} and channel in {"phone", "all"}
    assert calls_owed() == [(*FIRST[:3], "do_not_contact" if forbids else "open")]


def test_a_refusal_that_was_lifted_forbids_nothing():
    order, person = released(customer=callable_customer()), supervisor()
    refusal = files.refuse_contact(
        order.customer_id,
        by=person,
        today=date(2025, 3, 1),
        purpose="all",
        channel="all",
        reason="said so",
    )
    files.lift_refusal(refusal.pk, by=person, today=date(2025, 3, 2), reason="changed his mind")

    sweep("2025-03-31 18:00")

    assert calls_owed() == [FIRST]


def test_after_the_last_day_a_customer_who_was_tried_is_unreachable_since_that_day():
    """R-37: F is the last day, whenever the sweep comes to it."""
    order = released(customer=callable_customer())
    sweep("2025-03-31 18:00")
    FollowUp.objects.filter(order=order).update(attempts=1, days_tried=1)
    sweep("2025-04-07 23:59")
    assert calls_owed() == [FIRST]

    sweep("2025-04-19 09:00", "sweep_first_calls")

    made = FollowUp.objects.get(kind="first_call")
    assert (made.state, made.ending, made.closed_on) == (
        "done", Ending.UNREACHABLE, date(2025, 4, 7),
    )  # fmt: skip


def test_nobody_is_unreachable_whom_one_could_have_called_and_did_not():
    released(customer=callable_customer())

    sweep("2025-05-31 18:00")

    assert calls_owed() == [FIRST]
    assert FollowUp.objects.late(date(2025, 4, 7)).calls().count() == 0
    assert FollowUp.objects.late(date(2025, 4, 8)).calls().count() == 1


@pytest.mark.parametrize("state_of_number", ["none", "bad", "invalid"])
def test_who_has_no_number_that_works_is_unreachable_after_the_last_day(state_of_number):
    customer = callable_customer()
    if state_of_number == "none":
        customer.phones.all().delete()
    else:
        customer.phones.update(
            **{"bad": {"is_bad": True}, "invalid": {"e164": ""}}[state_of_number]
        )
    released(customer=customer)

    sweep("2025-04-08 00:00", "sweep_first_calls")

    assert calls_owed() == [(*FIRST[:3], "unreachable")]


def test_a_callback_that_the_customer_asked_for_outlasts_the_window():
    order = released(customer=callable_customer())
    sweep("2025-03-31 18:00")
    FollowUp.objects.filter(order=order).update(attempts=2, callback_at=at("2025-04-20 10:00"))

    sweep("2025-05-31 18:00")

    assert calls_owed() == [FIRST]
    assert not FollowUp.objects.late(date(2025, 5, 31)).calls().exists()


def correct(order, **changes):
    order.refresh_from_db()
    orders.update_order(
        order.pk,
        by=supervisor(),
        version=order.version,
        changes=changes,
        now=at("2025-04-02 09:00"),
    )
