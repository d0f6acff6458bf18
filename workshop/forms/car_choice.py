"""Finding the car that came in by whatever somebody remembers of it or of its people."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.models import User
from customers import search
from customers.models import Customer, Vehicle, VehicleRelation

MOST_OFFERED = 12


@dataclass(frozen=True)
class Car:
    """A vehicle, and who comes with it as far as that is known."""

    vehicle: Vehicle
    customer: Customer | None


class CarForm(forms.Form):
    what = forms.CharField(
        label=_("Vehicle or customer"),
        max_length=100,
        help_text=_("Plate, VIN, unit number, phone or name"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}
        ),
    )


def cars_like(typed: str, *, user: User) -> list[Car]:
    """Return the vehicles that the words may mean, and those of the people they may mean."""
    hits = search.search(typed, user=user, limit=MOST_OFFERED)
    vehicles = Vehicle.objects.visible_to(user).in_bulk(
        [hit.vehicle_id for hit in hits if hit.vehicle_id]
    )
    people = Customer.objects.visible_to(user).in_bulk(
        [hit.customer_id for hit in hits if hit.customer_id]
    )
    cars = {
        hit.vehicle_id: Car(vehicles[hit.vehicle_id], people.get(hit.customer_id or 0))
        for hit in hits
        if hit.vehicle_id in vehicles
    }
    without_vehicle = [hit.customer_id for hit in hits if not hit.vehicle_id]
    for car in cars_of(without_vehicle, user=user):
        cars.setdefault(car.vehicle.pk, car)
    return list(cars.values())[:MOST_OFFERED]


def cars_of(customers: list[int | None], *, user: User) -> list[Car]:
    """Return the vehicles that these customers own, bring or pay for today."""
    relations = (
        VehicleRelation.objects.current()
        .filter(customer__in=customers, vehicle__in=Vehicle.objects.visible_to(user))
        .select_related("customer", "vehicle")
        .order_by("customer_id", "-during", "pk")
    )
    return [Car(relation.vehicle, relation.customer) for relation in relations[:MOST_OFFERED]]
