"""What the queue says of hundreds at once, and `contact` of one, is the same."""

from datetime import timedelta
from random import Random

import pytest

from customers.tests.factories import CustomerFactory, PhoneFactory
from followups.calling import contact, queue
from followups.models import Claim, FollowUp, Kind, Policy
from followups.services import claims
from followups.tests.calling import at
from followups.tests.factories import FollowUpFactory, PolicyFactory, TrackerFactory
from followups.tests.kinds import owe

OFFICE = {"legal_from": "08:00", "legal_until": "21:00", "shop_opens": "08:30"}
POLICIES = [
    {},
    {**OFFICE, "shop_closes": "18:00"},
    {**OFFICE, "shop_closes": "22:00", "shop_weekdays": [1, 2, 3, 4, 6]},
]
MOMENTS = [at(4, 7, 59), at(4, 8, 29), at(4, 12), at(4, 17, 59), at(4, 21), at(5, 18), at(6, 10)]


def shift(rng):
    """Return a moment that lies an hour to two days before or after one of `MOMENTS`."""
    return rng.choice(MOMENTS) + timedelta(minutes=rng.choice([-600, -1, 0, 1, 600, 1440]))


def build(rng, anna, ben):
    """Return a customer to whom a call is owed, with some of all that may forbid it."""
    start = rng.choice([8, 10, 12, 16])
    hours = {"convenient_from": f"{start:02}:00", "convenient_until": f"{start + 2:02}:00"}
    customer = CustomerFactory(
        convenient_weekdays=rng.choice([[], [], [5], [5, 6], [1, 2, 7]]),
        **rng.choice([{}, {}, hours]),
    )
    for is_bad in rng.choice([[], [False], [False], [True], [True, False]]):
        PhoneFactory(customer=customer, is_bad=is_bad)
    if rng.random() < 0.2:
        PhoneFactory(customer=customer, typed="ask at the desk", e164="")
    for _visit in range(rng.choice([1, 1, 2])):
        promised = shift(rng) if rng.random() < 0.3 else None
        FollowUpFactory(customer=customer, owner=anna, callback_at=promised)
    if rng.random() < 0.3:
        owe(Kind.ANSWER, customer=customer, owner=anna)
    if rng.random() < 0.6:
        Claim.objects.create(
            customer=customer,
            claimed_by=ben,
            claimed_at=at(4, 7),
            not_before=rng.choice([None, shift(rng)]),
            was_reached=rng.random() < 0.5,
            leased_until=rng.choice([None, None, shift(rng)]),
        )
    return customer


@pytest.mark.django_db
def test_the_queue_calls_those_callable_whom_nothing_forbids_to_call():
    rng, anna, ben = Random(4), TrackerFactory(), TrackerFactory()
    PolicyFactory()
    for _customer in range(50):
        build(rng, anna, ben)
    met = set()
    for hours in POLICIES:
        policy = Policy(pk=1, go_live_on=at(1, 0).date(), **hours)
        policy.clean_fields()
        for now in rng.sample(MOMENTS, 4):
            shown = queue.page_of(anna, policy=policy, now=now, limit=100)
            for entry in shown.entries:
                found = contact.obstacle(
                    entry.customer,
                    policy=policy,
                    now=now,
                    not_before=entry.claim.pause_before(entry.agenda) if entry.claim else None,
                    agenda=FollowUp.objects.filter(customer=entry.customer),
                )
                if entry.claim and entry.claim.is_held(now):
                    met.add("held")
                    assert entry.obstacle is None
                else:
                    met.add(found and found.reason)
                    assert entry.obstacle == found
    reasons = contact.Reason
    assert met == {
        None,
        "held",
        reasons.NO_NUMBER,
        reasons.HOURS,
        reasons.CONVENIENCE,
        reasons.SPACING,
    }


@pytest.mark.django_db
def test_those_whom_the_queue_calls_callable_can_be_claimed_and_no_others():
    rng, anna, ben = Random(5), TrackerFactory(), TrackerFactory()
    policy, now = PolicyFactory(), at(4, 12)
    for _customer in range(60):
        build(rng, anna, ben)
    shown = queue.page_of(anna, policy=policy, now=now, limit=100)
    loaded, waiting = shown.load, {entry.customer.pk for entry in shown.entries}

    taken = []
    while claim := claims.claim_next(by=anna, now=now):
        taken.append(claim.customer_id)
    for customer in waiting - set(taken):
        with pytest.raises((claims.HeldBySomebody, claims.MayNotBeCalled)):
            claims.claim(customer, by=anna, now=now)

    assert len(set(taken)) == len(taken) == loaded.callable
    assert len(waiting) == loaded.due > loaded.callable > 0
