"""Calls, merges, sweeps and supervisors at the same moment: nobody waits in a circle."""

from functools import partial

import pytest
from django.db import OperationalError, connection, transaction

from aftersales.refusals import Refusal
from aftersales.tests.factories import SupervisorFactory
from aftersales.tests.parallel import in_parallel
from customers.services import files, merges
from customers.tests.factories import CustomerFactory, PhoneFactory
from followups import sweeps
from followups.models import AgendaItem, Call, Claim, FollowUp, Policy
from followups.services import claims, owners
from followups.services import policy as policies
from followups.tests.calling import at, call, first_call
from followups.tests.factories import FollowUpFactory, PolicyFactory, TrackerFactory
from followups.tests.sweeping import complete_customer

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6
# The windows of the follow-ups are over by then: the sweep ends what was tried.
LATE = at(9, 10)


@pytest.fixture(autouse=True)
def policy(transactional_db):
    return PolicyFactory()


@pytest.fixture
def owed():
    return owe()


def owe(**fields):
    """Return a first call among several to one customer, who was tried before."""
    owed = first_call(**fields)
    FollowUpFactory.create_batch(5, order__customer=owed.customer, owner=owed.owner)
    FollowUp.objects.filter(customer=owed.customer).update(attempts=1)
    # The first one is now the last in the table: what locks by scanning locks it last.
    FollowUp.objects.filter(pk=owed.pk).update(attempts=2)
    return owed


def attempt(action):
    """Do it, and return what refused it if something did."""
    try:
        action()
    except Refusal as refusal:
        return refusal
    return None


def at_once(*actions):
    return in_parallel(*[partial(attempt, action) for action in actions])


def record(owed, outcome):
    """Take the customer now, and return what records the call."""
    number = claims.claim_for_inbound(owed.customer_id, by=owed.owner, now=LATE).number
    used = owed.customer.phones.first().e164
    return partial(
        call, owed.customer, outcome, by=owed.owner, number=number, now=LATE, phone_used=used
    )


@pytest.mark.parametrize("outcome", ["wrong_number", "refused", "reached"])
def test_a_call_and_a_merge(outcome):
    for _round in range(ROUNDS):
        owed, survivor = owe(), CustomerFactory()
        PhoneFactory(customer=survivor)

        refusal, _merged = at_once(
            record(owed, outcome),
            partial(
                merges.merge,
                survivor.pk,
                owed.customer_id,
                choices=(),
                by=owed.owner,
                now=LATE,
            ),
        )

        lines = Call.objects.filter(customer=owed.customer)
        assert lines.count() == (0 if refusal else 1)
        assert FollowUp.objects.filter(customer=survivor).count() == 6


def test_a_first_claim_and_a_merge():
    for _round in range(ROUNDS):
        owed, survivor = owe(), CustomerFactory()
        by = owed.owner

        at_once(
            partial(merges.merge, survivor.pk, owed.customer_id, choices=(), by=by, now=LATE),
            partial(claims.claim, owed.customer_id, by=by, now=LATE),
            partial(claims.claim_for_inbound, survivor.pk, by=by, now=LATE),
        )

        assert FollowUp.objects.filter(customer=survivor).count() == 6
        assert Claim.objects.get(customer=survivor).is_held(LATE)


@pytest.mark.parametrize("outcome", ["no_answer", "refused", "reached"])
def test_a_call_and_the_sweeps(outcome):
    for _round in range(ROUNDS):
        owed = owe()

        refusal, _first, _second = at_once(
            record(owed, outcome),
            partial(sweeps.sweep_first_calls, now=LATE),
            partial(sweeps.sweep_second_calls, now=LATE),
        )

        assert refusal is None
        assert not FollowUp.objects.open().filter(customer=owed.customer, kind="first_call")
        by_the_call = FollowUp.objects.filter(customer=owed.customer, closed_by=owed.owner)
        called = Call.objects.get(customer=owed.customer)
        assert set(called.agenda.values_list("follow_up", flat=True)) <= {
            ended.pk for ended in by_the_call
        }


def test_a_call_and_a_supervisor_who_reassigns_hands_over_and_changes_the_policy():
    boss = SupervisorFactory()
    for _round in range(ROUNDS):
        owed = owe()
        heir = TrackerFactory()
        today = at(1, 0).date()
        version = Policy.objects.get().version
        changes = {"first_call_due_days": 8 + _round}

        found = at_once(
            record(owed, "refused"),
            partial(owners.reassign, FollowUp.objects.all(), to=heir, by=boss),
            partial(owners.hand_over, owed.owner, to=heir, by=boss),
            partial(policies.change_policy, by=boss, version=version, changes=changes, today=today),
        )

        assert found == [None] * 4
        assert AgendaItem.objects.filter(follow_up__customer=owed.customer).count() == 6


def test_a_supervisor_and_the_sweep_of_files_that_became_complete():
    boss = SupervisorFactory()
    for _round in range(ROUNDS):
        files = [
            FollowUpFactory(
                kind="customer_file", order__customer=complete_customer(), fact_on=at(1, 0).date()
            )
            for _customer in range(4)
        ]

        at_once(
            partial(owners.reassign, FollowUp.objects.all(), to=TrackerFactory(), by=boss),
            partial(sweeps.sweep_customer_files, now=LATE),
        )

        sweeps.sweep_customer_files(now=LATE)
        for file in files:
            file.refresh_from_db()
            assert file.ending == "complete"


@pytest.mark.parametrize("action", ["record", "reassign", "hand over", "give back", "policy"])
def test_whoever_writes_follow_ups_waits_for_who_holds_the_file(action):
    boss, heir, owed = SupervisorFactory(), TrackerFactory(), owe()
    waiting = FollowUp.objects.filter(pk=owed.pk)
    actions = {
        "record": record(owed, "reached"),
        "reassign": partial(owners.reassign, waiting, to=TrackerFactory(), by=boss),
        "hand over": partial(owners.hand_over, owed.owner, to=heir, by=boss),
        "policy": partial(
            policies.change_policy, by=boss, version=1, changes={}, today=at(1, 0).date()
        ),
    }
    if action == "give back":
        change = owners.reassign(waiting, to=heir, by=boss).change
        actions[action] = partial(owners.give_back, change, by=boss)

    def impatient():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        actions[action]()

    with transaction.atomic():
        files.lock_file(owed.customer_id)
        with pytest.raises(OperationalError, match="lock timeout"):
            in_parallel(impatient)
    in_parallel(impatient)
