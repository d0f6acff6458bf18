"""The targets of an import: what a column of a file can be, and how its cells become values."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from import_export.widgets import Widget

from customers.models import Customer, Vehicle
from customers.rules import MOST_KM
from workshop.imports.moments import AnyDay, PastDay, PastMoment
from workshop.imports.widgets import (
    Email,
    Number,
    Paragraphs,
    Phone,
    Plate,
    Text,
    Vin,
    Word,
)
from workshop.models import ImportKind, RepairOrder

MODELS: dict[str, type[models.Model]] = {
    "order": RepairOrder,
    "vehicle": Vehicle,
    "customer": Customer,
}
LONGEST_PARAGRAPHS = 10_000
MOST_HOURS = 99_999
MOST_MONEY = 9_999_999_999


def _lines(target: str) -> Text:
    return Text(_column(target).max_length or 0)


def _column(target: str) -> models.Field[Any, Any]:
    entity, name = target.split(".")
    column = MODELS[entity]._meta.get_field(name)
    assert isinstance(column, models.Field)
    return column


WIDGETS: dict[str, Widget] = {
    "order.number": _lines("order.number"),
    "order.checked_in_at": PastMoment(),
    "order.kind": Text(100),  # read by the rules of the layout
    "order.state": Word("states"),
    "order.authorized_at": PastMoment(),
    "order.gate_out_at": PastMoment(),
    "order.advisor_name": _lines("order.advisor_name"),
    "order.bringer_name": _lines("order.bringer_name"),
    "order.bringer_phone": _lines("order.bringer_phone"),
    "order.mileage_in": Number(MOST_KM, 0),
    "order.mileage_out": Number(MOST_KM, 0),
    "order.concern": Paragraphs(LONGEST_PARAGRAPHS),
    "order.service_items": Paragraphs(LONGEST_PARAGRAPHS),
    "order.labor_hours": Number(MOST_HOURS, 2),
    "order.amount": Number(MOST_MONEY, 2),
    "order.payer": Word("payers"),
    "order.customer_amount": Number(MOST_MONEY, 2),
    "order.warranty_amount": Number(MOST_MONEY, 2),
    "order.insurer_amount": Number(MOST_MONEY, 2),
    "order.internal_amount": Number(MOST_MONEY, 2),
    "order.cancel_reason": _lines("order.cancel_reason"),
    "vehicle.vin": Vin(),
    "vehicle.plate": Plate(),
    "vehicle.unit_no": _lines("vehicle.unit_no"),
    "vehicle.engine_no": _lines("vehicle.engine_no"),
    "vehicle.model": _lines("vehicle.model"),
    "vehicle.color": _lines("vehicle.color"),
    "vehicle.purchased_on": PastDay(),
    "vehicle.mileage": Number(MOST_KM, 0),
    "vehicle.next_maintenance_on": AnyDay(),
    "vehicle.next_maintenance_km": Number(MOST_KM, 0),
    "vehicle.warranty_ends_on": AnyDay(),
    "vehicle.insurer": _lines("vehicle.insurer"),
    "vehicle.policy_ends_on": AnyDay(),
    "vehicle.inspection_due_on": AnyDay(),
    "vehicle.remarks": Paragraphs(LONGEST_PARAGRAPHS),
    "customer.file_no": _lines("customer.file_no"),
    "customer.name": _lines("customer.name"),
    "customer.phone": Phone(),
    "customer.contact_name": _lines("customer.contact_name"),
    "customer.title": _lines("customer.title"),
    "customer.birthday": PastDay(),
    "customer.address": _lines("customer.address"),
    "customer.postal_code": _lines("customer.postal_code"),
    "customer.district": _lines("customer.district"),
    "customer.email": Email(254),
    "customer.remarks": Paragraphs(LONGEST_PARAGRAPHS),
}
LABELS: dict[str, str | Promise] = {
    "order.amount": _("amount in all"),
    "order.payer": _("who pays"),
    "order.advisor_name": _("service advisor"),
    "customer.phone": _("phone number"),
}


def label_of(target: str) -> str | Promise:
    """Return what a field is called on pages."""
    return LABELS.get(target) or _column(target).verbose_name


CUSTOMER_OF_A_VEHICLE = ("customer.file_no", "customer.name", "customer.phone", "customer.address")
VEHICLE_IDS = frozenset({"vehicle.vin", "vehicle.plate", "vehicle.unit_no"})


def _targets(*entities: str, but: tuple[str, ...] = ()) -> tuple[str, ...]:
    return tuple(
        target for target in WIDGETS if target.split(".")[0] in entities and target not in but
    )


# What a file of each kind may say. Files of orders create customers and vehicles, but leave
# those that are known as they are; remarks and mileages of vehicles come from their own files.
TARGETS = {
    ImportKind.ORDERS: _targets(
        "order",
        "vehicle",
        "customer",
        but=("vehicle.mileage", "vehicle.remarks", "customer.remarks"),
    ),
    ImportKind.VEHICLES: (*_targets("vehicle"), *CUSTOMER_OF_A_VEHICLE),
    ImportKind.CUSTOMERS: _targets("customer"),
}
REQUIRED = {
    ImportKind.ORDERS: ("order.number", "order.checked_in_at", "customer.name"),
    ImportKind.VEHICLES: (),
    ImportKind.CUSTOMERS: ("customer.name",),
}
