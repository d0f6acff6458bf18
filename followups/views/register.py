"""The call register: as a list, as a file, and as form F3 on paper."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from aftersales import keyset
from aftersales.exports import export
from aftersales.http import StaffRequest
from aftersales.keyset import Order
from aftersales.lists import Column, Listing, ListPage
from followups.filters.calls import CallFilters
from followups.registers import call_register
from followups.resources.calls import CallResource

# What a browser can lay out; a register of a day or a month is far shorter.
MOST_PRINTED = 2_000


def _counted(count: int) -> str:
    return ngettext("%(count)s call", "%(count)s calls", count) % {"count": f"{count:,}"}


CALLS = Listing(
    route="followups:calls",
    export_route="followups:export-calls",
    columns=(
        Column("number", _("Record no."), order_by="year", tie="number"),
        Column("when", _("When"), order_by="started_at"),
        Column("direction", _("Direction"), shown=False),
        Column("kind", _("Kind")),
        Column("customer", _("Customer")),
        Column("phone", _("Phone"), shown=False),
        Column("points", _("Main points")),
        Column("outcome", _("Outcome")),
        Column("matter", _("Matter")),
        Column("closed", _("Closed on"), shown=False),
        Column("handler", _("Handled by")),
        Column("remarks", _("Remarks"), shown=False),
    ),
    filters=CallFilters,
    order="-number",
    counted=_counted,
)


@require_safe
def calls(request: StaffRequest) -> HttpResponse:
    """List the calls, the last recorded first."""
    page = ListPage(CALLS, call_register.lines(request.user), request)
    template = "lists/_filters.html" if request.htmx else "followups/register/list.html"
    return render(request, template, {"page": page})


@require_safe
def export_calls(request: StaffRequest, file_format: str) -> HttpResponseBase:
    """Hand out the register, all of it, as a file."""
    page = ListPage(CALLS, call_register.lines(request.user), request)
    return export(page, CallResource(), file_format=file_format, by=request.user)


@require_safe
def register_form(request: StaffRequest) -> HttpResponse:
    """Show the lines as form F3 is printed: in the order of the numbers, unless asked otherwise."""
    page = ListPage(CALLS, call_register.lines(request.user), request)
    order = page.order if "order" in page.query else Order("year", tie="number")
    printed = keyset.page(page.found, order, size=MOST_PRINTED, place=None)
    context = {"page": page, "lines": printed.rows, "is_cut": printed.has_next}
    return render(request, "followups/register/form.html", context)
