"""The queue: who is to be called now, in which order, and the sentence that says why.

One entry is one customer with everything due for him. The order: promised callbacks, first
calls whose day has come, windows that close today, second calls; then the fewest attempts,
then the end of the window. Who was left without an outcome comes first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    Subquery,
    When,
    Window,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce

from aftersales import days
from aftersales.models import User
from customers.models import Customer, Phone, Vehicle
from customers.people import TAIL_DIGITS
from followups import contact
from followups.contact import Obstacle
from followups.models import Claim, FollowUp, FollowUpQuerySet, Kind, Policy
from followups.proxies import works_for
from followups.reasons import why

SHOWN = 50
# So many are looked at together when the next one is taken.
AT_ONCE = 8

LEFT, PROMISED, FIRST, CLOSING, SECOND, EARLY = range(6)

# The plate of the car that a follow-up is about, wherever it comes from.
PLATE = Subquery(
    Vehicle.objects.order_by()
    .filter(
        pk=Coalesce(
            OuterRef("order__vehicle"),
            OuterRef("consultation__vehicle"),
            OuterRef("first_call__order__vehicle"),
            OuterRef("first_call__consultation__vehicle"),
        )
    )
    .values("plate")
)


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
    return due_of(works_for(user.pk, days.local_date(now)), now=now)


def due_of(people: Collection[int], *, now: datetime) -> FollowUpQuerySet:
    """Return what is due and one of these people has to do."""
    due = FollowUp.objects.due(today=days.local_date(now), now=now)
    return due.filter(responsible__in=people)


def next_customers(
    user: User, *, policy: Policy, now: datetime, but: Collection[int] = ()
) -> list[int]:
    """Return the customers who may be called next, the first few, the first one first."""
    ranked = (
        _ranked(due_for(user, now=now), user=user, policy=policy, now=now)
        .filter(is_callable=True)
        .exclude(customer_id__in=but)
    )
    return [row["customer_id"] for row in ranked[:AT_ONCE]]


def page(
    due: FollowUpQuerySet, *, user: User, policy: Policy, now: datetime, limit: int = SHOWN
) -> Page:
    """Return the entries of a queue: who may be called first, then who may be later today.

    Queries: the ranking, the agendas with their customers, and the phones.
    """
    ranked = _ranked(due, user=user, policy=policy, now=now).annotate(
        waiting=Window(Count("customer_id")),
        alike=Window(Count("customer_id"), partition_by=F("is_callable")),
    )
    rows = list(ranked[:limit])
    local = now.astimezone(days.shop_zone())
    everything_due = FollowUp.objects.due(today=local.date(), now=now).annotate(plate=PLATE)
    agendas = _agendas(
        everything_due.filter(customer__in=[row["customer_id"] for row in rows]).select_related(
            "customer__claim__claimed_by", "owner", "promised_by", "first_call"
        )
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


def open_calls_of(customer: Customer) -> list[FollowUp]:
    """Return every call that is owed to one customer, due or not, the most pressing first."""
    owed = FollowUp.objects.open().calls().filter(customer=customer)
    return _agendas(
        owed.select_related(
            "customer__claim__claimed_by",
            "owner",
            "promised_by",
            "order__vehicle",
            "consultation__vehicle",
            "first_call__order__vehicle",
            "first_call__consultation__vehicle",
        )
    )[customer.pk]


def vehicle_of(item: FollowUp) -> Vehicle | None:
    """Return the car of the visit that a follow-up is about, None if it was about none."""
    visit = item.visit.order or item.visit.consultation
    return visit.vehicle if visit else None


def _ranked(due: FollowUpQuerySet, *, user: User, policy: Policy, now: datetime) -> Any:
    """Return a row a customer, in the order of the queue."""
    local = now.astimezone(days.shop_zone())
    rank = Case(
        When(customer__claim__left_by=user, then=LEFT),
        When(callback_at__isnull=False, then=PROMISED),
        When(kind=Kind.FIRST_CALL, target_on__lte=local.date(), then=FIRST),
        When(due_on__lte=local.date(), then=CLOSING),
        When(kind=Kind.SECOND_CALL, then=SECOND),
        default=EARLY,
        output_field=IntegerField(),
    )
    return (
        due.order_by()
        .values("customer_id")
        .annotate(
            rank=Min(rank), tried=Min("days_tried"), due=Min("due_on"), promised=Min("callback_at")
        )
        .annotate(is_callable=is_callable(policy, local=local, now=now))
        .order_by("-is_callable", "rank", "tried", "due", "customer_id")
    )


def is_callable(
    policy: Policy, *, local: datetime, now: datetime, promised: str = "promised"
) -> Case:
    """Return whether a customer may be called now, as `contact.obstacle` says it for one.

    Except for his refusal and the tries a number: these are looked at when he is taken.
    """
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
        When(customer__claim__not_before__gt=now, then=False),
        When(**{f"{promised}__isnull": False}, then=clock in policy.legal_hours),
        When(~suits, then=False),
        default=policy.allows_calls_at(local),
        output_field=BooleanField(),
    )


def _agendas(owed: Iterable[FollowUp]) -> dict[int, list[FollowUp]]:
    """Return customer → what is owed to him, the most pressing first; each with one object."""
    agendas: dict[int, list[FollowUp]] = defaultdict(list)
    customers: dict[int, Customer] = {}
    for item in sorted(owed, key=_urgency):
        item.customer = customers.setdefault(item.customer_id, item.customer)
        agendas[item.customer_id].append(item)
    prefetch_related_objects([*customers.values()], "phones")
    return agendas


def _urgency(item: FollowUp) -> tuple[bool, bool, date, int]:
    return item.callback_at is None, item.kind != Kind.FIRST_CALL, item.due_on, item.pk


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
        not_before=entry.claim.not_before if entry.claim else None,
        is_promised=is_promised,
    )
