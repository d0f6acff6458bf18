"""Calls that are sent twice, or too late: nothing is written twice, and no text is lost."""

from functools import partial
from uuid import uuid4

import pytest

from aftersales.tests.parallel import in_parallel
from customers.services import merges
from customers.services.files import FileWasMerged
from customers.tests.factories import CustomerFactory
from followups.models import AgendaItem, Call, CallDraft, Matter
from followups.services import calls, claims
from followups.tests.calling import NOW, at, call, first_call, told
from followups.tests.factories import PolicyFactory, TrackerFactory


@pytest.fixture(autouse=True)
def _policy(db):
    PolicyFactory()


@pytest.fixture
def owed():
    return first_call()


def test_a_recorded_call_deletes_ones_own_draft_and_no_other(owed):
    ben = TrackerFactory()
    for by, customer in ((owed.owner, owed.customer), (ben, owed.customer)):
        calls.save_draft(customer.pk, by=by, fields={"note": "…"}, now=NOW)
    calls.save_draft(CustomerFactory().pk, by=owed.owner, fields={}, now=NOW)

    call(owed.customer, by=owed.owner)

    left = CallDraft.objects.values_list("user", "customer")
    assert (owed.owner.pk, owed.customer_id) not in left
    assert len(left) == 2


def test_a_draft_is_kept_once_and_as_it_was_last(owed):
    for note in ("The br", "The brakes"):
        calls.save_draft(owed.customer_id, by=owed.owner, fields={"note": note}, now=NOW)

    assert CallDraft.objects.get().fields == {"note": "The brakes"}


def test_a_draft_that_arrives_after_its_call_was_recorded_is_old(owed):
    recorded = call(owed.customer, by=owed.owner)

    calls.save_draft(
        owed.customer_id, by=owed.owner, fields={}, now=NOW, operation=recorded.operation
    )

    assert not CallDraft.objects.exists()


class TestSentTwice:
    def test_is_one_line_even_if_the_file_was_merged_since(self, owed):
        operation = uuid4()
        first = call(owed.customer, by=owed.owner, operation=operation)
        merges.merge(CustomerFactory().pk, owed.customer_id, choices=(), by=owed.owner, now=NOW)

        again = call(owed.customer, by=owed.owner, operation=operation, number=1)

        assert (again, Call.objects.count(), AgendaItem.objects.count()) == (first, 1, 1)

    @pytest.mark.django_db(transaction=True)
    def test_at_the_same_moment_is_one_line_too(self, owed):
        number = claims.claim(owed.customer_id, by=owed.owner, now=NOW).number
        words = told(answers={"complaints": "Squeals."})
        record = partial(
            calls.record_call, owed.customer_id, number=number, told=words, by=owed.owner, now=NOW
        )

        lines = in_parallel(*[record] * 6)

        assert {line.pk for line in lines} == {Call.objects.get().pk}
        assert Matter.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_an_inbound_call_is_one_line_too(self, owed):
        words = told(kind="inquiry")
        record = partial(calls.record_inbound, owed.customer_id, told=words, by=owed.owner, now=NOW)

        assert len({line.pk for line in in_parallel(*[record] * 6)}) == 1
        assert Call.objects.count() == 1


class TestWhoComesTooLate:
    def test_is_refused_without_any_effect(self, owed):
        ben = TrackerFactory()
        number = claims.claim(owed.customer_id, by=owed.owner, now=NOW).number
        calls.save_draft(owed.customer_id, by=owed.owner, fields={"note": "Typed."}, now=NOW)
        claims.take_back(owed.customer_id)
        call(owed.customer, "busy", by=ben, now=at(3, 11))

        with pytest.raises(claims.ClaimLost):
            call(owed.customer, "refused", by=owed.owner, number=number)

        owed.refresh_from_db()
        assert (owed.state, owed.attempts) == ("open", 1)
        assert CallDraft.objects.get().fields == {"note": "Typed."}
        assert call(owed.customer, by=ben, now=at(3, 15)).number == 2

    def test_with_the_number_of_somebody_else_is_refused(self, owed):
        number = claims.claim(owed.customer_id, by=owed.owner, now=NOW).number

        with pytest.raises(claims.ClaimLost):
            call(owed.customer, by=TrackerFactory(), number=number)

    def test_after_his_lease_is_in_time_as_long_as_nobody_else_came(self, owed):
        number = claims.claim(owed.customer_id, by=owed.owner, now=NOW).number

        assert call(owed.customer, by=owed.owner, number=number, now=at(3, 12))

    def test_for_a_file_that_was_merged_is_told_where_it_lives_on(self, owed):
        survivor = CustomerFactory()
        number = claims.claim(owed.customer_id, by=owed.owner, now=NOW).number
        merges.merge(survivor.pk, owed.customer_id, choices=(), by=owed.owner, now=NOW)

        with pytest.raises(FileWasMerged) as refused:
            call(owed.customer, by=owed.owner, number=number)

        assert refused.value.survivor == survivor
        assert call(survivor, by=owed.owner, number=number).agenda.get().follow_up == owed
