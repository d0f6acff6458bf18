"""What the supervisor looks at: what is late and whose, today's load, and what comes."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Case, Count, F, IntegerField, Min, Q, Value, When

from aftersales import days
from aftersales.models import User
from followups.calling.proxies import stand_ins
from followups.calling.queue import Load
from followups.calling.ranking import is_callable
from followups.models import (
    CALLS,
    Absence,
    Call,
    Direction,
    FollowUp,
    FollowUpQuerySet,
    Kind,
    Matter,
    Policy,
)
from followups.services.owners import trackers

DAYS_AHEAD = 14
AFTER_A_VISIT = (Kind.FIRST_CALL, Kind.SECOND_CALL)


@dataclass(frozen=True)
class Late:
    """How many promises of one sort are late, and since when the oldest is."""

    count: int = 0
    since: date | None = None


@dataclass
class Debtor:
    """Somebody who owes what is late; without a person it is what nobody owns.

    Attributes:
        calls: after a visit.
        offers: of campaigns, and reminders.
    """

    person: User | None
    files: Late = field(default_factory=Late)
    answers: Late = field(default_factory=Late)
    calls: Late = field(default_factory=Late)
    offers: Late = field(default_factory=Late)
    matters: Late = field(default_factory=Late)

    @property
    def follow_ups(self) -> int:
        """How many follow-ups are late; they can be given to somebody else."""
        return sum(sort.count for sort in (self.files, self.answers, self.calls, self.offers))

    @property
    def total(self) -> int:
        return self.follow_ups + self.matters.count


@dataclass(frozen=True)
class Work:
    """A tracking salesman's day: customers due, callable now, and calls made."""

    person: User
    absence: Absence | None
    load: Load
    made: int
    capacity: int

    @property
    def is_too_much(self) -> bool:
        return self.made + self.load.due > self.capacity


@dataclass(frozen=True)
class Day:
    """How many calls must be made by the end of a day."""

    on: date
    first: int
    second: int
    other: int

    @property
    def total(self) -> int:
        return self.first + self.second + self.other


def debtors(*, today: date) -> list[Debtor]:
    """Return who owes what is late, whose oldest promise is the latest first.

    Source: SUP-01, FIL-01, FUP-02, FUP-07, FUP-09.
    """
    owed: dict[int | None, dict[str, Late]] = defaultdict(dict)
    late = FollowUp.objects.late(today).order_by()
    sort = Case(
        When(kind=Kind.CUSTOMER_FILE, then=Value("files")),
        When(kind=Kind.ANSWER, then=Value("answers")),
        When(kind__in=AFTER_A_VISIT, then=Value("calls")),
        default=Value("offers"),
    )
    for owner, name, count, since in (
        late.annotate(sort=sort).values_list("owner", "sort").annotate(Count("pk"), Min("due_on"))
    ):
        owed[owner][name] = Late(count, since)
    matters = Matter.objects.late(today).order_by()
    for owner, count, since in matters.values_list("owner").annotate(
        Count("pk"), Min("late_since")
    ):
        owed[owner]["matters"] = Late(count, since)
    people = User.objects.in_bulk([key for key in owed if key is not None])
    found = [Debtor(people.get(key or 0), **sorts) for key, sorts in owed.items()]
    return sorted(found, key=_oldest)


def works(*, policy: Policy, now: datetime) -> list[Work]:
    """Return what each tracking salesman has to do today; who is away has given it to his proxy."""
    today = days.local_date(now)
    absences = {each.person_id: each for each in Absence.objects.on(today).select_related("proxy")}
    loads = _loads(policy=policy, now=now)
    made = dict(
        Call.objects.filter(
            direction=Direction.OUTBOUND, corrects=None, started_at__gte=days.start_of_day(today)
        )
        .order_by()
        .values_list("handler")
        .annotate(Count("pk"))
    )
    people = {person.pk: person for person in trackers()}
    others = User.objects.in_bulk([key for key in loads if key and key not in people])
    return [
        Work(
            person=person,
            absence=absences.get(person.pk),
            load=loads.get(person.pk, Load(0, 0)),
            made=made.get(person.pk, 0),
            capacity=0 if person.pk in absences else policy.calls_per_day,
        )
        for person in [*people.values(), *others.values()]
    ]


def days_ahead(*, today: date) -> list[Day]:
    """Return how many open calls end on each of the next days, today included."""
    last = today + timedelta(DAYS_AHEAD - 1)
    counts: dict[date, Counter[str]] = defaultdict(Counter)
    for due_on, kind, count in (
        FollowUp.objects.open()
        .filter(kind__in=CALLS, due_on__range=(today, last))
        .order_by()
        .values_list("due_on", "kind")
        .annotate(Count("pk"))
    ):
        counts[due_on][kind if kind in AFTER_A_VISIT else "other"] += count
    return [
        Day(on, found[Kind.FIRST_CALL], found[Kind.SECOND_CALL], found["other"])
        for on in (today + timedelta(step) for step in range(DAYS_AHEAD))
        for found in [counts[on]]
    ]


def answers_owed() -> FollowUpQuerySet:
    """Return the answers that customers are to have, today or since before (FUP-08)."""
    return FollowUp.objects.open().filter(kind=Kind.ANSWER)


def unassigned() -> FollowUpQuerySet:
    """Return what is owed and nobody has to do."""
    return FollowUp.objects.open().filter(owner=None)


def _loads(*, policy: Policy, now: datetime) -> dict[int | None, Load]:
    """Return person → customers due in his queue and callable now, proxies counted in."""
    local = now.astimezone(days.shop_zone())
    acting = [
        When(responsible=person, then=Value(proxy))
        for person, proxy in stand_ins(local.date()).items()
    ]
    worker = Case(*acting, default=F("responsible"), output_field=IntegerField())
    can_be_called = is_callable(policy, local=local, now=now)
    counted = (
        FollowUp.objects.due(today=local.date(), now=now)
        .order_by()
        .annotate(worker=worker if acting else F("responsible"), can_be_called=can_be_called)
        .values_list("worker")
        .annotate(
            due=Count("customer", distinct=True),
            now_callable=Count("customer", distinct=True, filter=Q(can_be_called=True)),
        )
    )
    return {person: Load(due, now_callable) for person, due, now_callable in counted}


def _oldest(debtor: Debtor) -> tuple[date, int]:
    since = [
        sort.since
        for sort in (
            debtor.files,
            debtor.answers,
            debtor.calls,
            debtor.offers,
            debtor.matters,
        )
        if sort.since is not None
    ]
    return min(since, default=date.max), -debtor.total
