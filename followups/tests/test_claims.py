"""Whom one may take to call him, and whose turn it is."""

from datetime import timedelta

import pytest

from customers.models import ContactRefusal
from followups.calling.contact import Reason
from followups.models import Claim, Policy
from followups.models.claim import LEASE
from followups.services import claims
from followups.tests.calling import NOW, at, call, done, first_call
from followups.tests.factories import (
    AbsenceFactory,
    CallFactory,
    FollowUpFactory,
    PolicyFactory,
    TrackerFactory,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _policy(db):
    PolicyFactory()


@pytest.fixture
def anna():
    return TrackerFactory(name="Anna")


@pytest.fixture
def ben():
    return TrackerFactory(name="Ben")


@pytest.fixture
def customer(anna):
    return first_call(owner=anna).customer


class TestClaim:
    def test_holds_a_customer_for_five_minutes(self, customer, anna):
        claim = claims.claim(customer.pk, by=anna, now=NOW)

        assert (claim.number, claim.claimed_by, claim.claimed_at) == (1, anna, NOW)
        assert claim.leased_until == NOW + timedelta(minutes=5)

    def test_keeps_everybody_else_out_and_says_who_is_calling(self, customer, anna, ben):
        claims.claim(customer.pk, by=anna, now=NOW)

        for take in (claims.claim, claims.claim_for_inbound):
            with pytest.raises(claims.HeldBySomebody, match="Anna is calling") as refused:
                take(customer.pk, by=ben, now=NOW + LEASE - MINUTE)
            assert (refused.value.claim.claimed_by, refused.value.claim.claimed_at) == (anna, NOW)

    def test_of_oneself_goes_on_under_the_same_number(self, customer, anna):
        first = claims.claim(customer.pk, by=anna, now=NOW)

        again = claims.claim(customer.pk, by=anna, now=NOW + MINUTE)

        assert (again.number, again.leased_until) == (first.number, NOW + MINUTE + LEASE)

    def test_that_ran_out_is_free_from_its_last_moment_on(self, customer, anna, ben):
        claims.claim(customer.pk, by=anna, now=NOW)

        claim = claims.claim(customer.pk, by=ben, now=NOW + LEASE)

        assert (claim.number, claim.claimed_by) == (2, ben)

    def test_is_for_customers_to_whom_a_call_is_owed(self, anna):
        owed = first_call(**done())
        FollowUpFactory(kind="customer_file", customer=owed.customer)

        with pytest.raises(claims.NothingDue):
            claims.claim(owed.customer.pk, by=anna, now=NOW)

    def test_is_possible_before_the_window_for_who_asked_to_be_called_early(self, customer, anna):
        assert claims.claim(customer.pk, by=anna, now=at(1, 10)).number == 1

    def test_of_who_calls_by_himself_waits_for_no_hours_and_no_agenda(self, anna):
        owed = first_call(phones=0, **done())
        Policy.objects.filter(pk=1).update(legal_until="09:00")

        assert claims.claim_for_inbound(owed.customer.pk, by=anna, now=NOW).claimed_by == anna

    def test_goes_on_when_the_customer_calls_back_meanwhile(self, customer, anna):
        first = claims.claim(customer.pk, by=anna, now=NOW)

        again = claims.claim_for_inbound(customer.pk, by=anna, now=NOW + MINUTE)

        assert (again.number, again.leased_until) == (first.number, NOW + MINUTE + LEASE)


class TestMayNotBeCalled:
    def obstacle(self, customer, by, now=NOW):
        with pytest.raises(claims.MayNotBeCalled) as refused:
            claims.claim(customer.pk, by=by, now=now)
        assert not Claim.objects.held(now).exists()
        return refused.value.obstacle

    def test_who_refused(self, customer, anna):
        ContactRefusal.objects.create(
            customer=customer,
            purpose="service",
            channel="phone",
            reason="Leave me alone.",
            refused_on=NOW.date(),
            recorded_by=anna,
        )

        found = self.obstacle(customer, anna)

        assert (found.reason, found.until) == (Reason.REFUSED, None)
        assert "Leave me alone." in found.text

    def test_who_has_no_working_number(self, customer, anna):
        customer.phones.update(is_bad=True)

        found = self.obstacle(customer, anna)

        assert (found.reason, found.until) == (Reason.NO_NUMBER, None)

    def test_outside_the_hours(self, customer, anna):
        Policy.objects.filter(pk=1).update(shop_opens="10:01")

        found = self.obstacle(customer, anna)

        assert (found.reason, found.until) == (Reason.HOURS, at(3, 10, 1))

    def test_when_it_does_not_suit_him(self, customer, anna):
        customer.convenient_from, customer.convenient_until = "18:00", "20:00"
        customer.save()

        found = self.obstacle(customer, anna)

        assert (found.reason, found.until) == (Reason.CONVENIENCE, at(3, 18))

    def test_too_soon_after_a_try(self, customer, anna):
        call(customer, "busy", by=anna)

        found = self.obstacle(customer, anna, now=at(3, 13, 59))

        assert (found.reason, found.until) == (Reason.SPACING, at(3, 14))
        assert claims.claim(customer.pk, by=anna, now=at(3, 14)).claimed_by == anna

    def test_on_a_number_dialed_twice_in_a_day(self, customer, anna):
        for phone in customer.phones.all():
            for hour in (8, 9):
                CallFactory(phone_used=phone.e164, started_at=at(3, hour), ended_at=at(3, hour))

        found = self.obstacle(customer, anna)

        assert (found.reason, found.until) == (Reason.TRIES, at(4, 8))


class TestNext:
    def test_is_the_first_of_the_own_queue(self, anna, ben):
        first_call(owner=ben)
        second = first_call(owner=anna, due_on=at(8, 0).date())
        first = first_call(owner=anna)

        taken = [claims.claim_next(by=anna, now=NOW).customer for _time in range(2)]

        assert taken == [first.customer, second.customer]
        assert claims.claim_next(by=anna, now=NOW) is None

    def test_passes_over_who_may_not_be_called_after_all(self, anna):
        often = first_call(owner=anna, phones=1)
        for hour in (8, 9):
            CallFactory(
                phone_used=often.customer.phones.get().e164,
                started_at=at(3, hour),
                ended_at=at(3, hour),
            )
        free = first_call(owner=anna)

        assert claims.claim_next(by=anna, now=NOW).customer == free.customer

    def test_looks_further_than_the_first_few(self, anna):
        shared = first_call(owner=anna, phones=1).customer.phones.get()
        for hour in (8, 9):
            CallFactory(phone_used=shared.e164, started_at=at(3, hour), ended_at=at(3, hour))
        for _customer in range(9):
            number = first_call(owner=anna, phones=1).customer.phones.get()
            number.e164 = shared.e164
            number.save()
        free = first_call(owner=anna, due_on=at(9, 0).date())

        assert claims.claim_next(by=anna, now=NOW).customer == free.customer

    def test_of_a_proxy_may_be_a_customer_of_whom_he_stands_in_for(self, anna, ben):
        AbsenceFactory(person=anna, proxy=ben)
        owed = first_call(owner=anna)

        assert claims.claim_next(by=anna, now=NOW) is None
        assert claims.claim_next(by=ben, now=NOW).customer == owed.customer
