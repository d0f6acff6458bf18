"""Complaints added up: weekly statistics (CMP-03) and the report at the end of a month (CMP-04)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from django.db.models import Count, F, Q
from django.db.models.functions import TruncWeek

from customers import people
from followups.matters.complaints import Clock, complaints, responsible, stands
from followups.models.matter import MatterQuerySet
from reports.periods import Period, Week

TWO_WEEKS = timedelta(14)
Key = TypeVar("Key")


@dataclass(frozen=True)
class Tally:
    """How many complaints there are, by how they stand to their clock.

    Attributes:
        extended: of all these, those whose clock the supervisor has extended.
        repeated: of all these, those about something that the customer complained of before.
    """

    kept: int = 0
    broken: int = 0
    running: int = 0
    extended: int = 0
    repeated: int = 0

    @property
    def received(self) -> int:
        return self.kept + self.broken + self.running

    @property
    def share(self) -> Decimal | None:
        """The percentage closed in time, of those of which one knows; None if of none yet."""
        return percentage(self.kept, self.kept + self.broken)

    def __add__(self, other: Tally) -> Tally:
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Tally(*(mine + others for mine, others in pairs))


@dataclass(frozen=True)
class Cell:
    """The complaints of one week that are alike in department, category and level."""

    week: Week
    department: str
    category: str
    level: str
    tally: Tally


@dataclass(frozen=True)
class Flow:
    """What came and went in a period: `before` + `received` − `closed` = `left`."""

    before: int
    received: int
    closed: int
    left: int


@dataclass(frozen=True)
class ClosingRate:
    """How many were closed within two weeks, of those received two weeks ago or closed (R-09)."""

    within: int
    known: int

    @property
    def share(self) -> Decimal | None:
        return percentage(self.within, self.known)


def percentage(part: int, whole: int) -> Decimal | None:
    """Return the share of a part to one decimal place, None of nothing."""
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1")) if whole else None


def cells(first: date, last: date, *, today: date) -> list[Cell]:
    """Count the complaints received from `first` to `last`, both included, as known `today`."""
    counted = (
        complaints()
        .filter(heard_on__range=(first, last))
        .order_by()
        .values_list(
            TruncWeek("heard_on"), responsible(), "complaint__category", "complaint__level"
        )
        .annotate(
            kept=Count("pk", filter=stands(Clock.KEPT, today=today)),
            broken=Count("pk", filter=stands(Clock.BROKEN, today=today)),
            running=Count("pk", filter=stands(Clock.RUNNING, today=today)),
            extended=Count("pk", filter=~Q(complaint__extended_because="")),
            repeated=Count("complaint__repeats"),
        )
    )
    return [
        Cell(Week(monday), department, category, level, Tally(*counts))
        for monday, department, category, level, *counts in counted
    ]


def tallies(found: Iterable[Cell], by: Callable[[Cell], Key]) -> dict[Key, Tally]:
    """Add up the cells that are the same `by` something."""
    added: dict[Key, Tally] = defaultdict(Tally)
    for cell in found:
        added[by(cell)] += cell.tally
    return dict(added)


def total(found: Iterable[Cell]) -> Tally:
    return sum((cell.tally for cell in found), Tally())


def flow(period: Period) -> Flow:
    """Return how many complaints were open, came, went, and were left at the end of a period."""
    first, last = period.first, period.last
    still_open = Q(closed_on=None)
    # The years before are not read: whoever came and was closed then counts nowhere.
    concerned = Q(heard_on__gte=first) | still_open | Q(closed_on__gte=first)
    found = complaints().filter(concerned)
    counted = found.aggregate(
        before=Count("pk", filter=Q(heard_on__lt=first) & (still_open | Q(closed_on__gte=first))),
        received=Count("pk", filter=Q(heard_on__range=(first, last))),
        closed=Count("pk", filter=Q(closed_on__range=(first, last))),
        left=Count("pk", filter=Q(heard_on__lte=last) & (still_open | Q(closed_on__gt=last))),
    )
    return Flow(**counted)


def closing_rate(period: Period, *, today: date) -> ClosingRate:
    """Return the share closed within two weeks, of those received in a period."""
    two_weeks_on = F("heard_on") + TWO_WEEKS
    counted = received(period).aggregate(
        within=Count("pk", filter=Q(closed_on__lte=two_weeks_on)),
        known=Count("pk", filter=Q(closed_on__isnull=False) | Q(heard_on__lt=today - TWO_WEEKS)),
    )
    return ClosingRate(**counted)


def received(period: Period) -> MatterQuerySet:
    """Return the complaints that came in a period, the first first."""
    return _with_row(complaints().filter(heard_on__range=(period.first, period.last)))


def extended(period: Period) -> MatterQuerySet:
    """Return those received in a period for which the supervisor gave more time."""
    return received(period).exclude(complaint__extended_because="")


def repeated(period: Period) -> MatterQuerySet:
    """Return those received in a period that repeat an earlier one."""
    return received(period).filter(complaint__repeats__isnull=False)


def left_open(period: Period) -> MatterQuerySet:
    """Return those that were open at the end of a period, the oldest first."""
    return _with_row(
        complaints().filter(
            Q(closed_on=None) | Q(closed_on__gt=period.last), heard_on__lte=period.last
        )
    )


def _with_row(found: MatterQuerySet) -> MatterQuerySet:
    return (
        found.select_related("customer", "complaint__extended_by", "complaint__repeats__matter")
        .annotate(plate=people.plate("customer"), phone_tail=people.phone_tail("customer"))
        .order_by("heard_on", "pk")
    )
