"""What people said of likely duplicates outlives a merge (FIL-10)."""

from datetime import UTC, datetime

import pytest

from aftersales.tests.factories import SupervisorFactory
from customers.models import DuplicatePair
from customers.services import merges, unmerges
from customers.tests.factories import CustomerFactory, DuplicatePairFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 31, 2, 0, tzinfo=UTC)


def merge(survivor, merged):
    return merges.merge(survivor.pk, merged.pk, choices=(), by=SupervisorFactory(), now=NOW)


def undo(merge):
    return unmerges.undo_merge(merge.pk, by=SupervisorFactory(), now=NOW).not_restored


def dismissed_pair(one, other):
    first, second = sorted((one, other), key=lambda customer: customer.pk)
    return DuplicatePairFactory(
        first=first, second=second, dismissed_at=NOW, dismissed_by=SupervisorFactory()
    )


def told_apart():
    """Return the pairs of customers whom somebody told apart."""
    dismissed = DuplicatePair.objects.exclude(dismissed_at=None)
    return [(pair.first, pair.second) for pair in dismissed.order_by("first", "second")]


def test_whom_somebody_told_apart_from_the_merged_customer_stays_told_apart():
    third, survivor, merged, fourth = CustomerFactory.create_batch(4)
    for other in (third, survivor, fourth):
        dismissed_pair(merged, other)
    before = told_apart()

    done = merge(survivor, merged)

    assert told_apart() == [(third, survivor), (survivor, merged), (survivor, fourth)]
    assert undo(done) == []
    assert told_apart() == before


def test_who_is_on_the_list_with_the_survivor_leaves_it_if_told_apart_from_the_merged_customer():
    survivor, merged, third, fourth = CustomerFactory.create_batch(4)
    listed = DuplicatePairFactory(first=survivor, second=third)
    dismissed_pair(merged, third)
    dismissed_pair(merged, fourth)
    dismissed_pair(survivor, fourth)

    done = merge(survivor, merged)
    assert not DuplicatePair.objects.to_review().exists()

    assert undo(done) == []
    assert DuplicatePair.objects.to_review().get() == listed
