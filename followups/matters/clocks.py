"""Which clock of a matter runs just now, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales import days
from followups.models import UNSOLVED, Complaint, Matter, MatterState

REPORT = pgettext_lazy("clock", "Report")
TELL = pgettext_lazy("clock", "Tell")
CLOSE = pgettext_lazy("clock", "Close")


@dataclass(frozen=True)
class Clock:
    """What has to be done about a matter, since when and until which day."""

    label: str | Promise
    since: date
    due_on: date


@dataclass(frozen=True)
class Step:
    """A part of a matter's life: done on a day, where it stands now, or still to come."""

    label: str | Promise
    is_done: bool
    on: date | None
    is_now: bool


def clocks(matter: Matter) -> list[Clock]:
    """Return the clocks that run: to report it, to tell the customer today, to close a complaint.

    Source: FUP-07, FUP-08, CMP-02.
    """
    found = []
    if matter.state in UNSOLVED[:2]:
        since = matter.answered_on if matter.reopened and matter.answered_on else matter.heard_on
        found.append(Clock(REPORT, min(since, matter.report_by), matter.report_by))
    elif matter.state == MatterState.SOLVED and matter.solved_at:
        solved_on = days.local_date(matter.solved_at)
        found.append(Clock(TELL, solved_on, solved_on))
    complaint = complaint_of(matter)
    if complaint is not None and matter.state != MatterState.CLOSED:
        found.append(Clock(CLOSE, matter.heard_on, complaint.close_by))
    return found


def steps(matter: Matter) -> list[Step]:
    """Return the life of a matter from hearing to closing, as far as it has come this time."""
    state = MatterState(matter.state)
    is_told = state in (MatterState.ANSWERED, MatterState.CLOSED)
    solved_on = days.local_date(matter.solved_at) if matter.solved_at else None
    told_on = matter.answered_on if is_told else None
    return [
        Step(_("Heard"), True, matter.heard_on, state == MatterState.OPEN),
        Step(_("Studied"), bool(matter.study), None, state == MatterState.UNDER_STUDY),
        _dated(_("Reported"), matter.reported_on, state == MatterState.REPORTED),
        _dated(_("Solved"), solved_on, state == MatterState.SOLVED),
        _dated(_("Customer told"), told_on, state == MatterState.ANSWERED),
        _dated(_("Closed"), matter.closed_on, state == MatterState.CLOSED),
    ]


def _dated(label: str | Promise, on: date | None, is_now: bool) -> Step:
    return Step(label, on is not None, on, is_now)


def complaint_of(matter: Matter) -> Complaint | None:
    """Return the handling report of a complaint, None for any other matter."""
    return getattr(matter, "complaint", None)
