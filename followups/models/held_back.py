"""When what sells has to wait: a complaint is open, or the month's contacts are used up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from customers.models import Customer
from followups.calling.outcomes import OUTCOMES
from followups.models.kind import SELLING

MONTH = timedelta(30)
TALKS = [code for code, outcome in OUTCOMES.items() if outcome.is_talk]


def held_back(now: datetime) -> Q:
    """Return which follow-ups wait: they sell, and the customer wants peace or had enough.

    One condition of the same statement, so that a queue costs no further query. A safety recall
    that the supervisor let pass is not held back.

    Source: CMP-01 (a complaint freezes selling), CRM-03 (all purposes together).
    """
    passes = Q(invitation__isnull=False, invitation__campaign__passes_limits=True)
    return (
        Q(kind__in=SELLING)
        & ~passes
        & (Q(has_open_complaint("customer_id")) | Q(has_had_enough("customer_id", now=now)))
    )


def has_open_complaint(customer: str) -> Exists:
    """Say whether the customer under this name of the outer query has a complaint open."""
    matters = _all("Matter").filter(customer=OuterRef(customer), kind="complaint")
    return Exists(matters.exclude(state="closed"))


def has_had_enough(customer: str, *, now: datetime) -> Exists:
    """Say whether the contacts that a customer is to have in a month are used up."""
    his = OuterRef(OuterRef(OuterRef(customer)))
    files = Customer.objects.filter(Q(pk=his) | Q(merged_into=his)).order_by().values("pk")
    many = sum(map(_number_of, contacts(files, now=now)), Value(0))
    return Exists(_all("Policy").annotate(n=many).filter(contacts_a_month__lte=F("n")))


def contacts(files: QuerySet[Any], *, now: datetime) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Return the calls and the letters of the last month that count, each with its moment `at`.

    What counts is every talk that we began, and every letter, whatever it was about.

    Args:
        files: of one customer: his own, and those that were merged into it.
    """
    since = now - MONTH
    calls = _all("Call").filter(
        customer__in=files, direction="outbound", outcome__in=TALKS, corrects=None
    )
    letters = _all("Letter").filter(customer__in=files)
    return (
        calls.filter(started_at__gt=since).annotate(at=F("started_at")),
        letters.filter(issued_at__gt=since).annotate(at=F("issued_at")),
    )


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().annotate(of=Value(1)).values("of").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


def _all(model: str) -> Any:
    """Return the rows of a model that is defined after the follow-ups, which need this."""
    return apps.get_model("followups", model)._default_manager.all()
