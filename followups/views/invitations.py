"""Those invited: as a list, as form F17, as a file; and who came, marked on the day."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from aftersales import days, keyset
from aftersales.exports import export
from aftersales.http import StaffRequest
from aftersales.lists import Column, Listing, ListPage
from aftersales.refusals import Refusal
from customers.models import Customer
from customers.search import search
from followups.campaigns.invitation_list import invited
from followups.filters.campaigns import InvitationFilters
from followups.forms.invitations import AttendanceForm
from followups.models import Campaign, CampaignState
from followups.resources.invitations import InvitationResource
from followups.services import invitations as services
from followups.services.invitations import places_taken

# What a browser can lay out.
MOST_PRINTED = 2_000
MOST_FOUND = 30


def _counted(count: int) -> str:
    return ngettext("%(count)s invited", "%(count)s invited", count) % {"count": f"{count:,}"}


INVITATIONS = Listing(
    route="followups:invitations",
    export_route="followups:export-invitations",
    columns=(
        Column("customer", gettext_lazy("Customer"), order_by="id"),
        Column("campaign", gettext_lazy("Campaign")),
        Column("notice", gettext_lazy("Notice due")),
        Column("told", gettext_lazy("Told on"), order_by="told_on", may_be_empty=True),
        Column("answer", gettext_lazy("Answer")),
        Column("guests", gettext_lazy("Guests"), is_numeric=True),
        Column("letter", gettext_lazy("Letter")),
        Column("came", gettext_lazy("Came on"), order_by="attended_on", may_be_empty=True),
    ),
    filters=InvitationFilters,
    order="customer",
    counted=_counted,
)


@require_safe
def invitations(request: StaffRequest) -> HttpResponse:
    """List those invited, of one campaign or of all."""
    page = ListPage(INVITATIONS, invited(request.user), request)
    template = "lists/_filters.html" if request.htmx else "followups/campaigns/invitations.html"
    context = {"page": page, "campaign": _narrowed_to(page), "today": days.today()}
    return render(request, template, context)


@require_safe
def export_invitations(request: StaffRequest, file_format: str) -> HttpResponseBase:
    """Hand out those invited as a file."""
    page = ListPage(INVITATIONS, invited(request.user), request)
    return export(page, InvitationResource(), file_format=file_format, by=request.user)


@require_safe
def invitation_form(request: StaffRequest) -> HttpResponse:
    """Show those invited as form F17 is printed."""
    page = ListPage(INVITATIONS, invited(request.user), request)
    printed = keyset.page(page.found, page.order, size=MOST_PRINTED, place=None)
    context = {
        "page": page,
        "campaign": _narrowed_to(page),
        "lines": printed.rows,
        "is_cut": printed.has_next,
    }
    return render(request, "followups/campaigns/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request: StaffRequest, pk: int) -> HttpResponse:
    """Mark who comes: find him by phone tail, plate or name, tick, next."""
    decided = Campaign.objects.visible_to(request.user).filter(state=CampaignState.DECIDED)
    shown, today = get_object_or_404(decided, pk=pk), days.today()
    form = AttendanceForm(request.POST or None, initial={"on": shown.day_of(today)})
    status = HTTPStatus.OK
    if form.is_bound:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                _mark(request, shown, form)
            except (ValidationError, Refusal) as refusal:
                form.add_error(None, _sentence(refusal))
            else:
                return redirect(reverse("followups:attendance", args=[pk]))
    context = {"campaign": shown, "form": form, "today": today, "taken": places_taken(shown)}
    context |= _found(request, shown)
    part = "followups/campaigns/_attendance.html"
    template = part if request.htmx else "followups/campaigns/attendance.html"
    return render(request, template, context, status=status)


def _mark(request: StaffRequest, shown: Campaign, form: AttendanceForm) -> None:
    said = form.cleaned_data
    if said["customer"]:
        customer = get_object_or_404(
            Customer.objects.visible_to(request.user).current(), pk=said["customer"]
        )
        services.walk_in(shown.pk, customer=customer, on=said["on"], by=request.user)
        text = _("%(customer)s came.") % {"customer": customer}
        messages.success(request, text)
        return
    on = None if said["undo"] else said["on"]
    marked = services.mark_attendance(shown.pk, came=said["came"], on=on, by=request.user)
    names = ", ".join(str(each.customer) for each in marked)
    text = _("Taken back: %(names)s.") if said["undo"] else _("Came: %(names)s.")
    if marked:
        messages.success(request, text % {"names": names})


def _found(request: StaffRequest, shown: Campaign) -> dict[str, Any]:
    """Return whom the typed may mean: invited ones to tick, others who may have walked in."""
    typed = request.GET.get("q", "").strip()[:100]
    rows = invited(request.user).filter(campaign=shown)
    came = rows.filter(attended_on__isnull=False)
    context: dict[str, Any] = {
        "q": typed,
        "came": came.order_by("-attended_on", "-version", "-pk")[:MOST_FOUND],
        "came_count": came.count(),
    }
    if not typed:
        coming = rows.coming().filter(attended_on=None)
        return context | {"found": coming.order_by("customer__sort_key", "pk")[:MOST_FOUND]}
    hits = search(typed, user=request.user, limit=MOST_FOUND)
    keys = [hit.customer_id for hit in hits if hit.customer_id]
    found = list(rows.filter(customer__in=keys))
    known = {each.customer_id for each in found}
    others = {
        hit.customer_id: hit for hit in hits if hit.customer_id and hit.customer_id not in known
    }
    return context | {"found": found, "others": list(others.values())}


def _narrowed_to(page: ListPage) -> Campaign | None:
    if not page.is_asked:
        return None
    campaign: Campaign | None = page.filters.form.cleaned_data.get("campaign")
    return campaign


def _sentence(refusal: Exception) -> str:
    if isinstance(refusal, ValidationError):
        return " ".join(refusal.messages)
    return str(refusal)
