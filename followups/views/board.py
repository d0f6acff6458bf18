"""The supervisor's home of promises: what is late, today's load, what comes, who is calling."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aftersales import days
from aftersales.http import StaffRequest
from followups import board as promises
from followups.calling.unreachable import unreachable
from followups.models import Claim, FollowUp, Matter, MatterState, Policy
from followups.services.owners import trackers
from followups.views.follow_ups import say_whose, with_row

LATE_SHOWN = 8
UNREACHABLE_SHOWN = 10
# The chart: how wide a day is, and how high the highest column.
DAY_WIDTH, HEIGHT = 40, 100


@require_safe
def board(request: StaffRequest) -> HttpResponse:
    """Show what is late and whose it is, who has how much to do, and what comes."""
    now = timezone.now()
    today = days.local_date(now)
    policy = Policy.objects.current()
    works = promises.works(policy=policy, now=now)
    late = list(with_row(FollowUp.objects.late(today)).order_by("due_on", "pk")[:LATE_SHOWN])
    unreached = list(with_row(unreachable()).order_by("-closed_at", "-pk")[: UNREACHABLE_SHOWN + 1])
    say_whose([*late, *unreached], today=today)
    debtors = promises.debtors(today=today)
    context = {
        "today": today,
        "now": now,
        "debtors": debtors,
        "late_count": sum(debtor.follow_ups for debtor in debtors),
        "late": late,
        "reported_count": Matter.objects.filter(state=MatterState.REPORTED).count(),
        "answers": promises.answers_owed().count(),
        "works": works,
        "due_count": sum(work.load.due for work in works),
        "callable_count": sum(work.load.callable for work in works),
        "trackers": list(trackers()),
        "freest": _freest(works),
        "unassigned": promises.unassigned().count(),
        "unreached": unreached[:UNREACHABLE_SHOWN],
        "has_more_unreached": len(unreached) > UNREACHABLE_SHOWN,
        "claims": Claim.objects.held(now)
        .select_related("customer", "claimed_by")
        .order_by("claimed_at"),
        "days": _columns(promises.days_ahead(today=today)),
    }
    return render(request, "followups/board.html", context)


def _freest(works: list[promises.Work]) -> promises.Work | None:
    """Return who is here and has the least to do."""
    here = [work for work in works if work.absence is None and work.person.is_active]
    return min(here, key=lambda work: work.load.due + work.made, default=None)


def _columns(coming: list[promises.Day]) -> list[dict[str, object]]:
    """Return each day with where its parts stand in the chart; nothing if all are empty."""
    most = max(day.total for day in coming)
    if not most:
        return []
    return [
        {
            "day": day,
            "x": DAY_WIDTH * place + 6,
            "middle": DAY_WIDTH * place + DAY_WIDTH // 2,
            "parts": _parts(day, most),
        }
        for place, day in enumerate(coming)
    ]


def _parts(day: promises.Day, most: int) -> list[tuple[str, int, int]]:
    """Return the parts of a column from below: name, upper end, height."""
    parts, below = [], 0
    for name, count in (
        ("other-part", day.other),
        ("second-part", day.second),
        ("first", day.first),
    ):
        low, below = round(HEIGHT * below / most), below + count
        high = round(HEIGHT * below / most)
        parts.append((name, HEIGHT - high, high - low))
    return parts
