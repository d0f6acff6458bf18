"""When a customer file is complete, for one file and for all of them at once (FIL-02, FIL-05)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _

from customers import rules

if TYPE_CHECKING:
    from customers.models.customer import Customer, CustomerQuerySet
    from customers.models.vehicle import Vehicle


class Needed(models.TextChoices):
    """What a complete file has; the values are those of `customers.rules`."""

    NAME = "name", _("customer name")
    ADDRESS = "address", _("address")
    PHONE = "phone", _("phone number that works")
    WISHED_SERVICES = "wished_services", _("wished services")
    NEXT_TOPIC = "next_topic", _("topic of the next contact")
    NEXT_TALKING_POINTS = "next_talking_points", _("talking points")
    NEXT_CONTACT_ON = "next_contact_on", _("planned contact on")
    VEHICLE = "vehicle", _("vehicle")
    VEHICLE_MODEL = "vehicle_model", _("vehicle model")
    VEHICLE_CATEGORY = "vehicle_category", _("vehicle category")
    MAINTENANCE_INTERVAL = "maintenance_interval", _("maintenance interval")
    NEXT_MAINTENANCE = "next_maintenance", _("next maintenance")

    @property
    def is_about_vehicle(self) -> bool:
        return self == Needed.VEHICLE or self.value in rules.VEHICLE_NEEDS


def missing_in(customer: Customer) -> list[Needed]:
    """Return what a file lacks, in the order of form F1."""
    values = {
        Needed.NAME: customer.name,
        Needed.ADDRESS: customer.address,
        Needed.PHONE: any(phone.is_usable for phone in customer.phones.all()),
        Needed.WISHED_SERVICES: customer.wished_services,
        Needed.NEXT_TOPIC: customer.next_topic,
        Needed.NEXT_TALKING_POINTS: customer.next_talking_points,
        Needed.NEXT_CONTACT_ON: customer.next_contact_on,
    }
    filled = {need for need, value in values.items() if value}
    vehicles = [
        _filled_for(relation.vehicle)
        for relation in customer.vehicle_relations.all()
        if relation.during.upper is None
    ]
    return [Needed(need) for need in rules.missing_in_file(filled, vehicles)]


def of_file(customers: CustomerQuerySet) -> Q:
    """Return the condition that a file lacks nothing, as `missing_in` finds it."""
    this_one = customers.filter(pk=OuterRef("pk"))
    has_phone = this_one.filter(phones__is_bad=False, phones__e164__gt="")
    vehicle = "vehicle_relations__vehicle"
    has_vehicle = this_one.filter(
        Q(**{f"{vehicle}__maintenance_months__isnull": False})
        | Q(**{f"{vehicle}__maintenance_km__isnull": False}),
        Q(**{f"{vehicle}__next_maintenance_on__isnull": False})
        | Q(**{f"{vehicle}__next_maintenance_km__isnull": False}),
        vehicle_relations__during__upper_inf=True,
        **{f"{vehicle}__model__gt": "", f"{vehicle}__category__gt": ""},
    )
    # What the row itself says is looked at first.
    says_enough = Q(
        name__gt="",
        address__gt="",
        wished_services__gt="",
        next_topic__gt="",
        next_talking_points__gt="",
        next_contact_on__isnull=False,
    )
    return says_enough & Q(_finds_one(has_phone)) & Q(_finds_one(has_vehicle))


def _finds_one(found: CustomerQuerySet) -> IsNull:
    """Return the condition that a correlated query finds something, asked row by row.

    For an EXISTS the planner may read both tables whole, to know it for all customers at once,
    although a page shows fifty.
    """
    return IsNull(Subquery(found.order_by().values("pk")[:1]), False)


def _filled_for(vehicle: Vehicle) -> set[str]:
    values = {
        Needed.VEHICLE_MODEL: vehicle.model,
        Needed.VEHICLE_CATEGORY: vehicle.category,
        Needed.MAINTENANCE_INTERVAL: (vehicle.maintenance_months, vehicle.maintenance_km),
        Needed.NEXT_MAINTENANCE: (vehicle.next_maintenance_on, vehicle.next_maintenance_km),
    }
    return {need for need, value in values.items() if value and value != (None, None)}
