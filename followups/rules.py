"""When a promise may, should and must be kept, and when a number may be tried again.

Pure functions: values in, values out. Days are the shop's local dates, both ends of a
window belong to it, and the day of the fact is day 0 (R-03).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

# A try in another part of the day meets another habit of the customer.
NOON, EVENING = time(12), time(17)
PARTS_OF_DAY = (time.min, NOON, EVENING)

# Scores on the scale of 1 to 10: up to here one asks why, up to here it is a matter.
SCORE_TO_EXPLAIN = 6
SCORE_OF_A_MATTER = 4


@dataclass(frozen=True)
class Window:
    """From which day a promise can be kept, the day it should be, and the last day."""

    opens_on: date
    target_on: date
    due_on: date


@dataclass(frozen=True)
class Days:
    """How many days after the fact a window opens, aims and ends; `0` is the day itself."""

    opens: int
    target: int
    due: int


@dataclass(frozen=True)
class Hours:
    """A time of the day from `start` to before `end`."""

    start: time
    end: time

    def __contains__(self, moment: time) -> bool:
        return self.start <= moment < self.end

    def within(self, other: Hours) -> Hours | None:
        """Return the part of both, None if they share none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Hours(start, end) if start < end else None


def window(fact_on: date, days: Days, *, holidays: Collection[date] = frozenset()) -> Window:
    """Return the window of a promise that follows from a fact.

    Args:
        holidays: days on which nothing has to end; a last day among them moves to the next
            that is none (civil code art. 203). Empty: every day counts.

    Source: FIL-01, FUP-02, FUP-09, FUP-12, R-01 to R-03.
    """
    due_on = fact_on + timedelta(days.due)
    while due_on in holidays:
        due_on += timedelta(1)
    return Window(
        opens_on=fact_on + timedelta(days.opens),
        target_on=fact_on + timedelta(days.target),
        due_on=due_on,
    )


def report_by(heard_on: date, *, days: int = 2) -> date:
    """Return the last day on which an unsolved matter is told to the supervisor (FUP-07, R-08)."""
    return heard_on + timedelta(days)


def close_by(received_on: date, *, days: int = 3) -> date:
    """Return the last day on which a complaint is closed (CMP-02, R-09)."""
    return received_on + timedelta(days)


def notice_window(
    starts_on: date, scheduled_on: date, *, opens_days: int = 21, due_days: int = 14
) -> Window:
    """Return when those who are invited are told by telephone; it counts back from the first day.

    What was decided too late is due on the day of the decision.

    Source: CAM-02, R-07.
    """
    opens_on = max(starts_on - timedelta(opens_days), scheduled_on)
    return Window(opens_on, opens_on, max(starts_on - timedelta(due_days), scheduled_on))


def is_last_try(*, days_tried: int, most_attempts: int, day: date, due_on: date) -> bool:
    """Say whether a call that failed on `day` was the last: enough days tried, or no day left.

    Args:
        days_tried: on how many different days one has tried, `day` included.

    Source: R-37.
    """
    return days_tried >= most_attempts or day >= due_on


def another_part_of_day(tried_at: datetime, *, hours: int) -> datetime:
    """Return the earliest moment, on the clock of the shop, for the next try.

    It lies `hours` later or more and in another part of the day: morning, afternoon, evening.
    """
    next_at = tried_at + timedelta(hours=hours)
    if next_at.date() > tried_at.date() or part_of_day(next_at.time()) != part_of_day(
        tried_at.time()
    ):
        return next_at
    return _start_of_part(tried_at.date(), part_of_day(tried_at.time()) + 1, tried_at)


def another_day(tried_at: datetime) -> datetime:
    """Return the earliest moment of the next day in another part of it than `tried_at`.

    Who was out in the morning is tried from noon on, who was out later is tried in the morning.
    """
    tomorrow = tried_at.date() + timedelta(1)
    part = 1 if part_of_day(tried_at.time()) == 0 else 0
    return _start_of_part(tomorrow, part, tried_at)


def part_of_day(moment: time) -> int:
    """Return 0 in the morning, 1 in the afternoon, 2 in the evening."""
    return sum(moment >= start for start in PARTS_OF_DAY) - 1


def calling_hours(*hours: Hours | None) -> Hours | None:
    """Return when all of these allow a call, None if never; one that is None allows every hour."""
    shared: Hours | None = Hours(time.min, time.max)
    for each in hours:
        if each is not None and shared is not None:
            shared = shared.within(each)
    return shared


def free_again_at(tries: Iterable[datetime], *, most: int, now: datetime) -> datetime:
    """Return when a number may be dialed again: not more than `most` times in 24 hours."""
    recent = sorted(at for at in tries if at > now - timedelta(hours=24))
    return now if len(recent) < most else recent[-most] + timedelta(hours=24)


def _start_of_part(day: date, part: int, moment: datetime) -> datetime:
    if part < len(PARTS_OF_DAY):
        return datetime.combine(day, PARTS_OF_DAY[part], tzinfo=moment.tzinfo)
    return datetime.combine(day + timedelta(1), time.min, tzinfo=moment.tzinfo)
