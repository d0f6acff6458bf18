"""One vehicle: added, shown, and edited in groups of fields."""

from __future__ import annotations

from copy import copy
from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms import ModelForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aftersales import days
from aftersales.changes import Change, changes
from aftersales.http import StaffRequest
from aftersales.refusals import ChangedMeanwhile, Refusal
from customers import people
from customers.forms.vehicle import GROUPS, NewVehicleForm
from customers.models import Customer, Vehicle, VehicleRelation
from customers.services import vehicles
from customers.views.conflicts import compared

FORM = "customers/vehicle/_group_form.html"
SECTIONS = (*GROUPS, "relations")
CHANGES_SHOWN = 50


@require_safe
def vehicle(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a vehicle with everybody who has to do with it, and its orders."""
    shown = vehicle_of(request, pk)
    return render(request, "customers/vehicle/vehicle.html", page_context(request, shown))


@require_http_methods(["GET", "HEAD", "POST"])
def create_vehicle(request: StaffRequest) -> HttpResponse:
    """Add a vehicle, and its owner if he is known."""
    owner = {"customer": request.GET.get("customer", "")}
    form = NewVehicleForm(request.POST or None, user=request.user, initial=owner)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            if address := form.save_once(by=request.user, save=partial(_add, request, form)):
                return redirect(address)
        except (ValidationError, Refusal) as refusal:
            context["known_vehicle"] = _refuse(request, form, refusal)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "customers/vehicle/create.html", context, status=status)


@require_safe
def vehicle_group(request: StaffRequest, pk: int, group: str) -> HttpResponse:
    """Show a group of fields, as after “Cancel”."""
    if group not in SECTIONS:
        raise Http404
    shown = vehicle_of(request, pk)
    if not request.htmx:
        return redirect(f"{shown.get_absolute_url()}#{group}")
    return section(request, shown, f"customers/vehicle/_{group}.html", {})


@require_http_methods(["GET", "HEAD", "POST"])
def edit_vehicle(request: StaffRequest, pk: int, group: str) -> HttpResponse:
    """Edit a group of fields in its place."""
    if group not in GROUPS:
        raise Http404
    shown = vehicle_of(request, pk)
    # The form writes what was typed into its instance; the page still shows the saved one.
    form = GROUPS[group](
        request.POST or None, instance=copy(shown), initial={"version": shown.version}
    )
    context: dict[str, Any] = {"form": form, "group": group}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        try:
            vehicles.update_vehicle(
                pk,
                by=request.user,
                version=form.cleaned_data["version"],
                changes=form.values,
                today=days.today(),
            )
        except ChangedMeanwhile as conflict:
            context |= compared(form, form.values, conflict)
            status = HTTPStatus.CONFLICT
        except (ValidationError, Refusal) as refusal:
            context["known_vehicle"] = _refuse(request, form, refusal)
        else:
            return changed(request, pk, f"customers/vehicle/_{group}.html", group)
    return section(request, shown, FORM, context, status)


@require_safe
def vehicle_history(request: StaffRequest, pk: int) -> HttpResponse:
    """Show who changed what about a vehicle, and who owned it when."""
    shown = vehicle_of(request, pk)
    found = changes(Vehicle, Q(pgh_obj=pk), limit=CHANGES_SHOWN)
    if request.user.has_perm("customers.view_customer"):
        found += changes(VehicleRelation, Q(vehicle=pk), limit=CHANGES_SHOWN)
    found.sort(key=lambda change: change.at, reverse=True)
    history = [(_title(change), change) for change in found[:CHANGES_SHOWN]]
    context = {"vehicle": shown, "history": history}
    return render(request, "customers/vehicle/history.html", context)


def _title(change: Change) -> str:
    if change.model is Vehicle:
        return _("Vehicle")
    return _("%(relation)s: %(customer)s") % change.values


def vehicle_of(request: StaffRequest, pk: int) -> Vehicle:
    """Return a vehicle, with 404 for a foreign one."""
    return get_object_or_404(Vehicle.objects.visible_to(request.user), pk=pk)


def page_context(request: StaffRequest, vehicle: Vehicle) -> dict[str, Any]:
    """Return what the page and its sections show: the vehicle, its people, what is odd."""
    visible = Customer.objects.visible_to(request.user)
    relations = vehicle.relations.filter(customer__in=visible).select_related("customer")
    return {
        "vehicle": vehicle,
        "relations": relations.annotate(phone_tail=people.phone_tail("customer")).order_by(
            "-during", "pk"
        ),
        "odd": vehicles.warnings(vehicle),
    }


def section(
    request: StaffRequest,
    vehicle: Vehicle,
    template: str,
    context: dict[str, Any],
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Answer with a section: htmx puts it in its place, else it gets a page of its own."""
    context = {**page_context(request, vehicle), **context}
    if not request.htmx:
        context["section"] = template
        template = "customers/vehicle/section_page.html"
    return render(request, template, context, status=status)


def changed(request: StaffRequest, pk: int, template: str, anchor: str) -> HttpResponse:
    """Answer a change with the section as it is now, and the head of the page with it."""
    shown = vehicle_of(request, pk)
    if not request.htmx:
        return redirect(f"{shown.get_absolute_url()}#{anchor}")
    context = {**page_context(request, shown), "section": template}
    return render(request, "customers/vehicle/_saved.html", context)


def _add(request: StaffRequest, form: NewVehicleForm) -> str:
    owner = form.cleaned_data["customer"]
    added = vehicles.add_vehicle(
        by=request.user,
        today=days.today(),
        fields=form.values,
        owner_id=owner and owner.pk,
        since=form.cleaned_data["since"],
    )
    messages.success(request, _("Vehicle %(vehicle)s was added.") % {"vehicle": added})
    return added.get_absolute_url()


def _refuse(
    request: StaffRequest, form: ModelForm[Any], refusal: ValidationError | Refusal
) -> Vehicle | None:
    """Say beside the field why not; return the vehicle in the way, if it may be seen."""
    if isinstance(refusal, ValidationError):
        form.add_error(None, refusal)
    elif isinstance(refusal, vehicles.VehicleKnown):
        form.add_error(refusal.field, str(refusal))
        visible = Vehicle.objects.visible_to(request.user)
        return visible.filter(pk=refusal.vehicle.pk).first()
    elif isinstance(refusal, vehicles.ImplausibleMileage):
        form.add_error("mileage_reason", str(refusal))
    else:
        form.add_error(None, str(refusal))
    return None
