"""Matters: listed, shown, answered, closed."""

from __future__ import annotations

from copy import copy
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from aftersales import days
from aftersales.changes import changes
from aftersales.http import StaffRequest
from aftersales.lists import Column, Listing, ListPage
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile, Refusal
from customers import people
from customers.views.conflicts import compared
from followups.forms.matters import AnswerForm, CloseForm
from followups.matter_filters import MatterFilters
from followups.models import Matter
from followups.services import matters as services
from workshop.views.orders import explain

CHANGES_SHOWN = 50


def _counted(count: int) -> str:
    return ngettext("%(count)s matter", "%(count)s matters", count) % {"count": f"{count:,}"}


MATTERS = Listing(
    route="followups:matters",
    columns=(
        Column("customer", gettext_lazy("Customer")),
        Column("kind", gettext_lazy("Kind")),
        Column("text", gettext_lazy("In the customer's words")),
        Column("state", gettext_lazy("State")),
        # They are written on the day they are heard: the key has the same order, and an index.
        Column("heard", gettext_lazy("Heard on"), order_by="id"),
        Column("report", gettext_lazy("Report by"), order_by="report_by"),
        Column("owner", gettext_lazy("In charge")),
        Column("answered", gettext_lazy("Answered on"), shown=False),
        Column("closed", gettext_lazy("Closed on"), shown=False),
    ),
    filters=MatterFilters,
    order="-heard",
    counted=_counted,
)


@require_safe
def matters(request: StaffRequest) -> HttpResponse:
    """List the matters, the last heard first."""
    page = ListPage(MATTERS, _with_row(request.user), request)
    template = "lists/_filters.html" if request.htmx else "followups/matters/list.html"
    return render(request, template, {"page": page, "today": days.today()})


@require_safe
def matter(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a matter, the call it comes from, and who changed what about it."""
    shown = get_object_or_404(_with_row(request.user), pk=pk)
    history = changes(Matter, Q(pgh_obj=pk), limit=CHANGES_SHOWN)
    context = {"matter": shown, "today": days.today(), "history": history}
    return render(request, "followups/matters/matter.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def answer_matter(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down what the customer was told; an earlier answer is written over."""
    shown, today = get_object_or_404(_with_row(request.user), pk=pk), days.today()
    initial = {"version": shown.version, "answered_on": shown.answered_on or today}
    # The form writes what was typed into its instance; the page still shows the saved one.
    form = AnswerForm(request.POST or None, instance=copy(shown), initial=initial)
    context: dict[str, Any] = {"matter": shown, "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        try:
            services.answer(
                pk,
                by=request.user,
                version=form.cleaned_data["version"],
                text=form.cleaned_data["answer"],
                on=form.cleaned_data["answered_on"],
                today=today,
            )
        except ChangedMeanwhile as conflict:
            context |= compared(form, form.changes, conflict)
            status = HTTPStatus.CONFLICT
        except (ValidationError, Refusal) as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The answer is saved."))
            return redirect(shown)
    return render(request, "followups/matters/answer.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def close_matter(request: StaffRequest, pk: int) -> HttpResponse:
    """Close a matter, after asking once more."""
    shown = get_object_or_404(_with_row(request.user), pk=pk)
    form = CloseForm(request.POST or None, initial={"version": shown.version})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        try:
            services.close(
                pk,
                by=request.user,
                version=form.cleaned_data["version"],
                today=days.today(),
            )
        except ChangedMeanwhile as conflict:
            form.see(conflict.current.version)
            form.add_error(None, str(conflict))
            status = HTTPStatus.CONFLICT
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The matter is closed."))
            return redirect(shown)
    context = {"matter": shown, "form": form}
    return render(request, "followups/matters/close.html", context, status=status)


def _with_row(user: User) -> QuerySet[Matter]:
    """Return the matters that the person may see, with what a row shows."""
    return (
        Matter.objects.visible_to(user)
        .select_related("customer", "owner", "call", "closed_by")
        .annotate(plate=people.plate("customer"), phone_tail=people.phone_tail("customer"))
    )
