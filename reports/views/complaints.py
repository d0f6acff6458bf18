"""Complaints added up: the statistics of a week and the report at the end of a month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from aftersales import days
from aftersales.exports import as_file
from aftersales.http import StaffRequest
from reports import charts, complaints
from reports.breakdowns import address_of, breakdowns, parts
from reports.complaints import Cell, Tally, total
from reports.periods import Month, Period, Week
from reports.views.periods import chosen

WEEKS_SHOWN = 12
LISTED = 20


@require_safe
def complaint_weeks(request: StaffRequest) -> HttpResponse:
    """Show the complaints of a week, and how the last twelve weeks went (CMP-03)."""
    today = days.today()
    week = chosen(request, "week", Week.of(today))
    found = _trend(week, today)
    by_week = _by_week(found, week)
    context = {
        **_page(week, [cell for cell in found if cell.week == week], today=today),
        "weeks": [(each, tally, address_of(each)) for each, tally in by_week],
        "columns": charts.columns([(_short(each), parts(tally)) for each, tally in by_week]),
        "line": charts.line([(_short(each), tally.share) for each, tally in by_week], most=100),
        "has_trend": any(tally.received for _week, tally in by_week),
    }
    return render(request, "reports/complaints/week.html", context)


@require_safe
def complaint_months(request: StaffRequest) -> HttpResponse:
    """Show the report that is due on the last day of a month (CMP-04)."""
    today = days.today()
    month = chosen(request, "month", Month.of(today))
    context = {
        **_page(month, complaints.cells(month.first, month.last, today=today), today=today),
        "closing": complaints.closing_rate(month, today=today),
        "repeated": complaints.repeated(month)[:LISTED],
        "left_open": complaints.left_open(month)[:LISTED],
    }
    return render(request, "reports/complaints/month.html", context)


@require_safe
def export_complaint_weeks(request: StaffRequest, file_format: str) -> HttpResponseBase:
    """Hand out the statistics of a week with its trend as a file."""
    today = days.today()
    week = chosen(request, "week", Week.of(today))
    found = _trend(week, today)
    trend = [(_("Week"), str(each), tally) for each, tally in _by_week(found, week)]
    of_week = [cell for cell in found if cell.week == week]
    return _file(week, [*trend, *_lines(of_week, week)], file_format=file_format)


@require_safe
def export_complaint_months(request: StaffRequest, file_format: str) -> HttpResponseBase:
    """Hand out the report of a month as a file."""
    today = days.today()
    month = chosen(request, "month", Month.of(today))
    found = complaints.cells(month.first, month.last, today=today)
    whole = (_("Month"), str(month), total(found))
    return _file(month, [whole, *_lines(found, month)], file_format=file_format)


def _page(period: Period, found: Sequence[Cell], *, today: date) -> dict[str, Any]:
    """Return what both pages show of a period."""
    return {
        "period": period,
        "today": today,
        "next": period.next if period.last < today else None,
        "total": total(found),
        "address": address_of(period),
        "flow": complaints.flow(period),
        "breakdowns": breakdowns(found, period),
        "extended": complaints.extended(period)[:LISTED],
    }


def _trend(week: Week, today: date) -> list[Cell]:
    return complaints.cells(week.back(WEEKS_SHOWN - 1).first, week.last, today=today)


def _by_week(found: Sequence[Cell], week: Week) -> list[tuple[Week, Tally]]:
    """Return the weeks up to this one, also those in which nobody complained."""
    added = complaints.tallies(found, lambda cell: cell.week)
    weeks = [week.back(count) for count in reversed(range(WEEKS_SHOWN))]
    return [(each, added.get(each, Tally())) for each in weeks]


def _short(week: Week) -> str:
    return str(week)[5:]


def _lines(found: Sequence[Cell], period: Period) -> Iterator[tuple[str, str, Tally]]:
    for breakdown in breakdowns(found, period):
        for line in breakdown.lines:
            yield str(breakdown.column), line.label, line.tally


def _file(
    period: Period, lines: Sequence[tuple[str, str, Tally]], *, file_format: str
) -> HttpResponseBase:
    headings = [
        _("Period"),
        _("Counted by"),
        pgettext("breakdown", "Name"),
        _("Received"),
        _("Closed in time"),
        _("Late"),
        _("Still in time"),
        _("Extended"),
        _("Repeated"),
        _("Closed in time, %"),
    ]
    rows = [
        [
            str(period),
            by,
            name,
            tally.received,
            tally.kept,
            tally.broken,
            tally.running,
            tally.extended,
            tally.repeated,
            tally.share,
        ]
        for by, name, tally in lines
    ]
    return as_file(f"complaints-{period}", headings, rows, file_format=file_format)
