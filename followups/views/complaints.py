"""The handling report of a complaint: filled in, printed as form F14, extended, linked."""

from __future__ import annotations

from copy import copy
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aftersales.http import StaffRequest
from aftersales.refusals import ChangedMeanwhile, Refusal
from customers.views.conflicts import compared
from followups.forms.complaints import ExtensionForm, HandlingForm, RepeatForm, about
from followups.models import Complaint, Matter
from followups.services import complaints as services
from followups.views.matters import with_page
from workshop.models import RepairOrder
from workshop.views.orders import explain


@require_http_methods(["GET", "HEAD", "POST"])
def change_complaint(request: StaffRequest, pk: int) -> HttpResponse:
    """Fill in the handling report of the complaint of a matter."""
    matter = _matter_of(request, pk)
    form = HandlingForm(
        request.POST or None,
        instance=copy(matter.complaint),
        initial={"version": matter.complaint.version},
    )
    context: dict[str, Any] = {"matter": matter, "complaint": matter.complaint, "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        try:
            services.fill(
                matter.complaint.pk,
                by=request.user,
                version=form.cleaned_data["version"],
                changes=form.changes,
            )
        except ChangedMeanwhile as conflict:
            context |= compared(form, form.typed, conflict)
            if about(conflict.current) != form.cleaned_data["about"]:
                form.add_error("about", _("Somebody else chose another one in the meantime."))
            status = HTTPStatus.CONFLICT
        except ValidationError as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The handling report is saved."))
            return redirect(matter)
    return render(request, "followups/complaints/change.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def extend_complaint(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a complaint more days, with the reason."""
    matter = _matter_of(request, pk)
    form = ExtensionForm(
        request.POST or None,
        instance=copy(matter.complaint),
        initial={"version": matter.complaint.version},
    )
    context: dict[str, Any] = {"matter": matter, "complaint": matter.complaint, "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        try:
            services.extend(
                matter.complaint.pk,
                by=request.user,
                version=form.cleaned_data["version"],
                close_by=form.cleaned_data["close_by"],
                reason=form.cleaned_data["extended_because"],
            )
        except ChangedMeanwhile as conflict:
            context |= compared(form, form.changes, conflict)
            status = HTTPStatus.CONFLICT
        except (ValidationError, Refusal) as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The complaint has more days."))
            return redirect(matter)
    return render(request, "followups/complaints/extend.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def link_complaint(request: StaffRequest, pk: int) -> HttpResponse:
    """Say which earlier complaint this one repeats."""
    matter = _matter_of(request, pk)
    complaint = matter.complaint
    earlier = Complaint.objects.visible_to(request.user).before(complaint)
    form = RepeatForm(
        request.POST or None,
        earlier=earlier.select_related("matter").order_by("-pk"),
        initial={"version": complaint.version, "repeats": complaint.repeats_id},
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        try:
            services.fill(
                complaint.pk,
                by=request.user,
                version=form.cleaned_data["version"],
                changes={"repeats": form.cleaned_data["repeats"]},
            )
        except ChangedMeanwhile as conflict:
            form.see(conflict.current.version)
            form.add_error(None, str(conflict))
            status = HTTPStatus.CONFLICT
        except ValidationError as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The link is saved."))
            return redirect(matter)
    context = {"matter": matter, "complaint": complaint, "form": form}
    return render(request, "followups/complaints/link.html", context, status=status)


@require_safe
def complaint_form(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the handling report as form F14, to be printed."""
    matter = _matter_of(request, pk)
    context = {"matter": matter, "complaint": matter.complaint, "order": _order_of(matter)}
    return render(request, "followups/complaints/form.html", context)


def _matter_of(request: StaffRequest, pk: int) -> Any:
    """Return the matter with its complaint; one that is no complaint has no such pages."""
    found = with_page(request.user).filter(complaint__isnull=False)
    return get_object_or_404(found, pk=pk)


def _order_of(matter: Matter) -> RepairOrder | None:
    """Return the last order before it was heard, of that car if one is named."""
    orders = RepairOrder.objects.filter(
        customer=matter.customer, checked_in_at__lte=matter.created_at
    )
    if matter.vehicle_id is not None:
        orders = orders.filter(vehicle=matter.vehicle_id)
    latest = orders.select_related("vehicle", "advisor").order_by("-checked_in_at", "-pk")
    return latest.first()
