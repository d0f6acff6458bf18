"""The first visit of a customer: his file and the vehicle he came with, together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from aftersales.history import changes_by
from aftersales.models import User
from customers.models import Customer, Relation, Vehicle
from customers.services.files import PhoneEntry, open_file
from customers.services.relations import change_owner, relate
from customers.services.vehicles import VehicleKnown, add_vehicle, update_vehicle


@dataclass(frozen=True)
class VehicleEntry:
    """The vehicle as typed, what the customer is to it, and whether one known here is meant."""

    fields: Mapping[str, Any]
    relation: str
    is_known: bool = False


def open_file_with_vehicle(
    *,
    by: User,
    today: date,
    fields: dict[str, Any],
    phones: Sequence[PhoneEntry],
    vehicle: VehicleEntry | None,
) -> Customer:
    """Open a customer file together with a vehicle, new or known here.

    Of a known vehicle only the empty fields are filled; a new owner ends the time of the old one.

    Raises:
        VehicleKnown: another vehicle has this VIN or plate, and the entry does not mean it.
        ValidationError, ImplausibleMileage, WrongDay: what is wrong with the vehicle.
        PhoneAlreadyInFile: the same number stands in `phones` twice.

    Source: FIL-02, F1.
    """
    with changes_by(by):
        customer = open_file(by=by, today=today, fields=fields, phones=phones)
        if vehicle is None:
            return customer
        brought = _known_or_added(vehicle, by=by, today=today)
        if vehicle.relation == Relation.OWNER:
            change_owner(brought.pk, customer_id=customer.pk, since=today, by=by)
        else:
            relate(
                brought.pk, customer_id=customer.pk, relation=vehicle.relation, since=today, by=by
            )
    return customer


def judge_vehicle(vehicle: VehicleEntry, *, by: User, today: date) -> None:
    """Raise what stands against the vehicle of a file that cannot be opened yet; write nothing.

    Raises:
        VehicleKnown, ValidationError, ImplausibleMileage: as `open_file_with_vehicle`.
    """
    with transaction.atomic():
        _known_or_added(vehicle, by=by, today=today)
        transaction.set_rollback(True)


def _known_or_added(entry: VehicleEntry, *, by: User, today: date) -> Vehicle:
    try:
        with transaction.atomic():
            return add_vehicle(by=by, today=today, fields=entry.fields, owner_id=None, since=None)
    except VehicleKnown as refusal:
        if not entry.is_known:
            raise
        known = refusal.vehicle
    changes = {
        name: value
        for name, value in entry.fields.items()
        if value not in (None, "") and getattr(known, name) in (None, "")
    }
    return update_vehicle(known.pk, by=by, version=known.version, changes=changes, today=today)
