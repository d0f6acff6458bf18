"""Complaints side by side: the same complaints by department, by category and by level."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from followups.filters.matters import NOBODY
from followups.matters.complaint_codes import CATEGORY_CHOICES
from followups.models import ComplaintLevel, Department, MatterKind
from reports import charts
from reports.charts import Box
from reports.complaints import Cell, Tally, tallies
from reports.periods import Period


@dataclass(frozen=True)
class Line:
    """Complaints that are alike: their name, their numbers as a bar, and where they are listed."""

    label: str
    tally: Tally
    boxes: Sequence[Box]
    address: str


@dataclass(frozen=True)
class Breakdown:
    """All complaints, one line for those that are alike."""

    name: str
    heading: str | Promise
    column: str | Promise
    lines: Sequence[Line]


@dataclass(frozen=True)
class _Sort:
    name: str
    heading: str | Promise
    column: str | Promise
    labels: Callable[[], Mapping[str, str | Promise]]
    nothing: str | Promise


SORTS = (
    _Sort(
        "department",
        _("By responsible department"),
        _("Responsible department"),
        lambda: dict(Department.choices),
        _("Nobody named yet"),
    ),
    _Sort(
        "category",
        _("By category"),
        pgettext_lazy("complaint", "Category"),
        lambda: dict(CATEGORY_CHOICES),
        _("Not sorted yet"),
    ),
    _Sort("level", _("By level"), _("Level"), lambda: dict(ComplaintLevel.choices), ""),
)


def breakdowns(found: Sequence[Cell], period: Period) -> list[Breakdown]:
    """Return the complaints of a period by each of what they differ in, the most first."""
    return [
        Breakdown(sort.name, sort.heading, sort.column, _lines(sort, found, period))
        for sort in SORTS
    ]


def parts(tally: Tally) -> list[charts.Share]:
    """Return what a chart shows of complaints, the good first."""
    return [("kept", tally.kept), ("running", tally.running), ("broken", tally.broken)]


def address_of(period: Period, **narrowed: str) -> str:
    """Return the address of the list with the complaints received in a period."""
    query = {
        "kind": MatterKind.COMPLAINT.value,
        "heard_from": period.first.isoformat(),
        "heard_until": period.last.isoformat(),
        **narrowed,
    }
    return f"{reverse('followups:matters')}?{urlencode(query)}"


def _lines(sort: _Sort, found: Sequence[Cell], period: Period) -> list[Line]:
    added = tallies(found, attrgetter(sort.name))
    most = max((tally.received for tally in added.values()), default=0)
    labels = {**sort.labels(), "": sort.nothing}
    ranked = sorted(added.items(), key=lambda each: (-each[1].received, each[0]))
    return [
        Line(
            label=str(labels.get(key, key)),
            tally=tally,
            boxes=charts.bar(parts(tally), most=most),
            address=address_of(period, **{sort.name: key or NOBODY}),
        )
        for key, tally in ranked
    ]
