"""What a proxy finds in his queue, and what comes back to the owner (PRX-01)."""

import pytest

from followups.calling import queue
from followups.services import claims
from followups.tests.calling import at, call, first_call
from followups.tests.factories import AbsenceFactory, PolicyFactory, TrackerFactory


@pytest.fixture(autouse=True)
def _policy(db):
    PolicyFactory()


@pytest.fixture
def anna():
    return TrackerFactory(name="Anna")


@pytest.fixture
def ben(anna):
    """Stands in for Anna from 1 to 7 April."""
    proxy = TrackerFactory(name="Ben")
    AbsenceFactory(person=anna, proxy=proxy)
    return proxy


def finds(user, now):
    return [owed.customer_id for owed in queue.due_for(user, now=now)]


def test_calls_go_to_the_proxy_and_come_back(anna, ben):
    owed = first_call(owner=anna, due_on=at(9, 0).date())

    assert (finds(anna, at(7, 23)), finds(ben, at(7, 23))) == ([], [owed.customer_id])
    assert (finds(anna, at(8, 0)), finds(ben, at(8, 0))) == ([owed.customer_id], [])


def test_a_callback_the_owner_promised_is_kept_by_the_proxy(anna, ben):
    owed = first_call(owner=anna)
    call(
        owed.customer,
        "callback",
        by=anna,
        now=at(1, 9),
        agenda={owed.pk: False},
        callback_at=at(4, 15),
    )

    assert (finds(anna, at(4, 15)), finds(ben, at(4, 15))) == ([], [owed.customer_id])
    assert finds(anna, at(8, 9)) == [owed.customer_id]


def test_what_the_proxy_promised_stays_his_when_the_owner_is_back(anna, ben):
    owed = first_call(owner=anna)
    claim = claims.claim_next(by=ben, now=at(3, 10))
    recorded = call(owed.customer, "callback", by=ben, number=claim.number, callback_at=at(9, 15))

    assert (recorded.handler, recorded.on_behalf_of) == (ben, anna)
    assert (finds(ben, at(9, 15)), finds(anna, at(9, 15))) == ([owed.customer_id], [])


def test_what_the_proxy_promised_goes_to_his_own_proxy_while_he_is_away(anna, ben):
    carla = TrackerFactory()
    owed = first_call(owner=anna)
    call(owed.customer, "callback", by=ben, callback_at=at(9, 15))
    AbsenceFactory(person=ben, proxy=carla, first_day=at(9, 0).date(), last_day=at(9, 0).date())

    assert finds(carla, at(9, 15)) == [owed.customer_id]
    assert finds(anna, at(9, 15)) == finds(ben, at(9, 15)) == []


def test_a_line_of_the_owner_names_nobody_he_stands_in_for(anna, ben):
    owed = first_call(owner=anna)

    assert call(owed.customer, by=anna, now=at(8, 10)).on_behalf_of is None
