"""FUP-01, FIL-04: who owes what is due."""

from collections import Counter

import pytest

from aftersales.roles import SUPERVISOR, TRACKING_SALESMAN
from aftersales.tests.factories import UserFactory
from customers.tests.factories import CustomerFactory
from followups.models import FollowUp
from followups.tests.factories import FollowUpFactory, PolicyFactory, TrackerFactory
from followups.tests.sweeping import callable_customer, closed, released, sweep

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _policy():
    PolicyFactory()


def owners(**which):
    return set(FollowUp.objects.filter(**which).values_list("owner", flat=True))


def loads():
    return Counter(FollowUp.objects.open().values_list("owner", flat=True))


def test_a_customers_tracker_owes_him_everything():
    TrackerFactory.create_batch(2)
    tracker = TrackerFactory()
    released(customer=callable_customer(tracker=tracker))

    sweep("2025-03-31 18:00")
    closed(FollowUp.objects.get(kind="first_call"), "2025-04-04 10:00")
    sweep("2025-04-04 18:00")

    assert FollowUp.objects.count() == 3
    assert owners() == {tracker.pk}


@pytest.mark.parametrize("gone", [{"is_active": False}, {"roles": [SUPERVISOR]}])
def test_a_tracker_who_left_or_has_another_post_gets_nothing(gone):
    present = TrackerFactory()
    tracker = TrackerFactory(**gone)
    released(customer=callable_customer(tracker=tracker))

    sweep("2025-03-31 18:00")

    assert owners() == {present.pk}


def test_customers_without_tracker_go_to_whoever_owes_the_fewest():
    """Water finds its level: 5, 1 and 0 follow-ups become 5, 4 and 4 with seven customers more."""
    busy, fair, idle = TrackerFactory.create_batch(3)
    FollowUpFactory.create_batch(5, owner=busy)
    FollowUpFactory(owner=fair)
    FollowUpFactory(owner=idle, state="done", ending="reached",
                    closed_at="2025-04-04T00:00Z", closed_on="2025-04-04")  # fmt: skip
    for _ in range(7):
        released("2025-04-02 17:00", customer=callable_customer())

    sweep("2025-04-02 18:00", "sweep_first_calls")

    assert loads() == {busy.pk: 5, fair.pk: 4, idle.pk: 4}


def test_when_all_owe_the_same_the_next_ones_go_round():
    trackers = TrackerFactory.create_batch(3)
    for _ in range(8):
        released(customer=callable_customer())

    sweep("2025-03-31 18:00", "sweep_first_calls")

    assert sorted(loads()[tracker.pk] for tracker in trackers) == [2, 3, 3]


def test_one_agenda_has_one_owner_though_it_comes_in_parts():
    TrackerFactory.create_batch(3)
    customer = callable_customer()
    released("2025-03-31 10:00", customer=customer)
    released("2025-03-31 11:00", customer=customer)
    for _ in range(4):
        released("2025-03-31 11:30", customer=callable_customer())
    sweep("2025-03-31 12:00", "sweep_first_calls")
    released("2025-04-01 10:00", customer=customer)

    sweep("2025-04-01 12:00")

    assert FollowUp.objects.filter(customer=customer).count() == 4
    assert len(owners(customer=customer)) == 1


def test_the_second_call_stays_with_who_made_the_first():
    first_owner, _other = TrackerFactory.create_batch(2)
    released(customer=callable_customer())
    sweep("2025-03-31 18:00", "sweep_first_calls")
    first = FollowUp.objects.get()
    FollowUp.objects.filter(pk=first.pk).update(owner=first_owner)
    FollowUpFactory.create_batch(3, owner=first_owner)

    closed(first, "2025-04-04 10:00")
    sweep("2025-04-04 18:00", "sweep_second_calls")

    assert owners(first_call=first) == {first_owner.pk}


@pytest.mark.parametrize("gone", [{"is_active": False}, {"roles": [SUPERVISOR]}])
def test_what_somebody_leaves_behind_goes_to_the_others(gone):
    leaver = TrackerFactory()
    FollowUpFactory.create_batch(2, owner=leaver)
    kept = FollowUpFactory(owner=leaver, state="done", ending="reached",
                           closed_at="2025-04-04T00:00Z", closed_on="2025-04-04")  # fmt: skip
    heir = TrackerFactory()
    type(leaver).objects.filter(pk=leaver.pk).update(**gone)

    counts = sweep("2025-04-04 18:00", "sweep_first_calls")

    assert counts["sweep_first_calls"]["assigned"] == 2
    assert owners(state="open") == {heir.pk}
    assert owners(pk=kept.pk) == {leaver.pk}


def test_what_somebody_promised_who_left_is_its_owners_again():
    owner, gone, supervisor = TrackerFactory(), UserFactory(is_active=False), UserFactory()
    FollowUpFactory(owner=owner, promised_by=gone)
    kept = FollowUpFactory(owner=owner, promised_by=supervisor)

    sweep("2025-04-04 18:00", "sweep_first_calls")

    assert list(FollowUp.objects.order_by("pk").values_list("responsible", flat=True)) == [
        owner.pk, supervisor.pk,
    ]  # fmt: skip
    assert FollowUp.objects.get(promised_by=supervisor) == kept


def test_without_trackers_follow_ups_wait_and_go_to_the_first_who_comes():
    UserFactory(roles=[SUPERVISOR])
    TrackerFactory(is_active=False)
    released(customer=callable_customer())
    sweep("2025-03-31 18:00")
    assert owners() == {None}

    tracker = TrackerFactory()
    sweep("2025-03-31 18:01")

    assert owners() == {tracker.pk}


def test_what_the_supervisor_gave_to_somebody_stays_with_him():
    tracker, helper = TrackerFactory.create_batch(2)
    released(customer=CustomerFactory(tracker=tracker))
    sweep("2025-03-31 18:00")
    FollowUp.objects.update(owner=helper)

    sweep("2025-04-01 18:00")

    assert owners() == {helper.pk}


def test_everybody_with_the_role_of_a_tracker_may_get_follow_ups():
    both = UserFactory(roles=[SUPERVISOR, TRACKING_SALESMAN])
    released(customer=callable_customer())

    sweep("2025-03-31 18:00")

    assert owners() == {both.pk}
