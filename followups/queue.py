"""The queue: who is to be called now, in which order, and the sentence that says why.

One entry is one customer with everything due for him. The order: promised callbacks, first
calls whose day has come, windows that close today, second calls; then the fewest attempts,
then the end of the window. Who was left without an outcome comes first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    IntegerField,
    Min,
    OuterRef,
    Q,
    When,
    prefetch_related_objects,
)
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aftersales import days
from aftersales.models import User
from customers.models import Customer, Phone, Vehicle
from customers.people import TAIL_DIGITS
from followups import contact
from followups.contact import Obstacle
from followups.models import Claim, FollowUp, FollowUpQuerySet, Kind, Policy
from followups.proxies import works_for

SHOWN = 50
# So many are looked at together when the next one is taken.
AT_ONCE = 8

LEFT, PROMISED, FIRST, CLOSING, SECOND, EARLY = range(6)


@dataclass
class Entry:
    """A customer in the queue.

    Attributes:
        agenda: everything due, the most pressing first.
        obstacle: why he can't be called now; None if he can.
        claim: who holds him, if anybody does.
    """

    customer: Customer
    rank: int
    attempts: int
    due_on: date
    agenda: list[FollowUp] = field(default_factory=list)
    obstacle: Obstacle | None = None
    claim: Claim | None = None

    def reason(self, *, today: date) -> str:
        """Return the sentence that explains the place in the queue."""
        return " · ".join(filter(None, [*_why(self.agenda[0], today=today), self._wish()]))

    @property
    def vehicle(self) -> Vehicle | None:
        """The car of the most pressing visit."""
        return vehicle_of(self.agenda[0])

    @property
    def plate(self) -> str:
        return self.vehicle.plate if self.vehicle else ""

    @property
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


def entries(
    due: FollowUpQuerySet, *, user: User, policy: Policy, now: datetime, limit: int = SHOWN
) -> list[Entry]:
    """Return the entries of a queue: who may be called first, then who may be later today.

    Queries: the ranking, the agendas with their customers, and the phones.
    """
    rows = list(_ranked(due, user=user, policy=policy, now=now)[:limit])
    local = now.astimezone(days.shop_zone())
    everything_due = FollowUp.objects.due(today=local.date(), now=now)
    agendas = _agendas(everything_due.filter(customer__in=[row["customer_id"] for row in rows]))
    found = []
    for row in rows:
        if not (agenda := agendas[row["customer_id"]]):
            continue  # settled since it was ranked
        entry = Entry(
            customer=agenda[0].customer,
            rank=row["rank"],
            attempts=row["tried"],
            due_on=row["due"],
            agenda=agenda,
            claim=getattr(agenda[0].customer, "claim", None),
        )
        if not row["is_callable"]:
            is_promised = row["promised"] is not None
            entry.obstacle = _obstacle(entry, is_promised, policy=policy, local=local, now=now)
        found.append(entry)
    return found


def load(due: FollowUpQuerySet, *, policy: Policy, now: datetime) -> Load:
    """Count a queue."""
    local = now.astimezone(days.shop_zone())
    customers: Any = due.order_by().values("customer_id").annotate(promised=Min("callback_at"))
    counted = customers.annotate(is_callable=is_callable(policy, local=local, now=now)).aggregate(
        due=Count("customer_id"), callable=Count("customer_id", filter=Q(is_callable=True))
    )
    return Load(counted["due"], counted["callable"])


def open_calls_of(customer: Customer) -> list[FollowUp]:
    """Return every call that is owed to one customer, due or not, the most pressing first."""
    return _agendas(FollowUp.objects.open().calls().filter(customer=customer))[customer.pk]


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


def _agendas(owed: FollowUpQuerySet) -> dict[int, list[FollowUp]]:
    found = owed.select_related(
        "customer__claim__claimed_by",
        "owner",
        "promised_by",
        "order__vehicle",
        "consultation__vehicle",
        "first_call__order__vehicle",
        "first_call__consultation__vehicle",
    )
    agendas: dict[int, list[FollowUp]] = defaultdict(list)
    customers: dict[int, Customer] = {}
    for item in sorted(found, key=_urgency):
        item.customer = customers.setdefault(item.customer_id, item.customer)
        agendas[item.customer_id].append(item)
    prefetch_related_objects([*customers.values()], "phones")
    return agendas


def _urgency(item: FollowUp) -> tuple[bool, bool, date, int]:
    return item.callback_at is None, item.kind != Kind.FIRST_CALL, item.due_on, item.pk


def _why(item: FollowUp, *, today: date) -> list[str]:
    """Say why somebody is in the queue: “First call · car left 17 Nov · due tomorrow”."""
    visit = item.visit
    happened = (_("car left %(day)s") if visit.order_id else _("came for advice %(day)s")) % {
        "day": formats.date_format(visit.fact_on, "MONTH_DAY_FORMAT")
    }
    if item.callback_at is not None:
        at = item.callback_at.astimezone(days.shop_zone())
        wish = formats.date_format(at, "SHORT_DATETIME_FORMAT")
        return [item.get_kind_display(), happened, _("asked to be called %(at)s") % {"at": wish}]
    return [item.get_kind_display(), happened, deadline_text(item.due_on, today=today)]


def deadline_text(due_on: date, *, today: date) -> str:
    """Say how much time a promise has left."""
    left = (due_on - today).days
    if left < 0:
        return ngettext("late by %(days)s day", "late by %(days)s days", -left) % {"days": -left}
    if left == 0:
        return _("due today")
    if left == 1:
        return _("due tomorrow")
    return _("due %(day)s") % {"day": formats.date_format(due_on, "MONTH_DAY_FORMAT")}


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
