"""Vehicles: what identifies them, and how far they have run.

Wrong values are refused with a ValidationError that names the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.days import FIRST_DAY
from aftersales.history import changed_since, changes_by
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile, Refusal
from customers import rules
from customers.models import Relation, Vehicle
from customers.services.relations import relate

IDENTITY = {
    "vin": gettext_lazy("VIN"),
    "plate": gettext_lazy("plate number"),
    "unit_no": gettext_lazy("unit number"),
}
MILEAGE = ("mileage", "mileage_read_on", "mileage_reason")
PAST = ("purchased_on", "mileage_read_on")

WRONG_VIN = {
    "length": gettext_lazy("A VIN has 17 characters, this one has %(length)s."),
    "letters": gettext_lazy(
        "A VIN has only the letters A to Z and digits, and never I, O or Q: look for 1 and 0."
    ),
    "check_digit": gettext_lazy(
        "The ninth character should be %(expected)s, not %(found)s. "
        "Compare the VIN with the vehicle license."
    ),
}


class ImplausibleMileage(Refusal):
    """The reading does not fit the last one, and nobody gave a reason."""

    def __init__(self, vehicle: Vehicle) -> None:
        super().__init__(
            _(
                "The last reading was %(km)s km on %(day)s. "
                "If the new one is right, please say why it is lower or so much higher."
            )
            % {
                "km": number_format(vehicle.mileage, force_grouping=True),
                "day": _written(vehicle.mileage_read_on),
            }
            if vehicle.mileage is not None and vehicle.mileage_read_on
            else _("More than %(km)s km: if that is right, please say why.")
            % {"km": number_format(rules.MOST_KM, force_grouping=True)}
        )
        self.vehicle = vehicle


class VehicleKnown(Refusal):
    """Another vehicle has this VIN, plate or unit number: `vehicle`, by its `field`."""

    def __init__(self, field: str, vehicle: Vehicle) -> None:
        super().__init__(_("Another vehicle has this %(label)s.") % {"label": IDENTITY[field]})
        self.field, self.vehicle = field, vehicle


def cleaned(fields: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """Return the fields with VIN, plate and unit number normalized.

    Raises:
        ValidationError: a VIN, plate or date that cannot be; by field.

    Source: REC-22.
    """
    clean = dict(fields)
    errors: dict[str, str] = {}
    if "vin" in clean:
        clean["vin"] = vin = rules.normalized_vin(clean["vin"])
        if vin and (problem := rules.check_vin(vin).error):
            errors["vin"] = _about_vin(problem, vin)
    if "plate" in clean:
        clean["plate"] = plate = rules.normalized_plate(clean["plate"])
        if plate and not rules.is_possible_plate(plate):
            errors["plate"] = _("A plate has 2 to 12 letters and digits.")
    if "unit_no" in clean:
        clean["unit_no"] = clean["unit_no"].strip()
    for name in PAST:
        if clean.get(name) and clean[name] > today:
            errors[name] = _("This day has not come yet.")
        elif clean.get(name) and clean[name] < FIRST_DAY:
            errors[name] = _("This is too long ago to be right.")
    if errors:
        raise ValidationError(errors)
    return clean


def warnings(vehicle: Vehicle) -> dict[str, str]:
    """Return what is odd but allowed about VIN and plate, by field."""
    odd = {}
    if vehicle.vin and (problem := rules.check_vin(vehicle.vin).warning):
        odd["vin"] = _about_vin(problem, vehicle.vin)
    if vehicle.plate and not rules.is_known_plate(vehicle.plate):
        odd["plate"] = _("Not a plate of mainland China or Korea. Please compare it once more.")
    return odd


def add_vehicle(
    *, by: User, today: date, fields: Mapping[str, Any], owner_id: int | None, since: date | None
) -> Vehicle:
    """Add a vehicle, and its owner if he is known, from `since` or else from today.

    Raises:
        ValidationError: a value that cannot be, or nothing to tell the vehicle by.
        VehicleKnown: another vehicle has this VIN, plate or unit number.
        ImplausibleMileage: too high, without a reason.
        FileWasMerged: the owner's file is part of another one.
    """
    fields = cleaned(fields, today=today)
    if since and since > today:
        raise ValidationError({"since": _("This day has not come yet.")})
    with changes_by(by):
        vehicle = Vehicle(created_by=by)
        _read_mileage(vehicle, fields, today=today)
        _save(vehicle, {name: fields[name] for name in fields if name not in MILEAGE})
        if owner_id is not None:
            relate(
                vehicle.pk, customer_id=owner_id, relation=Relation.OWNER,
                since=since or today, by=by,
            )  # fmt: skip
    return vehicle


def update_vehicle(
    vehicle_id: int, *, by: User, version: int, changes: Mapping[str, Any], today: date
) -> Vehicle:
    """Change fields of a vehicle, unless somebody else changed the same ones since.

    Args:
        version: the version that the writer saw when he began to type.

    Raises:
        ChangedMeanwhile: one of these fields was changed since `version`.
        ValidationError, VehicleKnown, ImplausibleMileage: as when a vehicle is added.
    """
    changes = cleaned(changes, today=today)
    with changes_by(by):
        vehicle = Vehicle.objects.select_for_update().get(pk=vehicle_id)
        if vehicle.version != version and changed_since(vehicle, version, changes):
            raise ChangedMeanwhile(vehicle)
        _read_mileage(vehicle, changes, today=today)
        _save(vehicle, {name: changes[name] for name in changes if name not in MILEAGE})
    return vehicle


def record_mileage(vehicle_id: int, *, km: int, read_on: date, reason: str, by: User) -> Vehicle:
    """Note a reading of the odometer; one from before the last reading is only judged.

    Raises:
        ImplausibleMileage: it does not fit the last reading and `reason` is empty.

    Source: REC-22.
    """
    with changes_by(by):
        vehicle = Vehicle.objects.select_for_update().get(pk=vehicle_id)
        if vehicle.mileage_read_on is None or read_on >= vehicle.mileage_read_on:
            _take_reading(vehicle, km, read_on, reason)
            vehicle.save(update_fields=MILEAGE)
            vehicle.refresh_from_db()
        elif not reason and not _fits(vehicle, km, read_on):
            raise ImplausibleMileage(vehicle)
    return vehicle


def _save(vehicle: Vehicle, values: Mapping[str, Any]) -> None:
    """Set the values and save, saying which vehicle is in the way if one is."""
    for name, value in values.items():
        setattr(vehicle, name, value)
    if not any(getattr(vehicle, name) for name in IDENTITY):
        raise ValidationError({"vin": _("A vehicle without a plate needs its VIN.")})
    try:
        with transaction.atomic():
            if vehicle.pk:
                vehicle.save(update_fields=[*values, *MILEAGE])
            else:
                vehicle.save(force_insert=True)
    except IntegrityError as error:
        for name in IDENTITY:
            known = Vehicle.objects.exclude(pk=vehicle.pk).exclude(**{name: ""})
            if other := known.filter(**{name: getattr(vehicle, name)}).first():
                raise VehicleKnown(name, other) from error
        raise
    vehicle.refresh_from_db()


def _read_mileage(vehicle: Vehicle, values: Mapping[str, Any], *, today: date) -> None:
    """Take over a new reading among `values`, by default read today."""
    km = values.get("mileage", vehicle.mileage)
    if km is None:
        vehicle.mileage, vehicle.mileage_read_on, vehicle.mileage_reason = None, None, ""
    elif km == vehicle.mileage:
        vehicle.mileage_read_on = values.get("mileage_read_on") or vehicle.mileage_read_on
    else:
        read_on = values.get("mileage_read_on") or today
        _take_reading(vehicle, km, read_on, values.get("mileage_reason", ""))


def _take_reading(vehicle: Vehicle, km: int, read_on: date, reason: str) -> None:
    fits = _fits(vehicle, km, read_on)
    if not fits and not reason:
        raise ImplausibleMileage(vehicle)
    vehicle.mileage, vehicle.mileage_read_on = km, read_on
    vehicle.mileage_reason = "" if fits else reason


def _fits(vehicle: Vehicle, km: int, read_on: date) -> bool:
    return rules.mileage_is_plausible(
        last=vehicle.mileage, last_read_on=vehicle.mileage_read_on, reading=km, read_on=read_on
    )


def _about_vin(problem: str, vin: str) -> str:
    expected = rules.check_digit(vin) if problem == "check_digit" else ""
    return WRONG_VIN[problem] % {"length": len(vin), "expected": expected, "found": vin[8:9]}


def _written(day: date | None) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""
