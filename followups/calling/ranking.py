"""The order of the queue, and who of it can be called now.

Answers owed, promised callbacks, first calls whose day has come, windows that close today, second
calls, insurance, other reminders, campaigns; then the fewest attempts, then the end of the window.
Who was left without an outcome comes first.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    IntegerField,
    Min,
    OuterRef,
    Q,
    When,
)

from aftersales import days
from aftersales.models import User
from customers.models import Phone
from followups.models import REMINDERS, FollowUp, FollowUpQuerySet, Kind, Policy

LEFT, ANSWER, PROMISED, FIRST, CLOSING, SECOND, EARLY, INSURANCE, REMINDER, CAMPAIGN = range(10)
# Where a kind stands that is neither promised nor pressing.
PLACES = {
    Kind.SECOND_CALL: SECOND,
    Kind.FIRST_CALL: EARLY,
    **dict.fromkeys(REMINDERS, REMINDER),
    Kind.INSURANCE: INSURANCE,
}


def ranked(due: FollowUpQuerySet, *, user: User, policy: Policy, now: datetime) -> Any:
    """Return a row a customer, in the order of the queue."""
    local = now.astimezone(days.shop_zone())
    rank = Case(
        When(customer__claim__left_by=user, then=LEFT),
        When(kind=Kind.ANSWER, then=ANSWER),
        When(callback_at__isnull=False, then=PROMISED),
        When(kind=Kind.FIRST_CALL, target_on__lte=local.date(), then=FIRST),
        When(due_on__lte=local.date(), then=CLOSING),
        *(When(kind=kind, then=place) for kind, place in PLACES.items()),
        default=CAMPAIGN,
        output_field=IntegerField(),
    )
    return (
        due.order_by()
        .values("customer_id")
        .annotate(
            rank=Min(rank),
            tried=Min("days_tried"),
            due=Min("due_on"),
            promised=Min("callback_at"),
            has_answer=BoolOr(Q(kind=Kind.ANSWER)),
        )
        .annotate(is_callable=is_callable(policy, local=local, now=now, by_customer=True))
        .order_by("-is_callable", "rank", "tried", "due", "customer_id")
    )


def rank_of(item: FollowUp, today: date) -> int:
    """Return what `ranked` makes of one follow-up, so that the first of an agenda says why."""
    if item.kind == Kind.ANSWER:
        return ANSWER
    if item.callback_at is not None:
        return PROMISED
    if item.kind == Kind.FIRST_CALL and item.target_on <= today:
        return FIRST
    return CLOSING if item.due_on <= today else PLACES.get(Kind(item.kind), CAMPAIGN)


def is_callable(
    policy: Policy, *, local: datetime, now: datetime, by_customer: bool = False
) -> Case:
    """Return whether a customer may be called now, as `contact.obstacle` says it for one.

    Except for his refusal and the tries a number: these are looked at when he is taken.

    Args:
        by_customer: the rows are customers with all that is due, as in `ranked`.
    """
    promised = "promised" if by_customer else "callback_at"
    answer = Q(has_answer=True) if by_customer else Q(kind=Kind.ANSWER)
    numbers = Phone.objects.filter(customer=OuterRef("customer_id"), is_bad=False, e164__gt="")
    clock = local.time()
    suits = (
        Q(customer__convenient_weekdays=[])
        | Q(customer__convenient_weekdays__contains=[local.isoweekday()])
    ) & (
        Q(customer__convenient_from=None)
        | Q(customer__convenient_from__lte=clock, customer__convenient_until__gt=clock)
    )
    return Case(
        When(customer__claim__leased_until__gt=now, then=False),
        When(~Q(Exists(numbers)), then=False),
        When(
            Q(customer__claim__not_before__gt=now)
            & ~(answer & Q(customer__claim__was_reached=True)),
            then=False,
        ),
        When(**{f"{promised}__isnull": False}, then=clock in policy.legal_hours),
        When(~suits, then=False),
        default=policy.allows_calls_at(local),
        output_field=BooleanField(),
    )
