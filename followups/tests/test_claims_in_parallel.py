"""Many callers at once: nobody is called by two, and the test would see it."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import chain, pairwise
from operator import attrgetter
from random import Random
from time import perf_counter

import pytest

from aftersales.tests.parallel import in_parallel
from followups.models import Claim
from followups.models.claim import LEASE
from followups.services import claims
from followups.tests.calling import NOW, call, first_call
from followups.tests.factories import FollowUpFactory, PolicyFactory, TrackerFactory

CALLERS, TURNS = 20, 25


@dataclass(frozen=True)
class Held:
    """Somebody held a customer for sure between these two moments of the test's clock."""

    customer: int
    number: int
    since: float
    until: float


def claim_by_read_then_update(customer_id, *, by, now):
    """Take a customer the way that looks right and is not."""
    claim = Claim.objects.get(customer_id=customer_id)
    if claim.is_held(now):
        raise claims.HeldBySomebody(claim)
    claim.number, claim.claimed_by, claim.leased_until = claim.number + 1, by, now + LEASE
    claim.save()
    return claim


def held_twice(history):
    """Return the pairs of one customer that overlap, or of which the later number isn't higher."""
    history = sorted(history, key=lambda held: (held.customer, held.since))
    return [
        (earlier, later)
        for earlier, later in pairwise(history)
        if earlier.customer == later.customer
        and (later.since < earlier.until or later.number <= earlier.number)
    ]


@pytest.fixture
def shift(transactional_db):
    """Return what lets 20 callers take five customers again and again, and their history."""
    PolicyFactory()
    anna = TrackerFactory()
    customers = [first_call(owner=anna).customer.pk for _customer in range(5)]
    for customer in customers:
        claims.claim(customer, by=anna, now=NOW)
        claims.take_back(customer)
    callers = TrackerFactory.create_batch(CALLERS)

    def work(caller, take, now):
        choice, history = Random(caller.pk), []
        for _turn in range(TURNS):
            customer = choice.choice(customers)
            try:
                claim = take(customer, by=caller, now=now)
            except claims.HeldBySomebody:
                continue
            since = perf_counter()
            Claim.objects.get(customer_id=customer)  # he talks
            until = perf_counter()
            claims.take_back(customer)
            history.append(Held(customer, claim.number, since, until))
        return history

    def run(take):
        shifts = [partial(work, caller, take, NOW) for caller in callers]
        return list(chain.from_iterable(in_parallel(*shifts)))

    return run


def test_nobody_is_held_by_two(shift):
    history = shift(claims.claim)

    assert not held_twice(history)
    assert len(history) >= CALLERS
    for customer in {held.customer for held in history}:
        numbers = [held.number for held in history if held.customer == customer]
        assert len(set(numbers)) == len(numbers)


def test_the_same_test_catches_a_claim_that_reads_and_then_updates(shift):
    assert held_twice(shift(claim_by_read_then_update))


@pytest.mark.django_db(transaction=True)
def test_two_who_owe_the_same_customers_call_each_of_them_once():
    PolicyFactory()
    pair = TrackerFactory.create_batch(2)
    customers = [first_call(owner=pair[0]).customer for _customer in range(24)]
    for customer in customers:
        FollowUpFactory(customer=customer, owner=pair[1])

    def work(caller):
        taken = []
        while claim := claims.claim_next(by=caller, now=NOW):
            taken.append(claim.customer)
        return taken

    taken = list(chain.from_iterable(in_parallel(*[partial(work, caller) for caller in pair])))

    assert sorted(taken, key=attrgetter("pk")) == customers


@pytest.mark.django_db(transaction=True)
def test_a_call_is_recorded_by_one_of_many_who_write_late():
    PolicyFactory()
    owed = first_call()
    number = claims.claim(owed.customer_id, by=owed.owner, now=NOW).number

    def record():
        try:
            call(owed.customer, "busy", by=owed.owner, number=number)
        except claims.ClaimLost:
            return "lost"
        return "recorded"

    assert sorted(in_parallel(*[record] * 8)) == ["lost"] * 7 + ["recorded"]
    owed.refresh_from_db()
    assert owed.attempts == 1
    assert Claim.objects.get().number == number + 1
    assert not Claim.objects.held(NOW + timedelta(minutes=1)).exists()
