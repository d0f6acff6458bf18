from datetime import UTC, datetime, timedelta

import pytest

from aftersales import limits
from aftersales.models import RateLimit
from aftersales.tests.parallel import in_parallel

NOW = datetime(2025, 3, 31, 8, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def tries(count, *, at=NOW, key="login as anna"):
    return [limits.take(key, limit=3, per=QUARTER, now=at) for _try in range(count)]


@pytest.mark.django_db
class TestTake:
    def test_allows_as_many_tries_as_the_limit_says(self):
        assert tries(5) == [True, True, True, False, False]

    def test_counts_each_key_for_itself(self):
        tries(3)

        assert tries(1, key="login as ben") == [True]

    def test_begins_again_when_the_period_is_over(self):
        tries(3)

        assert tries(1, at=NOW + QUARTER - timedelta(seconds=1)) == [False]
        assert tries(4, at=NOW + QUARTER) == [True, True, True, False]

    def test_a_period_begins_with_its_first_try_and_is_not_prolonged_by_others(self):
        tries(2)
        tries(1, at=NOW + timedelta(minutes=10))

        assert tries(1, at=NOW + QUARTER) == [True]


@pytest.mark.django_db
def test_a_try_given_back_can_be_used_again():
    tries(3)

    limits.give_back("login as anna")

    assert tries(2) == [True, False]


@pytest.mark.django_db
def test_giving_back_more_than_was_taken_gives_nothing():
    tries(1)
    for _again in range(3):
        limits.give_back("login as anna")

    assert tries(4) == [True, True, True, False]


@pytest.mark.django_db
def test_a_reset_key_has_all_its_tries():
    tries(3)

    limits.reset("login as anna")

    assert tries(3) == [True, True, True]


@pytest.mark.django_db
def test_only_counters_of_ended_periods_are_forgotten():
    tries(1)
    tries(1, at=NOW + timedelta(minutes=10), key="login as ben")

    limits.forget_ended(now=NOW + QUARTER)

    assert [counter.key for counter in RateLimit.objects.all()] == ["login as ben"]


@pytest.mark.django_db(transaction=True)
def test_fifty_tries_at_the_same_moment_get_exactly_the_limit():
    def one_try():
        return limits.take("login as anna", limit=10, per=QUARTER, now=NOW)

    accepted = in_parallel(*[one_try] * 50)

    assert (accepted.count(True), accepted.count(False)) == (10, 40)
