"""Who owns a vehicle, brings it and pays for it: added, handed over, ended."""

from __future__ import annotations

from http import HTTPStatus

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from aftersales import days
from aftersales.http import StaffRequest
from aftersales.refusals import Refusal
from customers.forms.vehicle import EndRelationForm, RelationForm, SinceForm
from customers.models import Customer, Vehicle, VehicleRelation
from customers.services import relations
from customers.views.vehicles import changed, section, vehicle_of

SECTION = "customers/vehicle/_relations.html"


@require_http_methods(["GET", "HEAD", "POST"])
def relate(request: StaffRequest, pk: int) -> HttpResponse:
    """Record that somebody owns, brings or pays for a vehicle."""
    vehicle = vehicle_of(request, pk)
    today = days.today()
    form = RelationForm(
        request.POST or None, user=request.user, today=today, initial={"since": today}
    )
    if form.is_valid():
        try:
            relations.relate(
                pk,
                customer_id=form.cleaned_data["customer"].pk,
                relation=form.cleaned_data["relation"],
                since=form.cleaned_data["since"],
                by=request.user,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return changed(request, pk, SECTION, "relations")
    return _section(request, vehicle, form, is_adding=True)


@require_http_methods(["GET", "HEAD", "POST"])
def change_owner(request: StaffRequest, pk: int) -> HttpResponse:
    """Hand the vehicle over to a new owner."""
    vehicle = vehicle_of(request, pk)
    today = days.today()
    form = SinceForm(request.POST or None, user=request.user, today=today, initial={"since": today})
    if form.is_valid():
        try:
            relations.change_owner(
                pk,
                customer_id=form.cleaned_data["customer"].pk,
                since=form.cleaned_data["since"],
                by=request.user,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return changed(request, pk, SECTION, "relations")
    return _section(request, vehicle, form, is_handing_over=True)


@require_http_methods(["GET", "HEAD", "POST"])
def end_relation(request: StaffRequest, pk: int) -> HttpResponse:
    """Say when a relation ended."""
    current = VehicleRelation.objects.current().select_related("vehicle")
    seen = current.filter(
        vehicle__in=Vehicle.objects.visible_to(request.user),
        customer__in=Customer.objects.visible_to(request.user),
    )
    held = get_object_or_404(seen, pk=pk)
    today = days.today()
    form = EndRelationForm(request.POST or None, today=today, initial={"ended_on": today})
    if form.is_valid():
        try:
            relations.end_relation(pk, on=form.cleaned_data["ended_on"], by=request.user)
        except Refusal as refusal:
            form.add_error("ended_on", str(refusal))
        else:
            return changed(request, held.vehicle_id, SECTION, "relations")
    return _section(request, held.vehicle, form, ending=pk)


def _section(
    request: StaffRequest, vehicle: Vehicle, form: Form, **context: object
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return section(request, vehicle, SECTION, {"form": form, **context}, status)
