"""FUP-09, R-01, R-37, R-38: what a first call that was closed makes the house owe."""

from datetime import date

import pytest

from customers.services import files
from customers.tests.factories import ConsultationFactory, VehicleFactory
from followups.models import Ending, FollowUp
from followups.tests.factories import PolicyFactory
from followups.tests.sweeping import (
    at,
    callable_customer,
    calls_owed,
    closed,
    owed,
    released,
    supervisor,
    sweep,
)
from workshop.models import OrderKind
from workshop.services import orders

pytestmark = pytest.mark.django_db

SECOND = ("second_call", "2025-04-11", "2025-04-18", "open")


@pytest.fixture(autouse=True)
def _policy():
    PolicyFactory()


def visited(left="2025-03-31 17:00", *, called="2025-04-04 10:00", ending=Ending.REACHED, **fields):
    """Return the first call of a visit, closed; nothing after it is swept yet."""
    order = released(left, **{"customer": callable_customer()} | fields)
    sweep(called, "sweep_first_calls")
    return closed(FollowUp.objects.get(order=order, kind="first_call"), called, ending)


@pytest.mark.parametrize("ending", [Ending.REACHED, Ending.UNREACHABLE])
def test_a_second_call_is_owed_7_to_14_days_after_the_first_was_closed(ending):
    first = visited(ending=ending)

    sweep("2025-04-04 18:00")

    assert owed(first_call=first) == [SECOND]
    made = FollowUp.objects.get(first_call=first)
    assert (made.customer, made.fact_on, made.target_on) == (
        first.customer, date(2025, 4, 4), date(2025, 4, 11),
    )  # fmt: skip


def test_a_late_first_call_delays_the_second():
    first = visited(called="2025-04-20 10:00")

    sweep("2025-04-20 18:00")

    assert owed(first_call=first) == [("second_call", "2025-04-27", "2025-05-04", "open")]


def test_a_consultation_owes_a_second_call_too():
    ConsultationFactory(ended_at=at("2025-03-31 11:00"), customer=callable_customer())
    sweep("2025-04-04 10:00")
    first = closed(FollowUp.objects.get(kind="first_call"), "2025-04-04 10:00")

    sweep("2025-04-04 18:00")

    assert owed(first_call=first) == [SECOND]


@pytest.mark.parametrize("ending", [Ending.REFUSED, Ending.DO_NOT_CONTACT, Ending.MERGED])
def test_a_first_call_that_ended_otherwise_owes_none(ending):
    first = visited()
    state = "done" if ending == Ending.REFUSED else "cancelled"
    FollowUp.objects.filter(pk=first.pk).update(state=state, ending=ending)

    sweep("2025-04-04 18:00", "sweep_second_calls")

    assert owed(first_call=first) == []


def test_an_open_first_call_owes_no_second_yet():
    released(customer=callable_customer())

    sweep("2025-04-20 18:00")

    assert [kind for kind, *_ in calls_owed()] == ["first_call"]


def test_a_customer_never_reached_has_his_last_day_as_the_day_the_first_call_was_closed():
    """The chain of the regulation's example: left on 20 December, unreachable on the 27th."""
    order = released("2024-12-20 17:00", customer=callable_customer())
    sweep("2024-12-20 18:00")
    FollowUp.objects.filter(order=order).update(attempts=2, days_tried=2)

    sweep("2024-12-30 09:00")

    assert calls_owed() == [
        ("first_call", "2024-12-23", "2024-12-27", "unreachable"),
        ("second_call", "2025-01-03", "2025-01-10", "open"),
    ]


def test_an_unreachable_second_call_is_the_end():
    first = visited()
    sweep("2025-04-04 18:00")
    FollowUp.objects.filter(first_call=first).update(attempts=1)

    sweep("2025-05-31 18:00")

    assert calls_owed() == [
        ("first_call", "2025-04-03", "2025-04-07", "reached"),
        (*SECOND[:3], "unreachable"),
    ]
    assert FollowUp.objects.get(first_call=first).closed_on == date(2025, 4, 18)


def test_one_run_brings_what_was_missed_to_its_end():
    """Who has no number is unreachable twice: the second run finds nothing left to do."""
    customer = callable_customer()
    customer.phones.all().delete()
    released("2025-03-01 17:00", customer=customer)

    sweep("2025-05-31 18:00")

    assert calls_owed() == [
        ("first_call", "2025-03-04", "2025-03-08", "unreachable"),
        ("second_call", "2025-03-15", "2025-03-22", "unreachable"),
    ]


def test_a_new_visit_supersedes_the_open_second_call_of_the_older_one():
    first = visited()
    sweep("2025-04-04 18:00")
    released("2025-04-10 16:00", customer=first.customer, vehicle=first.order.vehicle)

    sweep("2025-04-11 09:00")

    assert owed(first_call=first) == [(*SECOND[:3], "superseded")]
    made = FollowUp.objects.get(first_call=first)
    assert (made.state, made.closed_at, made.closed_on) == (
        "cancelled", at("2025-04-10 16:00"), date(2025, 4, 10),
    )  # fmt: skip


def test_a_second_call_planned_after_the_newer_visit_is_superseded_at_once():
    order = released(customer=callable_customer())
    newer = released("2025-04-03 16:00", customer=order.customer, vehicle=order.vehicle)
    sweep("2025-04-03 18:00")
    for each in (order, newer):
        closed(FollowUp.objects.get(order=each, kind="first_call"), "2025-04-06 10:00")

    sweep("2025-04-06 18:00")

    older, later = FollowUp.objects.filter(kind="second_call").order_by("first_call__order__pk")
    assert (older.ending, older.closed_at) == ("superseded", at("2025-04-06 10:00"))
    assert later.state == "open"


def test_orders_that_left_together_do_not_supersede_each_other():
    """R-46: one came in an hour later and left an hour later, in the same visit."""
    order = released("2025-03-31 17:00", customer=callable_customer())
    released("2025-03-31 18:00", customer=order.customer, vehicle=order.vehicle)
    sweep("2025-04-04 09:00")
    for first in FollowUp.objects.filter(kind="first_call"):
        closed(first, "2025-04-04 10:00")

    sweep("2025-04-04 18:00")

    assert [each for each in calls_owed() if each[0] == "second_call"] == [SECOND, SECOND]


@pytest.mark.parametrize("why", ["another car", "no customer's visit", "still in the shop"])
def test_only_a_visit_of_the_same_car_that_is_over_supersedes(why):
    first = visited()
    sweep("2025-04-04 18:00")
    again = released("2025-04-10 16:00", customer=first.customer, vehicle=first.order.vehicle)
    match why:
        case "another car":
            again.vehicle = VehicleFactory()
        case "no customer's visit":
            again.kind = OrderKind.PDI
        case "still in the shop":
            again.state, again.gate_out_at = "authorized", None
    again.save()

    sweep("2025-04-11 09:00")

    assert owed(first_call=first) == [SECOND]


def test_a_visit_that_has_not_ended_by_then_supersedes_nothing():
    first = visited()
    sweep("2025-04-04 18:00")
    released("2025-04-10 16:00", customer=first.customer, vehicle=first.order.vehicle)

    sweep("2025-04-10 15:59")

    assert owed(first_call=first) == [SECOND]


def test_a_new_visit_leaves_the_open_first_call_of_the_older_one():
    """R-46: both are owed; the queue joins them."""
    order = released(customer=callable_customer())
    released("2025-04-03 16:00", customer=order.customer, vehicle=order.vehicle)

    sweep("2025-04-03 18:00")

    assert [ending for *_, ending in calls_owed()] == ["open", "open"]


def test_undoing_the_release_cancels_the_second_call_until_the_car_leaves_again():
    first, person = visited(), supervisor()
    sweep("2025-04-04 18:00")
    orders.undo_release(first.order_id, by=person, reason="wrong", now=at("2025-04-05 09:00"))
    sweep("2025-04-05 10:00")
    assert owed(first_call=first) == [(*SECOND[:3], "release_undone")]

    left = at("2025-04-06 10:00")
    orders.release(first.order_id, by=person, at=left, mileage_out=None, amounts={}, now=left)
    sweep("2025-04-06 18:00")

    assert owed(first_call=first) == [(*SECOND[:3], "release_undone"), SECOND]


def test_while_the_release_is_undone_no_second_call_is_planned():
    first = visited()
    orders.undo_release(first.order_id, by=supervisor(), reason="wrong", now=at("2025-04-05 09:00"))

    sweep("2025-04-05 10:00")

    assert owed(first_call=first) == []


def test_an_order_that_turns_out_to_be_internal_owes_no_second_call():
    first = visited()
    sweep("2025-04-04 18:00")
    first.order.kind = OrderKind.INTERNAL
    first.order.save(update_fields=["kind"])

    sweep("2025-04-05 10:00")

    assert owed(first_call=first) == [(*SECOND[:3], "corrected")]


def test_who_refused_service_calls_in_between_is_owed_no_second_call():
    first = visited()
    sweep("2025-04-04 18:00")
    files.refuse_contact(
        first.customer_id,
        by=supervisor(),
        today=date(2025, 4, 5),
        purpose="service",
        channel="phone",
        reason="said so",
    )

    sweep("2025-04-05 10:00")

    assert owed(first_call=first) == [(*SECOND[:3], "do_not_contact")]


def test_a_correction_of_the_gate_out_leaves_the_second_call_where_it_is():
    first = visited()
    sweep("2025-04-04 18:00")
    first.order.gate_out_at = at("2025-03-31 16:30")
    first.order.save(update_fields=["gate_out_at"])

    sweep("2025-04-05 10:00")

    assert owed(first_call=first) == [SECOND]
