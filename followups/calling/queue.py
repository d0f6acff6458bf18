"""The queue: who is to be called now; one entry is one customer with everything due for him."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import (
    Count,
    F,
    OuterRef,
    Subquery,
    Window,
    prefetch_related_objects,
)

from aftersales import days
from aftersales.models import User
from customers.models import Customer, Vehicle
from customers.people import TAIL_DIGITS
from followups.calling import contact
from followups.calling.causes import CAR
from followups.calling.contact import Obstacle
from followups.calling.proxies import works_for
from followups.calling.ranking import rank_of, ranked
from followups.calling.reasons import why
from followups.models import Claim, FollowUp, FollowUpQuerySet, Policy

SHOWN = 50
# So many are looked at together when the next one is taken.
AT_ONCE = 8

# What the sentence of an entry tells of, besides the visit.
TOLD_OF = ("first_call", "vehicle", "matter", "declined_work", "invitation__campaign")
# Of the car that a follow-up is about.
PLATE = Subquery(Vehicle.objects.order_by().filter(pk=OuterRef("car")).values("plate"))


@dataclass
class Entry:
    """A customer in the queue.

    Attributes:
        agenda: everything due, the most pressing first.
        plate: of the car that the most pressing is about.
        claim: who holds him, if anybody does.
        obstacle: why he can't be called now; None if he can.
    """

    customer: Customer
    rank: int
    attempts: int
    due_on: date
    agenda: list[FollowUp]
    plate: str
    claim: Claim | None = None
    obstacle: Obstacle | None = None

    def reason(self, *, today: date) -> str:
        """Return the sentence that explains the place in the queue."""
        return " · ".join(filter(None, [*why(self.agenda[0], today=today), self._wish()]))

    @cached_property
    def phone_tail(self) -> str:
        numbers = self.customer.phones.all()
        return numbers[0].tail[-TAIL_DIGITS:] if numbers else ""

    def others(self, user: User) -> list[User]:
        """Return those whose customer this is, if it isn't `user`."""
        owners = dict.fromkeys(item.owner for item in self.agenda if item.owner)
        return [owner for owner in owners if owner != user]

    def _wish(self) -> str:
        return str(self.obstacle.text) if self.obstacle else ""


@dataclass(frozen=True)
class Load:
    """How many customers are due, and how many of them can be called now."""

    due: int
    callable: int


@dataclass(frozen=True)
class Page:
    """The entries of a queue as far as they are shown, and how long it is."""

    entries: list[Entry]
    load: Load


def due_for(user: User, *, now: datetime) -> FollowUpQuerySet:
    """Return what is due and somebody's to do: his own, and of those he stands in for."""
    today = days.local_date(now)
    due = FollowUp.objects.due(today=today, now=now)
    return due.filter(responsible__in=works_for(user.pk, today))


def next_customers(
    user: User, *, policy: Policy, now: datetime, but: Collection[int] = ()
) -> list[int]:
    """Return the customers who may be called next, the first few, the first one first."""
    ranking = (
        ranked(due_for(user, now=now), user=user, policy=policy, now=now)
        .filter(is_callable=True)
        .exclude(customer_id__in=but)
    )
    return [row["customer_id"] for row in ranking[:AT_ONCE]]


def page_of(
    user: User, *, policy: Policy, now: datetime, limit: int = SHOWN, but: Collection[int] = ()
) -> Page:
    """Return somebody's own queue, without some customers."""
    today = days.local_date(now)
    due = FollowUp.objects.due(today=today, now=now)
    own = due.filter(responsible__in=works_for(user.pk, today)).exclude(customer__in=but)
    return page(own, due=due, user=user, policy=policy, now=now, limit=limit)


def page(
    listed: FollowUpQuerySet,
    *,
    due: FollowUpQuerySet,
    user: User,
    policy: Policy,
    now: datetime,
    limit: int = SHOWN,
) -> Page:
    """Return the entries of a queue: who may be called first, then who may be later today.

    Queries: the ranking, the agendas with their customers, and the phones.

    Args:
        listed: the part of `due` whose customers make the queue.
        due: what is due, whoever has to do it: one call settles all of it.
    """
    ranking = ranked(listed, user=user, policy=policy, now=now).annotate(
        waiting=Window(Count("customer_id")),
        alike=Window(Count("customer_id"), partition_by=F("is_callable")),
    )
    rows = list(ranking[:limit])
    local = now.astimezone(days.shop_zone())
    agendas = _agendas(
        due.filter(customer__in=[row["customer_id"] for row in rows])
        .select_related("customer__claim__claimed_by", "owner", "promised_by", *TOLD_OF)
        .annotate(car=CAR, plate=PLATE),
        today=local.date(),
    )
    found = []
    for row in rows:
        if not (agenda := agendas[row["customer_id"]]):
            continue  # settled since it was ranked
        entry = _entry(row, agenda)
        if not row["is_callable"]:
            is_promised = row["promised"] is not None
            entry.obstacle = _obstacle(entry, is_promised, policy=policy, local=local, now=now)
        found.append(entry)
    return Page(found, _load(rows))


def _entry(row: Mapping[str, Any], agenda: list[Any]) -> Entry:
    first = agenda[0]
    return Entry(
        customer=first.customer,
        rank=row["rank"],
        attempts=row["tried"],
        due_on=row["due"],
        agenda=agenda,
        plate=first.plate or "",
        claim=getattr(first.customer, "claim", None),
    )


def _load(rows: Sequence[Mapping[str, Any]]) -> Load:
    """Return how long the whole queue is; who can be called stands before the others."""
    if not rows:
        return Load(0, 0)
    first = rows[0]
    return Load(first["waiting"], first["alike"] if first["is_callable"] else 0)


def open_calls_of(customer: Customer, *, today: date) -> list[FollowUp]:
    """Return every call that is owed to one customer, due or not, the most pressing first."""
    owed = FollowUp.objects.open().calls().filter(customer=customer).with_causes()
    return _agendas(
        owed.select_related("customer__claim__claimed_by", "owner", "promised_by"), today=today
    )[customer.pk]


def _agendas(owed: Iterable[FollowUp], *, today: date) -> dict[int, list[FollowUp]]:
    """Return customer → what is owed to him, the most pressing first; each with one object."""
    agendas: dict[int, list[FollowUp]] = defaultdict(list)
    customers: dict[int, Customer] = {}
    for item in sorted(owed, key=lambda item: (rank_of(item, today), item.due_on, item.pk)):
        item.customer = customers.setdefault(item.customer_id, item.customer)
        agendas[item.customer_id].append(item)
    prefetch_related_objects([*customers.values()], "phones")
    return agendas


def _obstacle(
    entry: Entry, is_promised: bool, *, policy: Policy, local: datetime, now: datetime
) -> Obstacle | None:
    """Say, without asking the database again, why an entry can't be called now."""
    if entry.claim and entry.claim.is_held(now):
        return None
    return contact.obstacle_at_sight(
        entry.customer,
        policy=policy,
        local=local,
        not_before=entry.claim.pause_before(entry.agenda) if entry.claim else None,
        is_promised=is_promised,
    )
