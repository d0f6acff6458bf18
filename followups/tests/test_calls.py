"""What is written of a call: its agenda, its line, and that it is written once (REG-03)."""

from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.services import merges
from customers.tests.factories import ConsultationFactory, CustomerFactory
from followups.models import AgendaItem, Call, Claim, FollowUp
from followups.services import calls, claims, recording
from followups.tests.calling import NOW, at, call, done, first_call, second_call, told
from followups.tests.factories import FollowUpFactory, PolicyFactory


@pytest.fixture(autouse=True)
def _policy(db):
    PolicyFactory()


@pytest.fixture
def owed():
    return first_call()


def endings():
    return list(FollowUp.objects.order_by("pk").values_list("ending", flat=True))


class TestAgenda:
    def test_is_all_that_is_due_unless_somebody_says_otherwise(self, owed):
        FollowUpFactory(customer=owed.customer)
        FollowUpFactory(customer=owed.customer, opens_on=at(4, 0).date(), target_on=at(4, 0).date())
        FollowUpFactory(customer=owed.customer, callback_at=at(4, 9))

        recorded = call(owed.customer, by=owed.owner)

        assert endings() == ["reached", "reached", "", ""]
        assert recorded.agenda.count() == 2

    def test_given_settles_what_it_says_and_nothing_else(self, owed):
        other = FollowUpFactory(customer=owed.customer)
        left_out = FollowUpFactory(customer=owed.customer)

        recorded = call(owed.customer, by=owed.owner, agenda={owed.pk: True, other.pk: False})

        assert endings() == ["reached", "", ""]
        assert list(recorded.agenda.values_list("follow_up", "closed")) == [
            (owed.pk, True),
            (other.pk, False),
        ]
        left_out.refresh_from_db()
        assert left_out.attempts == 0
        with pytest.raises(claims.MayNotBeCalled):
            claims.claim(owed.customer_id, by=owed.owner, now=at(3, 13))

    def test_may_hold_what_is_not_due_yet_by_agreement(self, owed):
        recorded = call(owed.customer, by=owed.owner, agenda={owed.pk: True}, now=at(1, 10))

        owed.refresh_from_db()
        assert (owed.ending, owed.closed_on) == ("reached", at(1, 10).date())
        assert (recorded.kind, recorded.agenda.get().follow_up) == ("first_call", owed)

    @pytest.mark.parametrize("wrong", ["somebody else's", "ended", "a customer file", "unknown"])
    def test_holds_nothing_but_open_calls_of_this_customer(self, owed, wrong):
        named = {
            "somebody else's": lambda: first_call().pk,
            "ended": lambda: FollowUpFactory(customer=owed.customer, **done()).pk,
            "a customer file": lambda: (
                FollowUpFactory(kind="customer_file", customer=owed.customer).pk
            ),
            "unknown": lambda: 0,
        }[wrong]()

        with pytest.raises(recording.NotOnTheAgenda):
            call(owed.customer, by=owed.owner, agenda={owed.pk: True, named: True})

        owed.refresh_from_db()
        assert (owed.state, Call.objects.count()) == ("open", 0)

    def test_of_another_order_of_the_same_number_of_things_is_one_call(self, owed):
        second = second_call(
            FollowUpFactory(customer=owed.customer, **done(closed_on=at(1, 0).date()))
        )
        FollowUp.objects.filter(pk=second.pk).update(
            opens_on=at(2, 0).date(), target_on=at(2, 0).date(), due_on=at(4, 0).date()
        )

        recorded = call(owed.customer, by=owed.owner)

        assert (recorded.kind, recorded.order_number.split(", ")[0]) == (
            "first_call",
            owed.order.number,
        )
        assert recorded.agenda.count() == 2


class TestLine:
    def test_says_what_the_house_knows(self, owed):
        recorded = call(
            owed.customer,
            by=owed.owner,
            phone_used="+8613800138000",
            answers={"opinion": "Fine.", "promise_kept": True, "year": 1999},
        )

        order = owed.order
        assert (
            recorded.record_no,
            recorded.direction,
            recorded.kind,
            recorded.customer_name,
            recorded.vehicle,
            recorded.plate,
            recorded.vehicle_model,
            recorded.order_number,
            recorded.left_on,
            recorded.phone_used,
            recorded.started_at,
            recorded.ended_at,
            recorded.outcome,
            recorded.opinion,
            recorded.promise_kept,
            recorded.handler,
            recorded.on_behalf_of,
        ) == (
            "C-2025-000001",
            "outbound",
            "first_call",
            owed.customer.name,
            order.vehicle,
            order.vehicle.plate,
            "Lacrosse",
            order.number,
            owed.fact_on,
            "+8613800138000",
            NOW,
            NOW,
            "reached",
            "Fine.",
            True,
            owed.owner,
            None,
        )

    def test_of_a_consultation_has_no_order(self):
        talk = ConsultationFactory()
        owed = first_call(order=None, consultation=talk, customer=talk.customer)

        recorded = call(owed.customer, by=owed.owner)

        assert (recorded.vehicle, recorded.order_number, recorded.left_on) == (None, "", None)

    def test_of_a_second_call_is_about_the_visit_of_the_first(self):
        second = second_call()

        recorded = call(second.customer, by=second.owner, now=at(10, 10))

        first = second.first_call
        assert (recorded.vehicle, recorded.order_number, recorded.left_on) == (
            first.order.vehicle,
            first.order.number,
            first.fact_on,
        )

    def test_cannot_have_begun_after_it_was_written(self, owed):
        claim = claims.claim(owed.customer_id, by=owed.owner, now=NOW)

        recorded = calls.record_call(
            owed.customer_id,
            number=claim.number,
            told=told(started_at=at(3, 11)),
            by=owed.owner,
            now=NOW,
        )

        assert (recorded.started_at, recorded.ended_at) == (NOW, NOW)

    def test_counts_the_tries_before_it(self, owed):
        tries = [
            call(owed.customer, "busy", by=owed.owner, now=moment).attempt
            for moment in (at(3, 9), at(3, 14), at(4, 9))
        ]

        assert tries == [1, 2, 3]


def test_sent_again_it_is_answered_though_the_file_was_merged_meanwhile(owed):
    said, survivor = told(), CustomerFactory()
    number = claims.claim(owed.customer_id, by=owed.owner, now=NOW).number
    record = partial(
        calls.record_call, owed.customer_id, number=number, told=said, by=owed.owner, now=NOW
    )
    recorded = record()
    merges.merge(survivor.pk, owed.customer_id, choices=(), by=owed.owner, now=NOW)

    assert record() == recorded


def test_of_the_next_customer_takes_few_statements(owed):
    with CaptureQueriesContext(connection) as queries:
        held = claims.claim_next(by=owed.owner, now=NOW)
        call(owed.customer, by=owed.owner, number=held.number)

    own = [each for each in queries if "SAVEPOINT" not in each["sql"]]
    assert len(own) == 23, [each["sql"][:90] for each in own]


class TestFleet:
    def statements(self, follow_ups, outcome):
        owed = first_call()
        FollowUpFactory.create_batch(
            follow_ups - 1, customer=owed.customer, order__customer=owed.customer, owner=owed.owner
        )
        number = claims.claim(owed.customer_id, by=owed.owner, now=NOW).number
        with CaptureQueriesContext(
            connection,
        ) as queries:
            call(owed.customer, outcome, by=owed.owner, number=number)
        assert Claim.objects.get(customer=owed.customer).number == number + 1
        assert AgendaItem.objects.filter(follow_up__customer=owed.customer).count() == follow_ups
        return len(queries)

    @pytest.mark.parametrize("outcome", ["reached", "rejected", "refused", "callback"])
    def test_with_many_visits_takes_as_many_statements_as_one(self, outcome):
        assert self.statements(1, outcome) == self.statements(12, outcome)

    def test_with_hundreds_of_visits_is_one_call(self):
        assert self.statements(300, "reached") < 40
