"""Checking a car in: finding it, then opening its order."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aftersales.http import StaffRequest
from aftersales.refusals import Refusal
from customers.models import Customer, Vehicle
from workshop.forms.car_choice import CarForm, cars_like, cars_of
from workshop.forms.orders import NewOrderForm
from workshop.services import orders
from workshop.views.orders import explain


@require_http_methods(["GET", "HEAD", "POST"])
def create_order(request: StaffRequest) -> HttpResponse:
    """Open an order for the `vehicle` of the address; without one, find the car first."""
    key = request.GET.get("vehicle", "")
    if not key.isdecimal():
        return _ask_for_car(request)
    vehicle = get_object_or_404(Vehicle.objects.visible_to(request.user), pk=key)
    now = timezone.now()
    form = NewOrderForm(
        request.POST or None,
        by=request.user,
        vehicle=vehicle,
        now=now,
        initial={"checked_in_at": now, "advisor": request.user, **request.GET.dict()},
    )
    context: dict[str, Any] = {"form": form, "vehicle": vehicle}
    if form.is_valid():
        try:
            if address := form.save_once(
                by=request.user, save=partial(_check_in, request, form, vehicle)
            ):
                return redirect(address)
        except (ValidationError, Refusal) as refusal:
            explain(form, refusal)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "workshop/create_order.html", context, status=status)


@require_POST
def find_car(request: StaffRequest) -> HttpResponse:
    """Offer the cars that the words may mean; nothing typed goes into an address."""
    form = CarForm(request.POST)
    cars = cars_like(form.cleaned_data["what"], user=request.user) if form.is_valid() else []
    template = "workshop/_cars.html" if request.htmx else "workshop/find_car.html"
    return render(request, template, {"form": form, "cars": cars, "has_looked": form.is_valid()})


def _ask_for_car(request: StaffRequest) -> HttpResponse:
    """Ask which car came in, offering those of the `customer` whom the address may name."""
    key = request.GET.get("customer", "")
    customers = Customer.objects.visible_to(request.user).filter(pk=key) if key.isdecimal() else []
    context = {
        "form": CarForm(),
        "cars": cars_of([customer.pk for customer in customers], user=request.user),
        "customer": next(iter(customers), None),
    }
    return render(request, "workshop/find_car.html", context)


def _check_in(request: StaffRequest, form: NewOrderForm, vehicle: Vehicle) -> str:
    customer = form.cleaned_data["customer"]
    order = orders.check_in(
        by=request.user,
        now=timezone.now(),
        fields=form.values | {"customer": customer, "vehicle": vehicle},
        mileage_reason=form.cleaned_data["mileage_reason"],
    )
    messages.success(request, _("Order %(number)s is open.") % {"number": order.number})
    return order.get_absolute_url()
