"""What each outcome of a call does to what is owed, to the number, and to the next try."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from customers.models import ContactRefusal
from customers.tests.factories import PhoneFactory
from followups.calling.outcomes import OUTCOMES
from followups.models import Call, FollowUp, Policy
from followups.tests.calling import NOW, at, call, first_call, second_call
from followups.tests.factories import FollowUpFactory, PolicyFactory, TrackerFactory


@dataclass(frozen=True)
class Effect:
    """What the house's list of outcomes says, written down a second time."""

    counts: bool = False
    ending: str = ""
    not_before: datetime | None = None
    kills_number: bool = False
    needs: str = ""


# Tried at ten in the morning of 3 April.
EFFECTS = {
    "reached": Effect(ending="reached", not_before=at(3, 14)),
    "no_answer": Effect(counts=True, not_before=at(4, 12)),
    "busy": Effect(counts=True, not_before=at(3, 14)),
    "off": Effect(counts=True, not_before=at(3, 14)),
    "rejected": Effect(counts=True, not_before=at(4, 12)),
    "wrong_person": Effect(counts=True, not_before=at(3, 14), needs="note"),
    "wrong_number": Effect(counts=True, kills_number=True),
    "not_exist": Effect(counts=True, kills_number=True),
    "suspended": Effect(counts=True, kills_number=True),
    "refused": Effect(ending="refused", needs="note"),
    "reached_partial": Effect(not_before=at(3, 14)),
    "callback": Effect(needs="callback_at"),
}
every_outcome = pytest.mark.parametrize(("outcome", "effect"), EFFECTS.items(), ids=list(EFFECTS))


@pytest.fixture(autouse=True)
def _policy(db):
    PolicyFactory()


@pytest.fixture
def caller():
    return TrackerFactory()


def dial(owed, outcome, **details):
    """Call the first number of the customer to whom a call is owed."""
    by = details.pop("by", owed.owner)
    number = owed.customer.phones.first()
    used = number.e164 if number else ""
    recorded = call(owed.customer, outcome, by=by, phone_used=used, **details)
    owed.refresh_from_db()
    return recorded


def test_every_outcome_has_its_effect_here():
    assert set(EFFECTS) == set(OUTCOMES)


def test_no_two_outcomes_share_a_key():
    assert len({outcome.key for outcome in OUTCOMES.values()}) == len(OUTCOMES)


@every_outcome
class TestEachOutcome:
    def test_counts_as_a_try_or_not(self, outcome, effect):
        owed = first_call()

        recorded = dial(owed, outcome)

        tried = int(effect.counts)
        assert (owed.attempts, owed.days_tried) == (tried, tried)
        assert owed.tried_on == (NOW.date() if tried else None)
        assert recorded.attempt == 1

    def test_ends_what_is_owed_or_leaves_it_open(self, outcome, effect):
        owed = first_call()

        recorded = dial(owed, outcome)

        assert owed.ending == effect.ending
        if effect.ending:
            assert (owed.state, owed.closed_at, owed.closed_on, owed.closed_by) == (
                "done",
                NOW,
                NOW.date(),
                owed.owner,
            )
        item = recorded.agenda.get()
        assert (item.follow_up, item.attempt, item.closed) == (owed, 1, bool(effect.ending))

    def test_says_when_the_customer_may_be_tried_again(self, outcome, effect):
        owed = first_call()

        dial(owed, outcome)

        assert owed.customer.claim.not_before == effect.not_before

    def test_gives_the_customer_free(self, outcome, effect):
        owed = first_call()

        dial(owed, outcome)

        claim = owed.customer.claim
        assert (claim.number, claim.leased_until, claim.left_by) == (2, None, None)

    def test_finds_the_number_good_or_bad(self, outcome, effect):
        owed = first_call()

        dial(owed, outcome)

        bad = [phone.is_bad for phone in owed.customer.phones.all()]
        assert bad == [effect.kills_number, False]

    def test_asks_for_what_it_needs(self, outcome, effect):
        owed = first_call()
        lacking = []

        try:
            dial(owed, outcome, answers={"note": " "}, callback_at=None)
        except ValidationError as refused:
            lacking = list(refused.message_dict)

        assert lacking == [effect.needs] * bool(effect.needs)
        assert Call.objects.exists() is not bool(lacking)
        assert owed.customer.claim.number == (1 if lacking else 2)


class TestCustomerWhoIsNeverReached:
    """R-37."""

    def test_is_unreachable_on_the_third_day(self):
        owed = first_call()

        for day in (3, 4):
            dial(owed, "no_answer", now=at(day, 10))
        assert (owed.state, owed.days_tried) == ("open", 2)
        dial(owed, "busy", now=at(5, 10))

        assert (owed.ending, owed.attempts, owed.days_tried) == ("unreachable", 3, 3)
        assert owed.closed_on == at(5, 10).date()

    def test_two_tries_on_one_day_are_one_day(self):
        owed = first_call()

        for moment in (at(3, 9), at(3, 14), at(4, 9), at(4, 14)):
            dial(owed, "busy", now=moment)

        assert (owed.state, owed.attempts, owed.days_tried) == ("open", 4, 2)

    def test_is_unreachable_on_the_last_day_whatever_was_tried(self):
        owed = first_call()

        dial(owed, "no_answer", now=at(7, 10))

        assert (owed.ending, owed.attempts) == ("unreachable", 1)

    def test_still_has_the_day_before_the_last(self):
        owed = first_call()

        dial(owed, "no_answer", now=at(6, 10))

        assert owed.state == "open"

    def test_who_declines_twice_is_not_tried_a_third_time(self):
        owed = first_call()

        dial(owed, "rejected", now=at(3, 10))
        assert owed.state == "open"
        dial(owed, "rejected", now=at(4, 13))

        assert owed.ending == "unreachable"

    def test_only_the_same_outcome_counts_as_declining(self):
        owed = first_call()

        dial(owed, "busy", now=at(3, 10))
        dial(owed, "rejected", now=at(4, 13))

        assert owed.state == "open"

    def test_declining_another_call_does_not_count(self):
        owed = first_call()
        dial(owed, "rejected", now=at(3, 10))
        other = FollowUpFactory(customer=owed.customer, owner=owed.owner)

        dial(owed, "rejected", now=at(4, 13))
        other.refresh_from_db()

        assert (owed.ending, other.ending) == ("unreachable", "")

    @pytest.mark.parametrize("outcome", ["wrong_number", "not_exist", "suspended"])
    def test_without_another_number_it_ends_at_once(self, outcome):
        owed = first_call(phones=1)

        dial(owed, outcome)

        assert (owed.ending, owed.customer.phones.get().is_bad) == ("unreachable", True)

    def test_a_number_that_cannot_be_dialed_is_none(self):
        owed = first_call(phones=1)
        PhoneFactory(customer=owed.customer, typed="ask at the desk", e164="", tail="")

        dial(owed, "wrong_number")

        assert owed.ending == "unreachable"

    def test_the_policy_says_how_many_days_are_tried(self):
        Policy.objects.filter(pk=1).update(most_attempts=1)
        owed = first_call()

        dial(owed, "no_answer")

        assert owed.ending == "unreachable"


class TestRefusal:
    """FUP-11."""

    def test_puts_the_customer_on_the_list_in_his_own_words(self, caller):
        owed = first_call(owner=caller)

        dial(owed, "refused", answers={"note": "Leave me alone."})

        refusal = ContactRefusal.objects.get()
        assert (
            refusal.customer,
            refusal.purpose,
            refusal.channel,
            refusal.reason,
            refusal.refused_on,
            refusal.recorded_by,
        ) == (owed.customer, "all", "phone", "Leave me alone.", NOW.date(), caller)

    def test_ends_whatever_else_is_owed_by_telephone(self, caller):
        owed = first_call(owner=caller)
        later = FollowUpFactory(
            customer=owed.customer, opens_on=at(6, 0).date(), target_on=at(6, 0).date()
        )
        second = second_call(FollowUpFactory(customer=owed.customer, **closed()))
        file = FollowUpFactory(kind="customer_file", customer=owed.customer)
        stranger = first_call()

        dial(owed, "refused")

        endings = dict(FollowUp.objects.values_list("pk", "ending"))
        assert [endings[each.pk] for each in (owed, later, second, file, stranger)] == [
            "refused",
            "do_not_contact",
            "do_not_contact",
            "",
            "",
        ]
        assert FollowUp.objects.get(pk=later.pk).closed_by == caller

    def test_that_stands_already_is_not_written_twice(self):
        owed = first_call()
        ContactRefusal.objects.create(
            customer=owed.customer,
            purpose="all",
            channel="all",
            reason="By letter.",
            refused_on=NOW.date(),
            recorded_by=owed.owner,
        )

        dial(owed, "refused")

        assert (owed.ending, ContactRefusal.objects.count()) == ("refused", 1)

    def test_may_be_longer_than_its_line_on_the_list(self):
        owed = first_call()

        recorded = dial(owed, "refused", answers={"note": "no " * 200})

        assert len(recorded.note) == 600
        assert ContactRefusal.objects.get().reason == ("no " * 200)[:250]


class TestPromise:
    def test_is_kept_at_its_moment_even_beyond_the_window(self):
        owed = first_call()

        recorded = dial(owed, "callback", callback_at=at(12, 19))

        assert (owed.state, owed.callback_at, recorded.callback_at) == (
            "open",
            at(12, 19),
            at(12, 19),
        )
        due = FollowUp.objects.due(today=at(12, 19).date(), now=at(12, 18, 59))
        assert not due.exists()
        due = FollowUp.objects.due(today=at(12, 19).date(), now=at(12, 19))
        assert due.get() == owed

    def test_of_the_owner_stays_with_him(self):
        owed = first_call()

        dial(owed, "callback")

        assert (owed.promised_by, owed.responsible) == (None, owed.owner_id)

    def test_of_somebody_else_is_kept_by_whoever_made_it(self, caller):
        owed = first_call()

        recorded = dial(owed, "callback", by=caller)

        assert (owed.promised_by, owed.responsible) == (caller, caller.pk)
        assert (recorded.handler, recorded.on_behalf_of) == (caller, owed.owner)

    def test_made_again_by_the_owner_is_his(self, caller):
        owed = first_call()
        dial(owed, "callback", by=caller)

        dial(owed, "callback", now=at(3, 15))

        assert owed.promised_by is None

    def test_beyond_the_window_still_has_its_days(self):
        owed = first_call()
        dial(owed, "callback", callback_at=at(12, 19))

        dial(owed, "no_answer", now=at(12, 19))

        assert (owed.state, owed.days_tried) == ("open", 1)

    def test_is_for_a_time_to_come(self):
        owed = first_call()

        with pytest.raises(ValidationError) as refused:
            dial(owed, "callback", callback_at=NOW - timedelta(minutes=1))

        assert list(refused.value.message_dict) == ["callback_at"]


def closed():
    return {
        "state": "done",
        "ending": "reached",
        "closed_at": at(2, 10),
        "closed_on": at(2, 10).date(),
    }
