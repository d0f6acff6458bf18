"""Calls that come in (R-44), and lines that correct earlier ones (REG-01)."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from aftersales.tests.parallel import in_parallel
from customers.tests.factories import CustomerFactory
from followups.models import Call, Claim, Matter
from followups.services import calls, claims
from followups.tests.calling import NOW, at, call, first_call, told
from followups.tests.factories import FollowUpFactory, PolicyFactory, TrackerFactory


@pytest.fixture(autouse=True)
def _policy(db):
    PolicyFactory()


@pytest.fixture
def anna():
    return TrackerFactory(name="Anna")


def inbound(customer, *, by, number=None, **details):
    return calls.record_inbound(customer.pk, told=told(**details), by=by, now=NOW, number=number)


class TestInbound:
    def test_of_whom_nobody_holds_is_a_line_and_leaves_what_is_owed_alone(self, anna):
        owed = first_call()

        recorded = inbound(owed.customer, by=anna, kind="inquiry", phone_used="+8613800138000")

        owed.refresh_from_db()
        assert (
            recorded.direction,
            recorded.kind,
            recorded.attempt,
            recorded.agenda.count(),
            recorded.on_behalf_of,
        ) == ("inbound", "inquiry", None, 0, None)
        assert (owed.state, Claim.objects.count()) == ("open", 0)

    def test_may_settle_what_is_due_for_whoever_holds_the_customer(self, anna):
        owed = first_call()
        left_out = FollowUpFactory(customer=owed.customer)
        number = claims.claim_for_inbound(owed.customer_id, by=anna, now=NOW).number

        recorded = inbound(owed.customer, by=anna, number=number, agenda={owed.pk: True})

        for follow_up in (owed, left_out):
            follow_up.refresh_from_db()
        assert (owed.ending, left_out.ending) == ("reached", "")
        assert (recorded.kind, recorded.on_behalf_of) == ("first_call", owed.owner)
        assert Claim.objects.get().number == number + 1

    def test_settles_nothing_for_who_does_not_hold_him(self, anna):
        owed = first_call()
        claims.claim(owed.customer_id, by=owed.owner, now=NOW)

        for number in (None, 1):
            with pytest.raises(claims.ClaimLost):
                inbound(owed.customer, by=anna, number=number, agenda={owed.pk: True})

        assert not Call.objects.exists()

    def test_with_the_customer_in_hand_settles_only_what_is_named(self, anna):
        owed = first_call()
        number = claims.claim_for_inbound(owed.customer_id, by=anna, now=NOW).number

        inbound(owed.customer, by=anna, number=number)

        owed.refresh_from_db()
        assert owed.state == "open"

    def test_with_a_complaint_opens_a_matter(self, anna):
        customer = CustomerFactory()

        recorded = inbound(
            customer, by=anna, kind="complaint", answers={"complaints": "The brakes squeal."}
        )

        assert (recorded.kind, Matter.objects.get().text) == ("complaint", "The brakes squeal.")

    def test_of_whom_nothing_is_owed_keeps_the_promise_to_call_back(self, anna):
        customer = CustomerFactory()

        inbound(customer, by=anna, outcome="callback", callback_at=at(4, 15))

        assert Matter.objects.get(customer=customer).kind == "request"

    def test_is_no_try_on_the_number(self, anna):
        owed = first_call(phones=1)
        number = owed.customer.phones.get().e164
        for _time in range(3):
            inbound(owed.customer, by=anna, phone_used=number)

        assert claims.claim(owed.customer_id, by=anna, now=NOW)


class TestCorrection:
    @pytest.fixture
    def line(self):
        owed = first_call()
        return call(owed.customer, by=owed.owner, answers={"opinion": "Fin.", "note": "Short."})

    def correct(self, line, *, by=None, operation=None, **changes):
        return calls.correct_call(
            line.pk,
            by=by or line.handler,
            changes=changes,
            reason="A slip.",
            operation=operation or uuid4(),
            now=at(4, 10),
        )

    def test_is_a_line_that_points_at_the_old_one(self, line, anna):
        corrected = self.correct(line, by=anna, opinion="Fine.")

        same = ("customer", "vehicle", "outcome", "started_at", "ended_at", "scores", "note")
        assert [getattr(corrected, name) for name in same] == [getattr(line, name) for name in same]
        assert (
            corrected.corrects,
            corrected.opinion,
            corrected.correction_reason,
            corrected.handler,
            corrected.recorded_at,
            corrected.record_no,
            corrected.previous_hash,
        ) == (line, "Fine.", "A slip.", anna, at(4, 10), "C-2025-000002", line.hash)
        line.refresh_from_db()
        assert line.opinion == "Fin."
        assert list(Call.objects.in_force()) == [corrected]

    def test_can_be_corrected_itself_but_the_old_line_only_once(self, line):
        second = self.correct(line, opinion="Fine.")

        with pytest.raises(calls.AlreadyCorrected, match="C-2025-000002") as refused:
            self.correct(line, opinion="Good.")
        third = self.correct(second, opinion="Good.")

        assert refused.value.correction == second
        assert list(Call.objects.in_force()) == [third]

    def test_changes_nothing_but_what_somebody_said(self, line):
        corrected = self.correct(line, outcome="busy", customer_name="Somebody", year=1999)

        assert (corrected.outcome, corrected.customer_name, corrected.year) == (
            line.outcome,
            line.customer_name,
            2025,
        )

    def test_leaves_what_followed_from_the_call(self, line):
        self.correct(line, complaints="The brakes squeal.")

        assert line.agenda.get().follow_up.ending == "reached"
        assert not Matter.objects.exists()

    def test_is_no_try_on_the_number(self):
        owed = first_call(phones=1)
        used = owed.customer.phones.get().e164
        self.correct(call(owed.customer, "callback", by=owed.owner, phone_used=used), note="…")

        assert claims.claim(owed.customer_id, by=owed.owner, now=at(3, 15))

    def test_says_why(self, line):
        with pytest.raises(ValidationError) as refused:
            calls.correct_call(
                line.pk, by=line.handler, changes={}, reason=" ", operation=uuid4(), now=NOW
            )

        assert list(refused.value.message_dict) == ["reason"]

    def test_takes_no_answer_outside_its_scale(self, line):
        with pytest.raises(ValidationError):
            self.correct(line, scores={"q_overall": 11})

    @pytest.mark.django_db(transaction=True)
    def test_sent_twice_at_the_same_moment_is_one_line(self, line):
        operation = uuid4()

        lines = in_parallel(*[lambda: self.correct(line, operation=operation)] * 5)

        assert len({each.pk for each in lines}) == 1
        assert Call.objects.count() == 2
