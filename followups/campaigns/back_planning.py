"""When calling for a campaign must begin, how many calls each day takes, and what is impossible.

Pure functions: values in, values out. Days are the shop's local dates; both ends of the
calling window belong to it.

Source: CAM-02, R-07.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil

# How much later the first day is looked for, at most.
FURTHEST = 365


@dataclass(frozen=True)
class Caller:
    """Somebody who calls: when he is away, and how many customers he owes a call by which day."""

    name: str
    away: Collection[date] = ()
    owes: Mapping[date, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Team:
    """Those who call, how many calls each makes a day, and when (1 is Monday) the shop calls."""

    callers: Sequence[Caller]
    calls_a_day: int
    weekdays: Collection[int] = range(1, 8)
    holidays: Collection[date] = ()

    def calls(self, day: date) -> bool:
        """Say whether the shop calls on a day."""
        return day.isoweekday() in self.weekdays and day not in self.holidays

    def free(self, caller: Caller, day: date) -> int:
        """Return how many further calls somebody can make on a day."""
        if not self.calls(day) or day in caller.away:
            return 0
        return max(self.calls_a_day - caller.owes.get(day, 0), 0)

    def room(self, first: date, last: date) -> int:
        """Return how many further calls all can make on these days."""
        return sum(self.free(caller, day) for day in _days(first, last) for caller in self.callers)


@dataclass(frozen=True)
class Shift:
    """How many campaign calls each caller makes on a day, in the order of the callers."""

    on: date
    calls: Sequence[int]

    @property
    def total(self) -> int:
        return sum(self.calls)


@dataclass(frozen=True)
class BackPlan:
    """What calling so many customers before a campaign comes to.

    Attributes:
        first_day, last_day: the days on which calls are in time; both are today if it is late.
        possible: how many calls the callers can make on these days.
        begin_on: the last day on which calling can begin and still end in time; it may lie
            before the window, None when even beginning today is too late.
        move_to: the earliest first day of the campaign for which the calls fit their window;
            None when they never do.
        more_callers: how many people besides, who owe nothing else, would make it possible.
    """

    calls: int
    first_day: date
    last_day: date
    is_late: bool
    possible: int
    begin_on: date | None
    move_to: date | None
    more_callers: int
    callers: Sequence[Caller]
    shifts: Sequence[Shift]

    @property
    def is_possible(self) -> bool:
        return self.possible >= self.calls

    @property
    def missing(self) -> int:
        """How many calls are too many."""
        return max(self.calls - self.possible, 0)


@dataclass(frozen=True)
class Lead:
    """So many days before the first day calling begins, and so many before it ends."""

    opens: int
    due: int

    def window(self, starts_on: date, today: date) -> tuple[date, date]:
        """Return the first and last day of calling; what should have ended is due today."""
        last = max(starts_on - timedelta(self.due), today)
        return max(starts_on - timedelta(self.opens), today), last


def plan_back(calls: int, *, starts_on: date, today: date, lead: Lead, team: Team) -> BackPlan:
    """Plan so many first calls backward from the first day of a campaign.

    Source: CAM-02, R-07.
    """
    first, last = lead.window(starts_on, today)
    begin_on = _begin(calls, today, last, team)
    possible = team.room(first, last)
    return BackPlan(
        calls=calls,
        first_day=first,
        last_day=last,
        is_late=starts_on - timedelta(lead.due) < today,
        possible=possible,
        begin_on=begin_on,
        move_to=_move(calls, starts_on, today, lead, team),
        more_callers=_more_callers(calls - possible, first, last, team),
        callers=team.callers,
        shifts=_shifts(min(calls, possible), max(begin_on or first, first), last, team),
    )


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(step) for step in range((last - first).days + 1))


def _begin(calls: int, today: date, last: date, team: Team) -> date | None:
    """Return the latest day, not before today, from which the calls can be made until `last`."""
    day, room = last, 0
    while day >= today:
        room += team.room(day, day)
        if room >= calls:
            return day
        day -= timedelta(1)
    return None


def _move(calls: int, starts_on: date, today: date, lead: Lead, team: Team) -> date | None:
    for later in range(FURTHEST):
        moved = starts_on + timedelta(later)
        is_in_time = moved - timedelta(lead.due) >= today
        if is_in_time and team.room(*lead.window(moved, today)) >= calls:
            return moved
    return None


def _more_callers(missing: int, first: date, last: date, team: Team) -> int:
    each = team.calls_a_day * sum(map(team.calls, _days(first, last)))
    return ceil(missing / each) if missing > 0 and each else 0


def _shifts(calls: int, first: date, last: date, team: Team) -> list[Shift]:
    """Spread the calls over days and callers, to each in proportion to the room he has."""
    room = team.room(first, last)
    shifts, before, given = [], 0, 0
    for day in _days(first, last):
        share = []
        for caller in team.callers:
            before += team.free(caller, day)
            until = before * calls // room if room else 0
            share.append(until - given)
            given = until
        shifts.append(Shift(day, share))
    return shifts
