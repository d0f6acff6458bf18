"""Matters: listed, on the board, on the supervisor's desk, and the page of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from aftersales import days
from aftersales.changes import changes
from aftersales.exports import export
from aftersales.http import StaffRequest
from aftersales.lists import Column, Listing, ListPage
from aftersales.models import User
from customers import people
from followups.filters.matters import MatterFilters
from followups.matters.clocks import clocks, complaint_of, steps
from followups.models import (
    UNSOLVED,
    Call,
    Complaint,
    FollowUp,
    Matter,
    MatterAct,
    MatterState,
)
from followups.models.matter import MatterQuerySet
from followups.resources.matters import MatterResource

CHANGES_SHOWN = 50
CARDS_SHOWN = 20
REPORTS_SHOWN = 20
# What stands first on the page of a matter, by its state.
NEXT = {
    MatterState.OPEN: MatterAct.STUDY,
    MatterState.UNDER_STUDY: MatterAct.SOLVE,
    MatterState.REPORTED: MatterAct.INSTRUCT,
    MatterState.SOLVED: MatterAct.TELL,
    MatterState.ANSWERED: MatterAct.TELL,
}
COLUMNS = (
    (_("To be reported"), UNSOLVED[:2], "report_by"),
    (_("On the supervisor's desk"), (MatterState.REPORTED,), "reported_on"),
    (_("To be told today"), (MatterState.SOLVED,), "solved_at"),
    (_("The customer's word is missing"), (MatterState.ANSWERED,), "answered_on"),
)


def _counted(count: int) -> str:
    return ngettext("%(count)s matter", "%(count)s matters", count) % {"count": f"{count:,}"}


MATTERS = Listing(
    route="followups:matters",
    export_route="followups:export-matters",
    columns=(
        Column("customer", _("Customer")),
        Column("kind", _("Kind")),
        Column("text", _("In the customer's words")),
        Column("state", _("State")),
        # They are written on the day they are heard: the key has the same order, and an index.
        Column("heard", _("Heard on"), order_by="id"),
        Column("clock", _("Clocks")),
        Column("report", _("Report by"), order_by="report_by", shown=False),
        Column("department", _("Department"), shown=False),
        Column("owner", _("In charge")),
        Column("reopened", _("Reopened"), order_by="reopened", is_numeric=True, shown=False),
        Column("answered", _("Answered on"), shown=False),
        Column("closed", _("Closed on"), shown=False),
    ),
    filters=MatterFilters,
    order="-heard",
    counted=_counted,
)


def with_row(user: User) -> MatterQuerySet:
    """Return the matters that the person may see, with what a row shows."""
    found: Any = Matter.objects.visible_to(user).select_related("customer", "owner", "complaint")
    return found.annotate(  # type: ignore[no-any-return]
        plate=people.plate("customer"), phone_tail=people.phone_tail("customer")
    )


def say_clocks(rows: Iterable[Any]) -> None:
    """Add to each matter the clocks that run for it."""
    for row in rows:
        row.clocks = clocks(row)


@require_safe
def matters(request: StaffRequest) -> HttpResponse:
    """List the matters, the last heard first."""
    page = ListPage(MATTERS, with_row(request.user), request)
    if request.htmx:
        return render(request, "lists/_filters.html", {"page": page})
    say_clocks(page.page.rows)
    return render(request, "followups/matters/list.html", {"page": page, "today": days.today()})


@require_safe
def export_matters(request: StaffRequest, file_format: str) -> HttpResponseBase:
    """Hand out the list of matters, all of it, as a file."""
    page = ListPage(MATTERS, with_row(request.user), request)
    return export(page, MatterResource(), file_format=file_format, by=request.user)


@require_safe
def matter_board(request: StaffRequest) -> HttpResponse:
    """Show what is open by where it stands, the oldest first, against its clocks."""
    open_ones = with_row(request.user).exclude(state=MatterState.CLOSED)
    counts = dict(open_ones.order_by().values_list("state").annotate(Count("pk")))
    columns = []
    for label, states, order in COLUMNS:
        cards = list(open_ones.filter(state__in=states).order_by(order, "pk")[:CARDS_SHOWN])
        say_clocks(cards)
        columns.append(
            {
                "label": label,
                "cards": cards,
                "count": sum(counts.get(state, 0) for state in states),
                "states": states,
            }
        )
    today = days.today()
    context = {"columns": columns, "today": today, "late_count": open_ones.late(today).count()}
    return render(request, "followups/matters/board.html", context)


@require_safe
def reported_matters(request: StaffRequest) -> HttpResponse:
    """Show the supervisor what was reported, as form F15 asks it, with room for instructions."""
    reported = with_row(request.user).filter(state=MatterState.REPORTED)
    found = list(
        reported.select_related("customer", "owner", "complaint", "call", "reported_by").order_by(
            F("complaint__close_by").asc(nulls_last=True), "reported_on", "pk"
        )[:REPORTS_SHOWN]
    )
    say_clocks(found)
    context = {"matters": found, "count": reported.count(), "today": days.today()}
    return render(request, "followups/matters/reported.html", context)


@require_safe
def matter(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the whole life of a matter, and what can be done next."""
    shown = get_object_or_404(with_page(request.user), pk=pk)
    complaint = complaint_of(shown)
    context = {
        "matter": shown,
        "complaint": complaint,
        "repeated_by": complaint and complaint.repeated_by.select_related("matter"),
        "suggested": complaint and suggested(complaint, request.user),
        "clocks": clocks(shown),
        "steps": steps(shown),
        "acts": acts(shown, request.user),
        "answers": FollowUp.objects.filter(matter=shown).select_related("owner").order_by("-pk"),
        "calls": _calls(shown, request.user),
        "history": changes(Matter, Q(pgh_obj=pk), limit=CHANGES_SHOWN),
        "today": days.today(),
    }
    return render(request, "followups/matters/matter.html", context)


@require_safe
def matter_form(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the report of an unresolved matter as form F15, to be printed."""
    shown = get_object_or_404(with_page(request.user), pk=pk)
    context = {"matter": shown, "complaint": complaint_of(shown)}
    return render(request, "followups/matters/form.html", context)


def with_page(user: User) -> MatterQuerySet:
    """Return the matters that the person may see, with what the page of one shows."""
    return with_row(user).select_related(
        "customer",
        "owner",
        "complaint__repeats__matter",
        "complaint__extended_by",
        "call",
        "consultation",
        "vehicle",
        "told_in",
        "reported_by",
        "solved_by",
        "closed_by",
    )


def acts(matter: Matter, user: User) -> list[MatterAct]:
    """Return what this person can do about a matter now, the most sensible first."""
    may = [each for each in MatterAct if matter.allows(each) and user.has_perm(permission(each))]
    if {MatterAct.SOLVE, MatterAct.INSTRUCT} <= set(may):
        is_reported = matter.state == MatterState.REPORTED
        may.remove(MatterAct.SOLVE if is_reported else MatterAct.INSTRUCT)
    first = NEXT.get(MatterState(matter.state))
    return sorted(may, key=lambda each: each != first)


def permission(act: MatterAct) -> str:
    """Return what one needs to do this."""
    verb = "instruct" if act == MatterAct.INSTRUCT else "change"
    return f"followups.{verb}_matter"


def suggested(complaint: Complaint, user: User) -> list[Complaint]:
    """Return the earlier complaints that this one may repeat, the latest first."""
    if complaint.repeats_id is not None:
        return []
    alike = Complaint.objects.visible_to(user).alike(complaint)
    return list(alike.select_related("matter").order_by("-pk")[:5])


def _calls(matter: Matter, user: User) -> list[Call]:
    """Return the calls that were made about a matter, the latest first."""
    about = Q(agenda__follow_up__matter=matter) | Q(pk=matter.told_in_id)
    theirs = Call.objects.visible_to(user).filter(about).select_related("handler")
    return list(theirs.distinct().order_by("-started_at", "-pk"))
