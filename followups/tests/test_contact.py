"""When law, shop, customer and number allow a call (FUP-11, FUP-12, FUP-13, R-37)."""

from contextlib import nullcontext
from datetime import UTC, time

import pytest

from customers.models import ContactRefusal
from customers.tests.factories import CustomerFactory, PhoneFactory
from followups.calling import contact, queue, ranking
from followups.calling.contact import Obstacle, Reason
from followups.models import Kind, Policy
from followups.services.claims import MayNotBeCalled, claim
from followups.tests.calling import at, call, first_call
from followups.tests.factories import CallFactory, FollowUpFactory, PolicyFactory, TrackerFactory
from followups.tests.kinds import owe

# Thursday 3 April 2025.
OFFICE = {
    "legal_from": time(8),
    "legal_until": time(21),
    "shop_opens": time(8, 30),
    "shop_closes": time(18),
}


def policy(**changes):
    return Policy(pk=1, go_live_on=at(1, 0).date(), **OFFICE | changes)


def customer(**fields):
    made = CustomerFactory(**fields)
    PhoneFactory(customer=made)
    return made


def obstacle(customer, now, *, hours=None, **details):
    return contact.obstacle(customer, policy=hours or policy(), now=now, **details)


def suits(start, end, *weekdays):
    return {
        "convenient_from": time(start),
        "convenient_until": time(end),
        "convenient_weekdays": list(weekdays),
    }


@pytest.mark.django_db
class TestHours:
    @pytest.mark.parametrize(
        ("now", "until"),
        [
            (at(3, 8, 29), at(3, 8, 30)),
            (at(3, 8, 30), None),
            (at(3, 17, 59), None),
            (at(3, 18), at(4, 8, 30)),
            (at(3, 23), at(4, 8, 30)),
        ],
    )
    def test_begin_when_the_shop_opens_and_end_just_before_it_closes(self, now, until):
        found = obstacle(customer(), now)

        assert (found and (found.reason, found.rule, found.until)) == (
            until and (Reason.HOURS, "FUP-12", until)
        )

    def test_of_the_law_hold_for_a_shop_that_opens_earlier_and_closes_later(self):
        hours = policy(shop_opens=time(6), shop_closes=time(23))

        assert obstacle(customer(), at(3, 7), hours=hours).until == at(3, 8)
        assert obstacle(customer(), at(3, 21), hours=hours).until == at(4, 8)

    def test_reach_over_the_days_on_which_the_shop_does_not_call(self):
        weekdays = policy(shop_weekdays=[1, 2, 3, 4, 5])

        assert obstacle(customer(), at(5, 10), hours=weekdays).until == at(7, 8, 30)
        assert obstacle(customer(), at(4, 19), hours=weekdays).until == at(7, 8, 30)

    def test_are_those_of_the_shops_clock(self):
        in_greenwich = at(3, 8, 30).astimezone(UTC)

        assert in_greenwich.hour == 0
        assert obstacle(customer(), in_greenwich) is None


@pytest.mark.django_db
class TestConvenientTime:
    @pytest.mark.parametrize(
        ("wish", "now", "until"),
        [
            (suits(16, 20), at(3, 10), at(3, 16)),
            (suits(16, 20), at(3, 17), None),
            (suits(16, 20), at(3, 18), at(4, 16)),
            (suits(9, 12, 6), at(3, 10), at(5, 9)),
            (suits(9, 12, 4), at(3, 12), at(10, 9)),
        ],
        ids=["later", "now", "shop closed", "weekday", "in a week"],
    )
    def test_is_kept_within_the_hours_of_the_shop(self, wish, now, until):
        found = obstacle(customer(**wish), now)

        assert (found and found.until) == until

    def test_that_never_meets_the_shops_is_told(self):
        found = obstacle(customer(**suits(19, 20)), at(3, 10))

        assert (found.reason, found.until) == (Reason.CONVENIENCE, None)
        assert found.text == "The shop never calls at the hours that suit the customer."

    def test_is_told_as_his_wish(self):
        found = obstacle(customer(**suits(16, 20)), at(3, 10))

        assert (found.reason, found.text) == (
            Reason.CONVENIENCE,
            "Asked to be called from 16:00.",
        )


@pytest.mark.django_db
class TestPromisedCallback:
    def promised(self, hour):
        return [FollowUpFactory(callback_at=at(3, hour))]

    def test_may_be_made_outside_the_hours_of_shop_and_customer(self):
        closed = customer(**suits(9, 10, 1))

        assert obstacle(closed, at(3, 19), agenda=self.promised(19)) is None
        assert obstacle(closed, at(3, 19)).reason == Reason.CONVENIENCE

    def test_opens_no_hours_before_its_moment(self):
        assert obstacle(customer(), at(3, 19), agenda=self.promised(20)).reason == Reason.HOURS

    def test_is_not_made_outside_the_hours_of_the_law(self):
        found = obstacle(customer(), at(3, 21, 30), agenda=self.promised(21))

        assert (found.reason, found.until) == (Reason.HOURS, at(4, 8))

    def test_waits_after_a_try_like_any_other(self):
        found = obstacle(customer(), at(3, 19), agenda=self.promised(19), not_before=at(4, 6))

        assert (found.reason, found.until) == (Reason.SPACING, at(4, 8))

    def test_is_not_made_to_who_refuses_calls(self):
        refused = customer()
        refuse(refused, "service", "phone")

        assert obstacle(refused, at(3, 19), agenda=self.promised(19)).reason == Reason.REFUSED


@pytest.mark.django_db
class TestSpacing:
    def test_ends_at_the_next_hour_at_which_one_may_call(self):
        found = obstacle(customer(), at(3, 16), not_before=at(3, 20))

        assert found == Obstacle(
            Reason.SPACING, "Tried already: again from 2025-04-04 08:30.", "R-37", at(4, 8, 30)
        )

    def test_is_over_at_its_moment(self):
        assert obstacle(customer(), at(3, 16), not_before=at(3, 16)) is None

    @pytest.mark.parametrize(
        ("tried", "outcome", "again"),
        [
            (at(3, 9), "busy", at(3, 13)),
            (at(3, 11), "off", at(3, 15)),
            (at(3, 12, 30), "wrong_person", at(3, 17)),
            (at(3, 16), "busy", at(3, 20)),
            (at(3, 17), "busy", at(4, 0)),
            (at(3, 9), "no_answer", at(4, 12)),
            (at(3, 15), "rejected", at(4, 0)),
        ],
    )
    def test_leads_to_another_part_of_the_day_or_another_day(self, tried, outcome, again):
        PolicyFactory()
        owed = first_call()

        call(owed.customer, outcome, by=owed.owner, now=tried)

        assert owed.customer.claim.not_before == again

    @pytest.mark.parametrize(
        ("outcome", "reason"), [("reached", None), ("no_answer", Reason.SPACING)]
    )
    def test_after_a_talk_keeps_no_answer_back(self, outcome, reason):
        """FUP-08: the answer is told on the day it exists, however short the last talk is ago."""
        shop = PolicyFactory()
        owed = first_call()
        call(owed.customer, outcome, by=owed.owner, now=at(3, 15))
        answer = owe(Kind.ANSWER, customer=owed.customer, owner=owed.owner)

        [entry] = queue.page_of(owed.owner, policy=shop, now=at(3, 16), limit=9).entries

        assert (entry.obstacle and entry.obstacle.reason) == reason
        assert (answer in entry.agenda, entry.rank) == (True, ranking.ANSWER)
        with nullcontext() if reason is None else pytest.raises(MayNotBeCalled):
            claim(owed.customer.pk, by=owed.owner, now=at(3, 16))

    def test_after_a_talk_keeps_everything_else_back(self):
        PolicyFactory()
        owed = first_call()
        call(owed.customer, "reached", by=owed.owner, now=at(3, 15))
        FollowUpFactory(order__customer=owed.customer, owner=owed.owner)

        with pytest.raises(MayNotBeCalled):
            claim(owed.customer.pk, by=owed.owner, now=at(3, 16))

    def test_lasts_until_a_number_may_be_dialed_again(self):
        PolicyFactory()
        owed = first_call(phones=1)
        used = owed.customer.phones.get().e164

        for tried in (at(3, 9), at(3, 14)):
            call(owed.customer, "busy", by=owed.owner, now=tried, phone_used=used)

        assert owed.customer.claim.not_before == at(4, 9)


@pytest.mark.django_db
class TestTries:
    def dialed(self, phone, *moments, **fields):
        for moment in moments:
            CallFactory(phone_used=phone.e164, started_at=moment, ended_at=moment, **fields)

    def test_are_two_a_number_in_any_24_hours(self):
        person = customer()
        self.dialed(person.phones.get(), at(2, 16), at(3, 9))

        found = obstacle(person, at(3, 10))

        assert (found.reason, found.rule, found.until) == (Reason.TRIES, "R-37", at(3, 16))
        assert obstacle(person, at(3, 15, 59))
        assert obstacle(person, at(3, 16)) is None

    def test_count_whomever_else_the_number_belongs_to(self):
        wife, husband = customer(), CustomerFactory()
        PhoneFactory(customer=husband, typed=wife.phones.get().typed)
        self.dialed(wife.phones.get(), at(3, 9), at(3, 10), customer=wife)

        assert obstacle(husband, at(3, 11)).reason == Reason.TRIES

    def test_leave_another_number(self):
        person = customer()
        second = PhoneFactory(customer=person)
        first = person.phones.first()
        self.dialed(first, at(3, 9), at(3, 10))

        assert obstacle(person, at(3, 11)) is None
        assert contact.number_to_dial(person, policy=policy(), now=at(3, 11)) == second

        second.is_bad = True
        second.save()
        person = type(person).objects.get(pk=person.pk)
        assert obstacle(person, at(3, 11)).reason == Reason.TRIES
        assert contact.number_to_dial(person, policy=policy(), now=at(3, 11)) is None

    def test_are_not_the_calls_that_came_in(self):
        person = customer()
        self.dialed(person.phones.get(), at(3, 9), at(3, 10), direction="inbound")

        assert obstacle(person, at(3, 11)) is None

    def test_are_as_many_as_the_policy_says(self):
        person = customer()
        self.dialed(person.phones.get(), at(3, 9))

        assert obstacle(person, at(3, 10), hours=policy(tries_per_number=1)).until == at(4, 9)


def refuse(customer, purpose, channel, **lifted):
    return ContactRefusal.objects.create(
        customer=customer,
        purpose=purpose,
        channel=channel,
        reason="Leave me alone.",
        refused_on=at(1, 0).date(),
        recorded_by=TrackerFactory(),
        **lifted,
    )


@pytest.mark.django_db
class TestRefusal:
    @pytest.mark.parametrize(
        ("purpose", "channel", "forbids"),
        [
            ("service", "phone", True),
            ("service", "all", True),
            ("all", "phone", True),
            ("all", "all", True),
            ("promotion", "phone", False),
            ("promotion", "all", False),
            ("reminder", "phone", False),
            ("service", "letter", False),
            ("service", "sms", False),
            ("all", "email", False),
        ],
    )
    def test_of_this_purpose_on_this_channel_forbids_the_call(self, purpose, channel, forbids):
        person = customer()
        refuse(person, purpose, channel)

        assert bool(obstacle(person, at(3, 10))) is forbids

    def test_is_told_with_its_day_and_reason(self):
        person = customer()
        refuse(person, "service", "phone")

        assert obstacle(person, at(3, 10)) == Obstacle(
            Reason.REFUSED, "Wants no calls since 2025-04-01: Leave me alone.", "FUP-11"
        )

    def test_that_was_lifted_forbids_nothing(self):
        person = customer()
        lifted = {"lifted_on": at(2, 0).date(), "lifted_by": TrackerFactory(), "lift_reason": "…"}
        refuse(person, "service", "phone", **lifted)

        assert obstacle(person, at(3, 10)) is None


@pytest.mark.django_db
def test_without_a_working_number_there_is_no_moment_at_which_to_call():
    assert obstacle(CustomerFactory(), at(3, 3)) == Obstacle(
        Reason.NO_NUMBER, "There is no number that works.", "R-37"
    )
