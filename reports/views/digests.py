"""The weekly digest: all departments at a glance, and one in full (FUP-17)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aftersales import days
from aftersales.http import StaffRequest
from followups.models import Department
from reports import digest as digests
from reports.models import Measure
from reports.periods import Week
from reports.views.periods import chosen

MEASURES_SHOWN = 50


@require_safe
def all_digests(request: StaffRequest) -> HttpResponse:
    """Show what a week's calls brought, what each department has to talk about, and measures."""
    today = days.today()
    week = chosen_week(request)
    measures = Measure.objects.open().select_related("owner", "matter")
    context = {
        "period": week,
        "next": following(week),
        "today": today,
        "results": digests.results(week),
        "briefs": digests.briefs(week, today=today),
        "measures": measures[:MEASURES_SHOWN],
    }
    return render(request, "reports/digest/week.html", context)


@require_safe
def department_digest(request: StaffRequest, department: str) -> HttpResponse:
    """Show the week of one department as it is printed and sent."""
    week = chosen_week(request)
    found = digests.digest(week, department_of(department), digests.results(week))
    context = {
        "digest": found,
        "period": week,
        "next": following(week),
        "today": days.today(),
    }
    return render(request, "reports/digest/department.html", context)


def chosen_week(request: StaffRequest) -> Week:
    """Return the week that is asked for, else the last that is over."""
    return chosen(request, "week", Week.of(days.today()).previous)


def department_of(key: str) -> Department:
    if key not in Department.values:
        raise Http404
    return Department(key)


def following(week: Week) -> Week | None:
    """Return the next week if it has begun."""
    return week.next if week.last < days.today() else None
