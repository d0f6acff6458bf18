"""Who calls whom: one person at a time, and never a late writer."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import Refusal
from customers.models import Customer
from followups.calling import contact, queue
from followups.calling.contact import Obstacle
from followups.models import Claim, FollowUp, Policy, Skip
from followups.models.claim import LEASE

# One statement: who comes second finds the lease of the first.
TAKE = """
INSERT INTO followups_claim AS claim (customer_id, number, claimed_by_id, claimed_at, leased_until)
VALUES (%(customer)s, 1, %(user)s, %(now)s, %(until)s)
ON CONFLICT (customer_id) DO UPDATE SET
    number = claim.number + 1, claimed_by_id = excluded.claimed_by_id,
    claimed_at = excluded.claimed_at, leased_until = excluded.leased_until
WHERE claim.leased_until IS NULL OR claim.leased_until <= %(now)s
RETURNING claim.*
"""


class HeldBySomebody(Refusal):
    """Somebody is calling this customer; `claim` says who and since when."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        super().__init__(
            _("%(name)s is calling this customer just now.") % {"name": claim.claimed_by}
        )


class ClaimLost(Refusal):
    """Somebody else has taken over the customer, or the call is recorded."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "You don't hold this customer any more: somebody took over, or the call is "
                "recorded already."
            )
        )


class MayNotBeCalled(Refusal):
    """The customer may not be called now; `obstacle` says why, and when he may."""

    def __init__(self, found: Obstacle) -> None:
        self.obstacle = found
        super().__init__(found.text)


class NothingDue(Refusal):
    """Nothing is owed to this customer by telephone now."""

    def __init__(self) -> None:
        super().__init__(_("No call is due for this customer."))


class OutcomeMissing(Refusal):
    """Somebody left this customer once already without saying what came of it."""

    def __init__(self) -> None:
        super().__init__(
            _("You left this customer without an outcome before. Say what came of the call.")
        )


def claim(customer_id: int, *, by: User, now: datetime) -> Claim:
    """Take a customer to call him; taken by oneself already, the claim goes on.

    Raises:
        HeldBySomebody: somebody else has him.
        MayNotBeCalled: hours, spacing, tries a number, or his own word forbid it.
        NothingDue: no call is owed to him.

    Source: FUP-01, FUP-12, R-37.
    """
    return _claim(customer_id, policy=Policy.objects.current(), by=by, now=now)


def claim_for_inbound(customer_id: int, *, by: User, now: datetime) -> Claim:
    """Take a customer who calls by himself: no hours and no spacing hold him off.

    Raises:
        HeldBySomebody: somebody else is calling him at this moment.
    """
    with transaction.atomic():
        held = Claim.objects.filter(customer_id=customer_id, claimed_by=by).held(now).first()
        if held:
            return renew(customer_id, number=held.number, by=by, now=now)
        return _take(customer_id, by=by, now=now)


def claim_next(*, by: User, now: datetime) -> Claim | None:
    """Take the customer whose turn it is in somebody's queue; None when nobody is to be called.

    Source: FUP-01, PRX-01.
    """
    passed: set[int] = set()
    policy = Policy.objects.current()
    while candidates := queue.next_customers(by, policy=policy, now=now, but=passed):
        for customer_id in candidates:
            try:
                return _claim(customer_id, policy=policy, by=by, now=now)
            except (HeldBySomebody, MayNotBeCalled, NothingDue):
                passed.add(customer_id)
    return None


def renew(customer_id: int, *, number: int, by: User, now: datetime) -> Claim:
    """Hold a customer for another lease: the heartbeat of the call desk.

    Raises:
        ClaimLost: somebody else holds him, or the call is recorded.
    """
    held = Claim.objects.filter(customer_id=customer_id, number=number, claimed_by=by)
    if not held.update(leased_until=now + LEASE):
        raise ClaimLost
    return held.get()


def leave(customer_id: int, *, number: int, by: User, now: datetime) -> None:
    """Give a customer back without an outcome: allowed once, then he comes back first.

    Raises:
        ClaimLost: somebody else holds him, or the call is recorded.
        OutcomeMissing: it was left like this before.
    """
    with transaction.atomic():
        held = lock_claim(customer_id, number=number, by=by)
        if held.left_by_id == by.pk:
            raise OutcomeMissing
        held.number += 1
        held.leased_until, held.left_by = None, by
        held.save(update_fields=["number", "leased_until", "left_by"])


def take_back(customer_id: int) -> None:
    """Take a customer from whoever holds him; what he then records is refused."""
    with transaction.atomic():
        held = Claim.objects.select_for_update().get(customer_id=customer_id)
        held.number += 1
        held.leased_until = None
        held.save(update_fields=["number", "leased_until"])


def skip(
    customer_id: int, *, number: int, by: User, reason: str, until: datetime, now: datetime
) -> Skip:
    """Put a customer off without calling him, with a reason.

    Raises:
        ClaimLost: somebody else holds him, or the call is recorded.
        ValidationError: there is no reason, or the moment is over.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why he isn't called.")})
    if until <= now:
        raise ValidationError({"until": _("This time is over.")})
    with changes_by(by):
        held = lock_claim(customer_id, number=number, by=by)
        held.number += 1
        held.leased_until, held.left_by, held.not_before = None, None, until
        held.was_reached = False
        held.save(update_fields=["number", "leased_until", "left_by", "not_before", "was_reached"])
        return Skip.objects.create(
            customer_id=customer_id, reason=reason, until=until, skipped_by=by, skipped_at=now
        )


def lock_claim(customer_id: int, *, number: int, by: User) -> Claim:
    """Return one's own claim, locked until the end of the transaction.

    A lease that ran out is no loss as long as nobody else took the customer.

    Raises:
        ClaimLost: somebody else holds him, or the call is recorded.
    """
    held = (
        Claim.objects.select_for_update()
        .filter(customer_id=customer_id, number=number, claimed_by=by)
        .first()
    )
    if held is None:
        raise ClaimLost
    return held


@transaction.atomic
def _claim(customer_id: int, *, policy: Policy, by: User, now: datetime) -> Claim:
    customers = Customer.objects.select_related("claim__claimed_by").prefetch_related("phones")
    customer = customers.get(pk=customer_id)
    held: Claim | None = getattr(customer, "claim", None)
    if held and held.is_held(now):
        if held.claimed_by_id != by.pk:
            raise HeldBySomebody(held)
        return renew(customer_id, number=held.number, by=by, now=now)
    owed = FollowUp.objects.filter(customer=customer).open().calls()
    agenda = list(owed.select_related("invitation__campaign"))
    if not agenda:
        raise NothingDue
    found = contact.obstacle(
        customer,
        policy=policy,
        now=now,
        not_before=held.pause_before(agenda) if held else None,
        agenda=agenda,
    )
    if found:
        raise MayNotBeCalled(found)
    return _take(customer_id, by=by, now=now)


def _take(customer_id: int, *, by: User, now: datetime) -> Claim:
    parameters = {"customer": customer_id, "user": by.pk, "now": now, "until": now + LEASE}
    for taken in Claim.objects.raw(TAKE, parameters):
        taken.claimed_by = by
        return taken
    raise HeldBySomebody(Claim.objects.select_related("claimed_by").get(customer_id=customer_id))
