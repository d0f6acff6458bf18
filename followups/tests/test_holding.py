"""What ends a claim, and who then comes too late."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from followups import sweeps
from followups.models import Claim, Skip
from followups.models.claim import LEASE
from followups.services import claims
from followups.tests.calling import NOW, at, call, first_call
from followups.tests.factories import PolicyFactory, TrackerFactory

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


def test_numbers_rise_with_everything_that_ends_a_claim(customer, anna, ben):
    def taken(by, hour):
        return claims.claim(customer.pk, by=by, now=at(3, hour)).number

    numbers = [taken(anna, 0)]
    claims.leave(customer.pk, number=numbers[-1], by=anna, now=at(3, 0))
    numbers.append(taken(ben, 1))
    claims.take_back(customer.pk)
    numbers.append(taken(ben, 2))
    later = {"until": at(3, 3), "reason": "Drives.", "now": at(3, 2)}
    claims.skip(customer.pk, number=numbers[-1], by=ben, **later)
    numbers.append(taken(ben, 4))
    call(customer, "busy", by=ben, number=numbers[-1], now=at(3, 4))
    numbers.append(taken(anna, 18))
    numbers.append(taken(ben, 19))

    assert numbers == sorted(set(numbers))


class TestHeartbeat:
    def test_holds_on_for_another_lease(self, customer, anna):
        claim = claims.claim(customer.pk, by=anna, now=NOW)

        renewed = claims.renew(customer.pk, number=claim.number, by=anna, now=NOW + MINUTE)

        assert renewed.leased_until == NOW + MINUTE + LEASE

    def test_after_the_lease_is_in_time_while_nobody_else_came(self, customer, anna, ben):
        claim = claims.claim(customer.pk, by=anna, now=NOW)
        sweeps.expire_claims(now=NOW + 2 * LEASE)

        claims.renew(customer.pk, number=claim.number, by=anna, now=NOW + 3 * LEASE)

        with pytest.raises(claims.HeldBySomebody):
            claims.claim(customer.pk, by=ben, now=NOW + 3 * LEASE)

    def test_of_who_lost_the_customer_is_refused(self, customer, anna, ben):
        claim = claims.claim(customer.pk, by=anna, now=NOW)
        claims.claim(customer.pk, by=ben, now=NOW + 2 * LEASE)

        with pytest.raises(claims.ClaimLost):
            claims.renew(customer.pk, number=claim.number, by=anna, now=NOW + 2 * LEASE)

        assert Claim.objects.get().claimed_by == ben

    def test_that_arrives_after_leaving_takes_nobody_back(self, customer, anna):
        claim = claims.claim(customer.pk, by=anna, now=NOW)
        claims.leave(customer.pk, number=claim.number, by=anna, now=NOW)

        with pytest.raises(claims.ClaimLost):
            claims.renew(customer.pk, number=claim.number, by=anna, now=NOW)

        assert not Claim.objects.held(NOW).exists()


class TestLeaving:
    def test_without_an_outcome_is_allowed_once(self, customer, anna):
        for _time in range(2):
            number = claims.claim(customer.pk, by=anna, now=NOW).number
            if _time:
                with pytest.raises(claims.OutcomeMissing):
                    claims.leave(customer.pk, number=number, by=anna, now=NOW)
            else:
                claims.leave(customer.pk, number=number, by=anna, now=NOW)

        assert Claim.objects.held(NOW).get().left_by == anna

    def test_is_forgiven_by_an_outcome(self, customer, anna):
        number = claims.claim(customer.pk, by=anna, now=NOW).number
        claims.leave(customer.pk, number=number, by=anna, now=NOW)
        call(customer, "busy", by=anna)

        number = claims.claim(customer.pk, by=anna, now=at(3, 15)).number
        claims.leave(customer.pk, number=number, by=anna, now=at(3, 15))

        assert Claim.objects.get().left_by == anna

    def test_once_is_everybodys_own(self, customer, anna, ben):
        for person in (anna, ben):
            number = claims.claim(customer.pk, by=person, now=NOW).number
            claims.leave(customer.pk, number=number, by=person, now=NOW)

        assert Claim.objects.get().left_by == ben

    def test_by_a_desk_that_went_silent_counts_too(self, customer, anna):
        claims.claim(customer.pk, by=anna, now=NOW)

        assert sweeps.expire_claims(now=NOW + LEASE - MINUTE) == {"expired": 0}
        assert sweeps.expire_claims(now=NOW + LEASE) == {"expired": 1}
        assert sweeps.expire_claims(now=NOW + LEASE) == {"expired": 0}

        claim = Claim.objects.get()
        assert (claim.leased_until, claim.left_by, claim.number) == (None, anna, 1)


class TestTakingBack:
    def test_frees_the_customer_and_refuses_the_holder(self, customer, anna, ben):
        number = claims.claim(customer.pk, by=anna, now=NOW).number

        claims.take_back(customer.pk)

        with pytest.raises(claims.ClaimLost):
            claims.renew(customer.pk, number=number, by=anna, now=NOW)
        assert claims.claim(customer.pk, by=ben, now=NOW).claimed_by == ben


class TestSkip:
    def test_puts_the_customer_off_with_a_reason(self, customer, anna):
        number = claims.claim(customer.pk, by=anna, now=NOW).number

        skip = claims.skip(
            customer.pk, number=number, by=anna, reason="Is driving.", until=at(3, 12), now=NOW
        )

        assert Skip.objects.values_list("customer", "reason", "until", "skipped_by").get() == (
            customer.pk,
            "Is driving.",
            at(3, 12),
            anna.pk,
        )
        assert (skip.skipped_at, Claim.objects.get().leased_until) == (NOW, None)
        assert claims.claim_next(by=anna, now=at(3, 11)) is None
        assert claims.claim_next(by=anna, now=at(3, 12)).customer == customer

    @pytest.mark.parametrize(
        ("field", "wrong"), [("reason", " "), ("until", NOW)], ids=["reason", "until"]
    )
    def test_says_why_and_until_when(self, customer, anna, field, wrong):
        number = claims.claim(customer.pk, by=anna, now=NOW).number
        said = {"reason": "Is driving.", "until": at(3, 12), field: wrong}

        with pytest.raises(ValidationError) as refused:
            claims.skip(customer.pk, number=number, by=anna, now=NOW, **said)

        assert list(refused.value.message_dict) == [field]
        assert not Skip.objects.exists()

    def test_by_who_holds_nobody_is_refused(self, customer, anna, ben):
        number = claims.claim(customer.pk, by=anna, now=NOW).number

        for by, held in ((ben, number), (anna, number - 1)):
            with pytest.raises(claims.ClaimLost):
                claims.skip(
                    customer.pk, number=held, by=by, reason="Busy.", until=at(3, 12), now=NOW
                )
