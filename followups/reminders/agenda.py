"""What is planned in the coming weeks, by kind: the reminders of all customers on one agenda."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncWeek

from aftersales import days
from followups.models import REMINDERS, FollowUp, ReminderRule
from followups.models.held_back import held_back

WEEKS = 6


@dataclass(frozen=True)
class Line:
    """One kind: its rule, how many windows are open, how many of them wait, and what comes.

    Attributes:
        weeks: how many windows open in each of the coming weeks, the running one first.
    """

    rule: ReminderRule
    open: int
    waiting: int
    weeks: list[int]

    @property
    def planned(self) -> int:
        return sum(self.weeks)


def mondays(today: date) -> list[date]:
    """Return the first days of the weeks that an agenda shows."""
    monday = today - timedelta(today.weekday())
    return [monday + timedelta(7 * week) for week in range(WEEKS + 1)]


def agenda(*, now: datetime) -> list[Line]:
    """Return a line for each kind of reminder, switched on or not."""
    today = days.local_date(now)
    reminders = FollowUp.objects.open().filter(kind__in=REMINDERS).order_by()
    has_opened = Q(opens_on__lte=today)
    opened = {
        row["kind"]: (row["n"], row["waiting"])
        for row in reminders.filter(has_opened)
        .values("kind")
        .annotate(n=Count("pk"), waiting=Count("pk", filter=Q(callback_at=None) & held_back(now)))
    }
    coming = {
        (row["kind"], row["week"]): row["n"]
        for row in reminders.exclude(has_opened)
        .values("kind", week=TruncWeek("opens_on"))
        .annotate(n=Count("pk"))
    }
    lines = []
    for rule in ReminderRule.objects.current():
        due, waiting = opened.get(rule.kind, (0, 0))
        weeks = [coming.get((rule.kind, monday), 0) for monday in mondays(today)]
        lines.append(Line(rule=rule, open=due, waiting=waiting, weeks=weeks))
    return lines
