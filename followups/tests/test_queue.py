"""Who stands where in the queue, and the sentence that says why."""

from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.tests.factories import ConsultationFactory
from followups.calling import queue
from followups.models import Claim, FollowUp
from followups.services import claims
from followups.tests.calling import NOW, at, call, done, first_call, second_call
from followups.tests.factories import FollowUpFactory, PolicyFactory, TrackerFactory

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def policy(db):
    return PolicyFactory()


@pytest.fixture
def anna():
    return TrackerFactory(name="Anna")


def entries(user, now=NOW, **limit):
    policy = PolicyFactory()
    return queue.page_of(user, policy=policy, now=now, **limit).entries


def customers(user, now=NOW):
    return [entry.customer for entry in entries(user, now)]


def change(owed, **fields):
    FollowUp.objects.filter(pk=owed.pk).update(**fields)
    return owed


def second(anna, due_on, **fields):
    """Return a second call that is due, with its last day."""
    owed = second_call(first_call(owner=anna, **done()))
    return change(owed, opens_on=TODAY, target_on=TODAY, due_on=due_on, **fields)


class TestOrder:
    def test_is_what_presses_most_first(self, anna):
        later = TODAY + timedelta(3)
        build = {
            "left without an outcome": lambda: second(anna, later),
            "promised": lambda: change(
                second(anna, later), callback_at=NOW - timedelta(hours=1), days_tried=2
            ),
            "first call": lambda: first_call(owner=anna),
            "closing today": lambda: second(anna, TODAY),
            "second call": lambda: second(anna, later),
            "first call before its best day": lambda: first_call(
                owner=anna, target_on=TODAY + timedelta(1)
            ),
        }
        names = list(build)
        Random(7).shuffle(names)
        made = {build[name]().customer_id: name for name in names}
        left = next(key for key, name in made.items() if name == "left without an outcome")
        number = claims.claim(left, by=anna, now=NOW).number
        claims.leave(left, number=number, by=anna, now=NOW)

        assert [made[customer.pk] for customer in customers(anna)] == list(build)

    def test_puts_fewer_attempts_first_and_then_the_nearer_end(self, anna):
        tried_and_near = first_call(owner=anna, days_tried=1, attempts=1, due_on=at(4, 0).date())
        far = first_call(owner=anna, due_on=at(9, 0).date())
        near = first_call(owner=anna, due_on=at(5, 0).date())
        as_near = first_call(owner=anna, due_on=at(5, 0).date())

        expected = [near, as_near, far, tried_and_near]
        assert customers(anna) == [owed.customer for owed in expected]

    def test_puts_last_who_cannot_be_called_now(self, anna):
        silent = first_call(owner=anna, phones=0, callback_at=NOW - timedelta(hours=1))
        callable_later = second(anna, TODAY + timedelta(3))

        assert customers(anna) == [callable_later.customer, silent.customer]

    def test_brings_who_was_left_back_first_only_to_who_left_him(self, anna):
        ben = TrackerFactory()
        both = first_call(owner=anna, due_on=at(9, 0).date())
        FollowUpFactory(customer=both.customer, owner=ben, due_on=at(9, 0).date())
        mine, his = first_call(owner=anna), first_call(owner=ben)
        number = claims.claim(both.customer_id, by=ben, now=NOW).number
        claims.leave(both.customer_id, number=number, by=ben, now=NOW)

        assert customers(anna) == [mine.customer, both.customer]
        assert customers(ben) == [both.customer, his.customer]

    def test_lets_the_most_pressing_thing_on_the_agenda_decide(self, anna):
        first = first_call(owner=anna, due_on=at(9, 0).date())
        two_things = second(anna, TODAY + timedelta(3))
        FollowUpFactory(customer=two_things.customer, owner=anna)

        assert customers(anna) == [two_things.customer, first.customer]


class TestEntry:
    def test_is_one_for_a_customer_with_everything_due_for_him(self, anna):
        later = second(anna, TODAY + timedelta(3))
        customer = later.customer
        first = FollowUpFactory(customer=customer, owner=anna)
        promised = FollowUpFactory(customer=customer, owner=anna, callback_at=NOW)
        FollowUpFactory(
            customer=customer, owner=anna, opens_on=at(4, 0).date(), target_on=at(4, 0).date()
        )
        FollowUpFactory(customer=customer, owner=anna, callback_at=NOW + timedelta(minutes=1))
        FollowUpFactory(customer=customer, owner=anna, kind="customer_file")

        [entry] = entries(anna)

        assert entry.agenda == [promised, first, later]

    def test_holds_what_others_owe_the_customer_too(self, anna):
        ben = TrackerFactory()
        mine = first_call(owner=anna)
        his = FollowUpFactory(customer=mine.customer, owner=ben)

        [entry] = entries(anna)

        assert entry.agenda == [mine, his]
        assert entry.others(anna) == [ben]

    def test_says_who_is_calling(self, anna):
        owed = first_call(owner=anna)
        ben = TrackerFactory()
        claims.claim(owed.customer_id, by=ben, now=NOW)

        [entry] = entries(anna)

        assert (entry.claim.claimed_by, entry.obstacle) == (ben, None)

    def test_that_is_promised_to_somebody_else_still_says_why_it_cannot_be_called(self, anna):
        owed = first_call(owner=anna)
        FollowUpFactory(customer=owed.customer, owner=TrackerFactory(), callback_at=NOW)
        owed.customer.convenient_from, owed.customer.convenient_until = "18:00", "20:00"
        owed.customer.save()

        [entry] = entries(anna)

        assert entry.obstacle.until == at(3, 18)

    def test_is_nobody_who_has_nothing_due(self, anna):
        first_call(owner=anna, **done())
        first_call(owner=anna, opens_on=at(4, 0).date(), target_on=at(4, 0).date())
        first_call(owner=TrackerFactory())

        assert entries(anna) == []

    @pytest.mark.parametrize("count", [1, 3, 50])
    def test_costs_no_query_of_its_own(self, anna, count):
        for number in range(count):
            owed = first_call(owner=anna) if number % 2 else second(anna, TODAY)
            if number % 3 == 0:
                owed.customer.convenient_from, owed.customer.convenient_until = "18:00", "20:00"
                owed.customer.save()
            Claim.objects.create(customer=owed.customer, claimed_by=anna, claimed_at=NOW)
        policy = PolicyFactory()

        with CaptureQueriesContext(connection) as queries:
            found = queue.page_of(anna, policy=policy, now=NOW).entries
            assert all(entry.reason(today=TODAY) for entry in found)
            assert all(entry.plate and entry.phone_tail for entry in found)

        # who is away; ranking, agendas, phones
        assert (len(found), len(queries)) == (count, 4)

    def test_is_cut_after_so_many(self, anna):
        for _entry in range(3):
            first_call(owner=anna)

        assert len(entries(anna, limit=2)) == 2


class TestSentence:
    def reason(self, anna, now=NOW):
        [entry] = entries(anna, now)
        return entry.reason(today=now.date())

    @pytest.mark.parametrize(
        ("day", "deadline"),
        [
            (3, "due 7 Apr"),
            (6, "due tomorrow"),
            (7, "due today"),
            (8, "late by 1 day"),
            (9, "late by 2 days"),
        ],
    )
    def test_says_what_happened_and_until_when(self, anna, day, deadline):
        first_call(owner=anna)

        assert self.reason(anna, at(day, 10)) == f"First call · car left 31 Mar · {deadline}"

    def test_of_a_second_call_names_the_visit_not_the_first_call(self, anna):
        second(anna, TODAY)

        assert self.reason(anna) == "Second call · car left 31 Mar · due today"

    def test_of_a_consultation_names_no_car(self, anna):
        talk = ConsultationFactory()
        first_call(owner=anna, order=None, consultation=talk, customer=talk.customer)

        assert self.reason(anna) == "First call · came for advice 31 Mar · due 7 Apr"

    def test_of_a_promise_says_when_the_customer_wanted_it(self, anna):
        call(first_call(owner=anna).customer, "callback", by=anna, callback_at=at(3, 19))

        assert self.reason(anna, at(4, 9)) == (
            "First call · car left 31 Mar · asked to be called 2025-04-03 19:00"
        )

    def test_says_last_why_the_customer_cannot_be_called_yet(self, anna):
        owed = first_call(owner=anna)
        call(owed.customer, "busy", by=anna)

        assert self.reason(anna, at(3, 11)).endswith(
            " · due 7 Apr · Tried already: again from 14:00."
        )


def test_the_load_counts_customers_and_who_of_them_can_be_called(anna, policy):
    two = first_call(owner=anna)
    FollowUpFactory(customer=two.customer, owner=anna)
    first_call(owner=anna)
    first_call(owner=anna, phones=0)

    found = queue.page_of(anna, policy=policy, now=NOW, limit=1)

    assert len(found.entries) == 1
    assert found.load == queue.Load(due=3, callable=2)


def test_the_load_of_a_queue_nobody_can_be_called_from_says_so(anna, policy):
    first_call(owner=anna, phones=0)

    assert queue.page_of(anna, policy=policy, now=NOW).load == queue.Load(1, 0)
    assert queue.page_of(TrackerFactory(), policy=policy, now=NOW).load == queue.Load(0, 0)


def test_everything_owed_to_a_customer_can_be_seen_before_it_is_due(anna):
    owed = first_call(owner=anna)
    soon = FollowUpFactory(
        customer=owed.customer,
        opens_on=at(5, 0).date(),
        target_on=at(5, 0).date(),
        due_on=at(5, 0).date(),
    )
    FollowUpFactory(customer=owed.customer, **done())

    assert queue.open_calls_of(owed.customer, today=TODAY) == [owed, soon]
