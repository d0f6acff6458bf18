"""What cannot be right about a repair order, whoever writes it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from aftersales import days
from workshop.models import OrderKind, RepairOrder
from workshop.states import OrderState

AMOUNTS = ("customer_amount", "warranty_amount", "insurer_amount", "internal_amount")
# Each reading of the odometer, and when it was taken.
MILEAGES = {"mileage_in": "checked_in_at", "mileage_out": "gate_out_at"}
# The times that an order in a state has, in the order in which things happen.
TIMES: dict[str, tuple[str, ...]] = {
    OrderState.CHECKED_IN: ("checked_in_at",),
    OrderState.AUTHORIZED: ("checked_in_at", "authorized_at"),
    OrderState.RELEASED: ("checked_in_at", "authorized_at", "gate_out_at"),
}


def refuse_wrong_values(order: RepairOrder, *written: str, now: datetime) -> None:
    """Refuse what cannot be right of the fields that were written and of what hangs on them.

    What another system brought stays as it is until somebody writes it.

    Raises:
        ValidationError: by field.
    """
    wrong: dict[str, str] = {}
    if not set(TIMES[OrderState.RELEASED]).isdisjoint(written):
        wrong |= _wrong_times(order, now=now)
    if not MILEAGES.keys().isdisjoint(written):
        wrong |= _wrong_mileage(order)
    if not {"kind", "rework_of", "vehicle"}.isdisjoint(written):
        wrong |= _wrong_rework(order)
    for payer in AMOUNTS:
        if payer in written and getattr(order, payer) < 0:
            wrong[payer] = _("An amount cannot be negative.")
    if wrong:
        raise ValidationError(wrong)


def _wrong_times(order: RepairOrder, *, now: datetime) -> dict[str, str]:
    wrong = {}
    earliest = order.checked_in_at
    for field in TIMES[order.state]:
        at = getattr(order, field)
        if at is None:
            wrong[field] = _("Say when.")
        elif at > now:
            wrong[field] = _("This lies in the future.")
        elif earliest and at < earliest:
            wrong[field] = _("Earlier than what comes before it (%(time)s).") % {
                "time": f"{earliest.astimezone(days.shop_zone()):%Y-%m-%d %H:%M}"
            }
        earliest = at or earliest
    return wrong


def _wrong_mileage(order: RepairOrder) -> dict[str, str]:
    if order.mileage_out is None or order.mileage_out >= (order.mileage_in or 0):
        return {}
    return {"mileage_out": _("Lower than at check-in (%(km)s km).") % {"km": order.mileage_in}}


def _wrong_rework(order: RepairOrder) -> dict[str, str]:
    if order.rework_of is None:
        is_rework = order.kind == OrderKind.REWORK
        return {"rework_of": _("Say which order is being redone.")} if is_rework else {}
    if order.rework_of.vehicle_id != order.vehicle_id:
        return {"rework_of": _("That order was for another vehicle.")}
    return {}
