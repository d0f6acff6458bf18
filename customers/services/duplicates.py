"""Files that may be of one customer: shown while one types, and judged from a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from aftersales.models import User
from customers import phones as phone_numbers
from customers import rules
from customers.models import Customer, DuplicatePair, DuplicateReason, Phone, VehicleRelation

MOST_SHOWN = 10


@dataclass
class PossibleDuplicate:
    """A customer who is known already, why he may be the same one, and what both share."""

    customer: Customer
    shared: dict[DuplicateReason, str] = field(default_factory=dict)


def possible_duplicates(
    *, user: User, phones: Sequence[str], plate: str, vin: str
) -> list[PossibleDuplicate]:
    """Return the visible customers with one of these numbers, or who now have this vehicle.

    The name alone never makes a duplicate. At most ten, in two queries.

    Source: FIL-10.
    """
    visible = Customer.objects.visible_to(user).current()
    found: dict[int, PossibleDuplicate] = {}
    for phone in _with_numbers(phones, visible):
        duplicate = found.setdefault(phone.customer_id, PossibleDuplicate(phone.customer))
        duplicate.shared[DuplicateReason.PHONE] = phone.typed
    plate, vin = rules.normalized_plate(plate), rules.normalized_vin(vin)
    for held in _having_vehicle(plate, vin, visible):
        duplicate = found.setdefault(held.customer_id, PossibleDuplicate(held.customer))
        if plate and held.vehicle.plate == plate:
            duplicate.shared[DuplicateReason.PLATE] = plate
        if vin and held.vehicle.vin == vin:
            duplicate.shared[DuplicateReason.VIN] = vin
    return list(found.values())[:MOST_SHOWN]


def dismiss_pair(pair_id: int, *, by: User, now: datetime) -> None:
    """Say that the two are different customers; the pair leaves the list for good."""
    open_pair = DuplicatePair.objects.filter(pk=pair_id, dismissed_at=None)
    open_pair.update(dismissed_at=now, dismissed_by=by)


def restore_pair(pair_id: int) -> None:
    """Put a dismissed pair back on the list."""
    DuplicatePair.objects.filter(pk=pair_id).update(dismissed_at=None, dismissed_by=None)


def _with_numbers(typed: Sequence[str], visible: QuerySet[Customer]) -> Iterable[Phone]:
    numbers = [phone_numbers.parse(number) for number in typed]
    dialed = [number.e164 for number in numbers if number.e164]
    # What is no valid number can still be the same one, typed the same way.
    digits = ["".join(filter(str.isdecimal, number.typed)) for number in numbers if number.tail]
    if not (dialed or digits):
        return []
    same = Q(e164__in=dialed) | Q(reversed_digits__in=[text[::-1] for text in digits])
    phones = Phone.objects.filter(same, customer__in=visible).select_related("customer")
    return phones.order_by("customer_id")[:MOST_SHOWN]


def _having_vehicle(plate: str, vin: str, visible: QuerySet[Customer]) -> Iterable[VehicleRelation]:
    if not (plate or vin):
        return []
    same = Q(vehicle__plate=plate) & ~Q(vehicle__plate="")
    same |= Q(vehicle__vin=vin) & ~Q(vehicle__vin="")
    held = VehicleRelation.objects.current().filter(same, customer__in=visible)
    return held.select_related("customer", "vehicle").order_by("customer_id")[:MOST_SHOWN]
