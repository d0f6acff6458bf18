from datetime import UTC, date, datetime

import pytest

from customers.models import Channel, ContactPurpose, ContactRefusal
from customers.tests.factories import ConsultationFactory, CustomerFactory, PhoneFactory
from followups.explanations.explanation import explain
from followups.explanations.sentences import ENDED, MAKES
from followups.models import Claim, Ending, FollowUp, Kind, Policy, Skip, State
from followups.sweeps import SWEEPS
from followups.tests.factories import (
    AbsenceFactory,
    FollowUpFactory,
    PolicyFactory,
    TrackerFactory,
)
from workshop.models import OrderKind
from workshop.states import OrderState
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db
# In the shop it is ten in the morning of 4 April 2025.
NOW = datetime(2025, 4, 4, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def policy():
    return PolicyFactory()


def said(customer, *, now=NOW):
    """Return rule → sentences."""
    found = {}
    for sentence in explain(customer, now=now):
        found.setdefault(sentence.rule, []).append(sentence.text)
    return found


def ended(owed, ending, state):
    FollowUp.objects.filter(pk=owed.pk).update(
        state=state, ending=ending, closed_at=NOW, closed_on=date(2025, 4, 4)
    )


def test_a_customer_without_visits_is_owed_nothing():
    customer = CustomerFactory()

    rules = [sentence.rule for sentence in explain(customer, now=NOW)]
    assert rules == ["FUP-01", "R-45", "SET-06"]


def test_an_open_first_call_says_its_window_and_whose_queue_it_is_in():
    owed = FollowUpFactory()
    PhoneFactory(customer=owed.customer)

    first = f"First call for order {owed.order.number}, left 2025-03-31:"

    sentences = explain(owed.customer, now=NOW)

    assert [(each.rule, each.text) for each in sentences[:4]] == [
        ("FUP-01", f"In the queue of {owed.owner}."),
        ("FUP-12", "Nothing speaks against a call now."),
        ("FUP-02", f"{first} owed from 2025-04-03 to 2025-04-07."),
        (
            "FUP-09",
            f"{first} the second call is owed 7 to 14 days after it is closed.",
        ),
    ]
    assert [each.follow_up for each in sentences[:4]] == [owed, None, owed, owed]


def test_a_window_that_has_not_opened_says_when_it_does():
    owed = FollowUpFactory(fact_on=date(2025, 4, 3))

    assert (
        "Not in the queue before 2025-04-06, when the window opens."
        in said(owed.customer)["FUP-02"]
    )


def test_a_promised_time_keeps_the_customer_out_of_the_queue_until_then():
    owed = FollowUpFactory(callback_at=datetime(2025, 4, 4, 10, 30, tzinfo=UTC))

    assert said(owed.customer)["FUP-13"] == [
        "Not in the queue before 18:30: the customer asked for that time."
    ]


def test_who_stands_in_is_named():
    owed = FollowUpFactory()
    absence = AbsenceFactory(person=owed.owner)

    assert said(owed.customer)["PRX-01"] == [
        f"In the queue of {absence.proxy}, who stands in for {owed.owner} today."
    ]


def test_what_nobody_owns_says_so():
    owed = FollowUpFactory(owner=None)

    assert "Due, but nobody owns it yet." in said(owed.customer)["FUP-01"]


def test_who_is_calling_just_now_is_named():
    owed = FollowUpFactory()
    Claim.objects.create(
        customer=owed.customer,
        claimed_by=owed.owner,
        claimed_at=NOW,
        leased_until=datetime(2025, 4, 4, 2, 5, tzinfo=UTC),
    )

    assert f"{owed.owner} is calling this customer just now." in said(owed.customer)["FUP-01"]


def test_what_forbids_a_call_comes_with_its_rule():
    owed = FollowUpFactory()

    assert "There is no number that works." in said(owed.customer)["R-37"]


def test_who_put_a_customer_off_and_why_is_told():
    owed = FollowUpFactory()
    PhoneFactory(customer=owed.customer)
    later = datetime(2025, 4, 4, 6, 0, tzinfo=UTC)
    Claim.objects.create(
        customer=owed.customer, claimed_by=owed.owner, claimed_at=NOW, not_before=later
    )
    Skip.objects.create(
        customer=owed.customer,
        reason="At a funeral.",
        until=later,
        skipped_by=owed.owner,
        skipped_at=NOW,
    )

    assert f"Put off by {owed.owner} until 14:00: At a funeral." in said(owed.customer)["FUP-01"]


@pytest.mark.parametrize(
    ("ending", "state", "rule"),
    [
        (Ending.REACHED, State.DONE, "FUP-03"),
        (Ending.UNREACHABLE, State.DONE, "R-37"),
        (Ending.REFUSED, State.DONE, "FUP-11"),
        (Ending.DO_NOT_CONTACT, State.CANCELLED, "FUP-11"),
        (Ending.SUPERSEDED, State.CANCELLED, "R-38"),
        (Ending.ORDER_CANCELLED, State.CANCELLED, "FUP-02"),
        (Ending.RELEASE_UNDONE, State.CANCELLED, "FUP-02"),
        (Ending.CORRECTED, State.CANCELLED, "FUP-02"),
        (Ending.MERGED, State.CANCELLED, "R-45"),
    ],
)
def test_what_ended_says_how_when_and_by_which_rule(ending, state, rule):
    owed = FollowUpFactory()
    ended(owed, ending, state)

    sentence = next(each for each in explain(owed.customer, now=NOW) if each.follow_up == owed)

    assert sentence.rule == rule
    assert owed.order.number in sentence.text
    assert "2025-04-04" in sentence.text


def test_every_ending_has_its_sentence_and_every_kind_its_rule():
    assert set(ENDED) == set(Ending)
    assert set(MAKES) == set(Kind)


def test_a_closed_first_call_promises_the_second():
    owed = FollowUpFactory()
    ended(owed, Ending.REACHED, State.DONE)

    assert said(owed.customer)["FUP-09"][0].endswith(
        "the second call will be written within a minute."
    )

    SWEEPS["sweep_second_calls"](now=NOW)

    assert said(owed.customer)["FUP-09"] == [
        "Not in the queue before 2025-04-11, when the window opens.",
        "Second call after the first one of 2025-04-04: owed from 2025-04-11 to 2025-04-18.",
    ]


def test_after_a_refusal_there_is_no_second_call():
    owed = FollowUpFactory()
    ended(owed, Ending.REFUSED, State.DONE)

    assert "no second call, because the customer wants no calls" in said(owed.customer)["FUP-11"][1]


def test_a_released_order_without_a_call_waits_for_the_sweep():
    order = RepairOrderFactory(released=True)

    assert said(order.customer)["FUP-02"] == [
        f"Order {order.number}: the first call will be written within a minute."
    ]

    SWEEPS["sweep_first_calls"](now=NOW)

    assert "within a minute" not in " ".join(said(order.customer)["FUP-02"])


def test_an_order_in_the_shop_makes_a_call_once_the_car_has_left():
    order = RepairOrderFactory(authorized=True)

    assert said(order.customer)["FUP-02"] == [
        f"Order {order.number}: the first call is owed as soon as the car has left."
    ]


def test_a_cancelled_order_makes_no_calls():
    order = RepairOrderFactory(
        state=OrderState.CANCELLED, cancelled_at=NOW, cancel_reason="Came by mistake."
    )

    assert said(order.customer)["FUP-02"] == [
        f"Order {order.number}: no calls, because it was cancelled."
    ]


@pytest.mark.parametrize("kind", [OrderKind.PDI, OrderKind.INTERNAL])
def test_what_is_no_service_to_a_customer_makes_no_calls(kind):
    order = RepairOrderFactory(released=True, kind=kind)

    assert said(order.customer)["R-46"] == [
        f"Order {order.number}: no calls, because its type is “{kind.label}”."
    ]


def test_visits_before_go_live_owe_nothing():
    Policy.objects.update(go_live_on=date(2025, 4, 1))
    order = RepairOrderFactory(released=True)
    ConsultationFactory(customer=order.customer)

    found = said(order.customer)

    assert "2 visits before go-live" in found["R-47"][0]
    assert "FUP-02" not in found


def test_a_consultation_without_a_call_waits_for_the_sweep():
    talk = ConsultationFactory()

    assert said(talk.customer)["FUP-14"] == [
        "Consultation of 2025-03-31: the first call will be written within a minute."
    ]


def test_a_file_that_lacks_something_is_owed_after_a_visit():
    order = RepairOrderFactory(authorized=True)

    assert "will be owed within a minute" in said(order.customer)["FIL-01"][0]

    SWEEPS["sweep_customer_files"](now=NOW)

    assert "owed until 2025-04-02, it lacks address" in said(order.customer)["FIL-01"][0]


def test_what_a_file_lacks_between_visits_is_owed_from_the_next():
    customer = CustomerFactory()

    assert said(customer)["R-45"][0].startswith("No customer file is owed before the next visit")


def test_a_refusal_is_told_with_its_reason():
    owed = FollowUpFactory()
    ContactRefusal.objects.create(
        customer=owed.customer,
        purpose=ContactPurpose.SERVICE,
        channel=Channel.PHONE,
        reason="Works at night.",
        refused_on=date(2025, 4, 1),
        recorded_by=TrackerFactory(),
    )

    assert "Works at night." in said(owed.customer)["FUP-11"][0]


@pytest.mark.parametrize("visits", [1, 3])
def test_an_explanation_takes_a_fixed_number_of_queries(visits, django_assert_num_queries):
    customer = CustomerFactory()
    for _visit in range(visits):
        FollowUpFactory(
            customer=customer, order=RepairOrderFactory(customer=customer, released=True)
        )
        FollowUpFactory(
            customer=customer,
            kind=Kind.FIRST_CALL,
            order=None,
            consultation=ConsultationFactory(customer=customer),
        )

    with django_assert_num_queries(16):
        explain(customer, now=NOW)
