"""Whether a customer may be called now, and if not, why not and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext as _

from aftersales import days
from customers.models import Channel, ContactPurpose, ContactRefusal, Customer, Phone
from followups import rules
from followups.calling.waiting import can_wait, why_waiting
from followups.models import PURPOSES, Call, CampaignKind, Direction, FollowUp, Policy
from followups.rules import Hours

# Looking for the next hour at which all sides are there, one never has to look further.
FURTHEST = 14


class Reason(Enum):
    REFUSED = "refused"
    NO_NUMBER = "no number"
    HOURS = "hours"
    CONVENIENCE = "convenience"
    WAITING = "waiting"
    SPACING = "spacing"
    TRIES = "tries"


@dataclass(frozen=True)
class Obstacle:
    """Why a customer may not be called now; `until` is when he may, None if not by waiting."""

    reason: Reason
    text: str
    rule: str
    until: datetime | None = None


def purpose_of(item: FollowUp) -> ContactPurpose:
    """Return which refusal forbids a call; a safety recall is no offer."""
    if item.invitation is not None and item.invitation.campaign.kind == CampaignKind.RECALL:
        return ContactPurpose.SERVICE
    return PURPOSES[item.kind]


def refuses_calls(*purposes: str) -> Q:
    """Return the condition that a standing refusal forbids calls for one of these purposes."""
    return Q(
        lifted_on=None,
        purpose__in=[*purposes, ContactPurpose.ALL],
        channel__in=[Channel.PHONE, Channel.ALL],
    )


def obstacle(
    customer: Customer,
    *,
    policy: Policy,
    now: datetime,
    not_before: datetime | None = None,
    agenda: Collection[FollowUp] = (),
) -> Obstacle | None:
    """Return what forbids calling a customer now, the gravest first.

    A promised callback may fall outside the shop's and the customer's usual hours, because he
    asked for it; the law's hours, his refusal, and the pause after a try hold all the same.

    Args:
        not_before: from when another try is allowed after the last one.
        agenda: what one would call about; what he refuses to hear, and what has to wait, is no
            reason to call him, but doesn't keep one from calling about the rest.
    """
    if refusal := _refusal(customer, {purpose_of(item) for item in agenda}):
        text = _("Wants no calls since %(day)s: %(reason)s") % {
            "day": formats.date_format(refusal.refused_on, "SHORT_DATE_FORMAT"),
            "reason": refusal.reason,
        }
        return Obstacle(Reason.REFUSED, text, "FUP-11")
    may_wait = agenda and all(can_wait(item) for item in agenda)
    if may_wait and (waiting := why_waiting(customer, policy=policy, now=now)):
        return Obstacle(Reason.WAITING, waiting.text, waiting.rule, waiting.until)
    local = now.astimezone(days.shop_zone())
    is_promised = any(item.callback_at is not None and item.callback_at <= now for item in agenda)
    return obstacle_at_sight(
        customer, policy=policy, local=local, not_before=not_before, is_promised=is_promised
    ) or _too_many_tries(customer, policy=policy, now=now)


def _refusal(customer: Customer, purposes: Collection[str]) -> ContactRefusal | None:
    """Return what forbids calls for each of these purposes; for a visit's calls without any."""
    found = ContactRefusal.objects.filter(
        refuses_calls(*purposes or [ContactPurpose.SERVICE]), customer=customer
    ).order_by("pk")
    refusals = list(found)
    refused = {refusal.purpose for refusal in refusals}
    if ContactPurpose.ALL in refused or refused.issuperset(purposes):
        return next(iter(refusals), None)
    return None


def obstacle_at_sight(
    customer: Customer,
    *,
    policy: Policy,
    local: datetime,
    not_before: datetime | None,
    is_promised: bool,
) -> Obstacle | None:
    """Return what forbids a call, as far as the customer with his phones and the clock tell."""
    if not any(phone.is_usable for phone in customer.phones.all()):
        return Obstacle(Reason.NO_NUMBER, _("There is no number that works."), "R-37")
    if is_promised:
        is_hour = local.time() in policy.legal_hours
    else:
        is_hour = policy.allows_calls_at(local) and is_convenient(customer, local)
    if not is_hour:
        return _outside_hours(customer, policy=policy, local=local, is_promised=is_promised)
    if not_before is not None and not_before > local:
        again = not_before.astimezone(local.tzinfo)
        until = next_hours(customer, policy=policy, local=again, is_promised=is_promised)
        text = _("Tried already: again from %(when)s.") % {
            "when": moment_text(until or again, local)
        }
        return Obstacle(Reason.SPACING, text, "R-37", until)
    return None


def is_convenient(customer: Customer, local: datetime) -> bool:
    """Say whether the customer likes to be called at this moment of the shop's clock (FUP-12)."""
    weekdays = customer.convenient_weekdays
    if weekdays and local.isoweekday() not in weekdays:
        return False
    hours = convenient_hours(customer)
    return hours is None or local.time() in hours


def convenient_hours(customer: Customer) -> Hours | None:
    if customer.convenient_from is None or customer.convenient_until is None:
        return None
    return Hours(customer.convenient_from, customer.convenient_until)


def next_hours(
    customer: Customer, *, policy: Policy, local: datetime, is_promised: bool = False
) -> datetime | None:
    """Return the next moment at which law, shop and customer allow a call; None if never."""
    for step in range(FURTHEST):
        day = local.date() + timedelta(step)
        hours = _hours_on(day, customer, policy, is_promised=is_promised)
        if hours is None:
            continue
        start = datetime.combine(day, hours.start, tzinfo=local.tzinfo)
        if start > local:
            return start
        if local.time() in hours:
            return local
    return None


def number_to_dial(customer: Customer, *, policy: Policy, now: datetime) -> Phone | None:
    """Return the first working number that was not dialed too often in 24 hours."""
    tried = tries(customer, now=now)
    for phone in customer.phones.all():
        if phone.is_usable and len(tried[phone.e164]) < policy.tries_per_number:
            return phone
    return None


def tries(customer: Customer, *, now: datetime) -> dict[str, list[datetime]]:
    """Return number → when it was dialed in the last 24 hours, whoever it belongs to."""
    numbers = [phone.e164 for phone in customer.phones.all() if phone.e164]
    dialed: dict[str, list[datetime]] = defaultdict(list)
    recent = Call.objects.filter(
        direction=Direction.OUTBOUND,
        phone_used__in=numbers,
        started_at__gt=now - timedelta(hours=24),
        corrects=None,
    )
    for number, at in recent.values_list("phone_used", "started_at"):
        dialed[number].append(at)
    return dialed


def free_again_at(customer: Customer, *, policy: Policy, now: datetime) -> datetime | None:
    """Return when the first of the working numbers may be dialed again; None: there is none."""
    tried = tries(customer, now=now)
    return min(
        (
            rules.free_again_at(tried[phone.e164], most=policy.tries_per_number, now=now)
            for phone in customer.phones.all()
            if phone.is_usable
        ),
        default=None,
    )


def moment_text(moment: datetime, local: datetime) -> str:
    """Return a moment as people at the shop say it: the time alone if it is today."""
    moment = moment.astimezone(days.shop_zone())
    if moment.date() == local.date():
        return formats.time_format(moment.time(), "H:i")
    return formats.date_format(moment, "SHORT_DATETIME_FORMAT")


def _hours_on(day: date, customer: Customer, policy: Policy, *, is_promised: bool) -> Hours | None:
    if is_promised:
        return policy.legal_hours
    weekdays = customer.convenient_weekdays
    if day.isoweekday() not in policy.shop_weekdays:
        return None
    if weekdays and day.isoweekday() not in weekdays:
        return None
    return rules.calling_hours(policy.legal_hours, policy.shop_hours, convenient_hours(customer))


def _outside_hours(
    customer: Customer, *, policy: Policy, local: datetime, is_promised: bool = False
) -> Obstacle:
    until = next_hours(customer, policy=policy, local=local, is_promised=is_promised)
    if until is None:
        text = _("The shop never calls at the hours that suit the customer.")
        return Obstacle(Reason.CONVENIENCE, text, "FUP-12")
    when = {"when": moment_text(until, local)}
    if is_convenient(customer, local) or is_promised:
        return Obstacle(Reason.HOURS, _("Calls are allowed from %(when)s.") % when, "FUP-12", until)
    text = _("Asked to be called from %(when)s.") % when
    return Obstacle(Reason.CONVENIENCE, text, "FUP-13", until)


def _too_many_tries(customer: Customer, *, policy: Policy, now: datetime) -> Obstacle | None:
    until = free_again_at(customer, policy=policy, now=now)
    if until is None or until <= now:
        return None
    text = _("Dialed often enough: again from %(when)s.") % {
        "when": moment_text(until, now.astimezone(days.shop_zone()))
    }
    return Obstacle(Reason.TRIES, text, "R-37", until)
