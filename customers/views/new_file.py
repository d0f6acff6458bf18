"""Opening the file of a new customer."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aftersales import days
from aftersales.http import StaffRequest
from aftersales.refusals import Refusal
from customers.forms.new_file import NewFileForms, with_another_row, without_row
from customers.models import Vehicle
from customers.services.new_files import judge_vehicle, open_file_with_vehicle
from customers.services.vehicles import ImplausibleMileage, VehicleKnown


@require_http_methods(["GET", "POST"])
def create(request: StaffRequest) -> HttpResponse:
    """Open a file; until then what is typed stays in the page."""
    if request.method == "GET":
        return _page(request, NewFileForms.empty())
    if rows := _rows_changed(request.POST):
        return _page(request, NewFileForms.being_typed(rows))
    forms = NewFileForms.sent(request.POST)
    context: dict[str, Any] = {}
    try:
        if forms.is_valid():
            save = partial(_open, request, forms)
            if address := forms.customer.save_once(by=request.user, save=save):
                return redirect(address)
        elif forms.vehicle.is_valid() and forms.vehicle.entry:
            judge_vehicle(forms.vehicle.entry, by=request.user, today=days.today())
    except ValidationError as error:
        forms.refuse_vehicle(error)
    except Refusal as refusal:
        context["known_vehicle"] = _refuse(request, forms, refusal)
    return _page(request, forms, HTTPStatus.UNPROCESSABLE_ENTITY, **context)


def _open(request: StaffRequest, forms: NewFileForms) -> str:
    customer = open_file_with_vehicle(
        by=request.user,
        today=days.today(),
        fields=forms.customer.file_fields,
        phones=forms.phones.entries,
        vehicle=forms.vehicle.entry,
    )
    messages.success(request, _("File %(number)s was opened.") % {"number": customer.file_no})
    for phone in customer.phones.filter(e164=""):
        messages.warning(
            request,
            _("%(number)s is not a valid phone number. It was kept as it was typed.")
            % {"number": phone.typed},
        )
    return customer.get_absolute_url()


def _refuse(request: StaffRequest, forms: NewFileForms, refusal: Refusal) -> Vehicle | None:
    """Say beside the field why not; return the known vehicle that the writer may have meant."""
    if isinstance(refusal, VehicleKnown):
        forms.vehicle.add_error(refusal.field, str(refusal))
        forms.vehicle.ask_whether_known()
        visible = Vehicle.objects.visible_to(request.user)
        return visible.filter(pk=refusal.vehicle.pk).first()
    field = "mileage" if isinstance(refusal, ImplausibleMileage) else None
    forms.vehicle.add_error(field, str(refusal))
    return None


def _rows_changed(data: QueryDict) -> QueryDict | None:
    if "add-phone" in data:
        return with_another_row(data)
    row = data.get("remove-phone", "")
    return without_row(data, int(row)) if row.isdecimal() else None


def _page(
    request: StaffRequest, forms: NewFileForms, status: int = HTTPStatus.OK, **context: Any
) -> HttpResponse:
    return render(request, "customers/new_file.html", {"forms": forms, **context}, status=status)
