"""Everything that changes a repair order.

Each function is one business action; the allowed moves stand in `workshop.states`.
Wrong values are refused with a ValidationError that names the field, moves that the
state forbids with MoveNotAllowed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales import days
from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile, Refusal
from customers.models import Customer, Vehicle
from customers.services.vehicles import record_mileage
from workshop.models import RepairOrder
from workshop.services.order_values import AMOUNTS, MILEAGES, refuse_wrong_values
from workshop.states import IN_SHOP, MOVES, MOVES_BACK, OrderState

ALWAYS_EDITABLE = frozenset(
    {"kind", "advisor", "bringer_name", "bringer_phone", "concern", "service_items"}
    | {"labor_hours", "rework_of", "checked_in_at", "mileage_in", *AMOUNTS}
)
# Whose car it is can be corrected while the car is here; afterwards its visit has been counted.
EDITABLE: dict[OrderState, frozenset[str]] = {
    OrderState.CHECKED_IN: ALWAYS_EDITABLE | {"customer", "vehicle"},
    OrderState.AUTHORIZED: ALWAYS_EDITABLE | {"customer", "vehicle", "authorized_at"},
    OrderState.RELEASED: ALWAYS_EDITABLE | {"authorized_at", "gate_out_at", "mileage_out"},
    OrderState.CANCELLED: frozenset(),
}
WHAT_STANDS_IN_THE_WAY = {
    OrderState.CHECKED_IN: gettext_lazy("Order %(number)s has to be authorized first."),
    OrderState.AUTHORIZED: gettext_lazy("Order %(number)s is authorized already."),
    OrderState.RELEASED: gettext_lazy(
        "Order %(number)s has left the shop. Open a rework order for what came up since."
    ),
    OrderState.CANCELLED: gettext_lazy("Order %(number)s was cancelled."),
}
WHAT_STANDS_IN_THE_WAY_BACK = WHAT_STANDS_IN_THE_WAY | dict.fromkeys(
    IN_SHOP, gettext_lazy("Order %(number)s has not been released.")
)


class MoveNotAllowed(Refusal):
    """The order is in a state that does not allow this."""

    def __init__(self, order: RepairOrder, *, back: bool = False) -> None:
        reasons = WHAT_STANDS_IN_THE_WAY_BACK if back else WHAT_STANDS_IN_THE_WAY
        super().__init__(reasons[OrderState(order.state)] % {"number": order.number})


def draw_numbers(count: int, *, year: int) -> list[str]:
    """Return `count` order numbers that nobody else gets: RO-2026-000123, counted on over years."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('workshop_order_number') FROM generate_series(1, %s)", [count]
        )
        return [f"RO-{year}-{number:06}" for (number,) in cursor.fetchall()]


def check_in(
    *, by: User, now: datetime, fields: dict[str, Any], mileage_reason: str = ""
) -> RepairOrder:
    """Open an order for a car that came in.

    Args:
        fields: `customer`, `vehicle` and `kind`, and any other field of the order that is
            known; without `checked_in_at` the car came in now, without `number` one is drawn.
            For a merged customer the order is opened for the one he was merged into.
        mileage_reason: why an odd `mileage_in` is right all the same.

    Raises:
        Customer.DoesNotExist, Vehicle.DoesNotExist: not there for this user.
        ValidationError: a value cannot be right; names the field.
        ImplausibleMileage: it does not fit the last reading and nobody said why.

    Source: FIL-01, R-04.
    """
    fields = {"checked_in_at": now} | fields
    with changes_by(by):
        fields["customer"] = _survivor(fields["customer"], by=by)
        fields["vehicle"] = Vehicle.objects.visible_to(by).get(pk=fields["vehicle"].pk)
        order = RepairOrder(state=OrderState.CHECKED_IN, created_by=by, **fields)
        refuse_wrong_values(order, *fields, now=now)
        if not order.number:
            order.number = _free_number(order.checked_in_at)
        elif RepairOrder.objects.filter(number=order.number).exists():
            raise ValidationError({"number": _("There is an order with this number already.")})
        order.save()
        _note_mileage(order, "mileage_in", reason=mileage_reason, by=by)
    return order


def update_order(
    order_id: int,
    *,
    by: User,
    version: int,
    changes: dict[str, Any],
    now: datetime,
    mileage_reason: str = "",
) -> RepairOrder:
    """Correct what an order says; its state stays.

    Args:
        version: of the order as it was when the changes were made.
        changes: field → new value, for fields that EDITABLE names for the order's state.

    Raises:
        ChangedMeanwhile: somebody saved another version since.
        MoveNotAllowed: the state keeps one of the fields as it is.
        ValidationError: a value cannot be right; names the field.
        ImplausibleMileage: a new reading does not fit and nobody said why.
    """
    with _locked(order_id, by=by) as order:
        if order.version != version:
            raise ChangedMeanwhile(order)
        state = OrderState(order.state)
        if changes.keys() - EDITABLE[state]:
            raise MoveNotAllowed(order)
        for field, value in changes.items():
            setattr(order, field, value)
        if "customer" in changes:
            order.customer = _survivor(order.customer, by=by)
        refuse_wrong_values(order, *changes, now=now)
        _save(order, *changes)
        for reading in MILEAGES.keys() & changes.keys():
            _note_mileage(order, reading, reason=mileage_reason, by=by)
    return order


def authorize(order_id: int, *, by: User, at: datetime, now: datetime) -> RepairOrder:
    """Record that the customer signed the order: the anchor of the customer file (R-04).

    Raises:
        MoveNotAllowed: the order is authorized, released or cancelled already.
        ValidationError: `at` lies before the check-in or in the future.
    """
    with _locked(order_id, by=by) as order:
        _move(order, OrderState.AUTHORIZED)
        order.authorized_at = at
        refuse_wrong_values(order, "authorized_at", now=now)
        _save(order, "state", "authorized_at")
    return order


def release(
    order_id: int,
    *,
    by: User,
    at: datetime,
    mileage_out: int | None,
    amounts: dict[str, Decimal],
    now: datetime,
    mileage_reason: str = "",
) -> RepairOrder:
    """Record that the car went out of the gate: the anchor of the first call (R-36).

    Args:
        at: gate-out, not before the authorization and not after `now`.
        amounts: who pays how much, by the names in AMOUNTS; those left out stay as they are.

    Raises:
        MoveNotAllowed: the order is not authorized yet, or not in the shop any more.
        ValidationError: a value cannot be right; names the field.
        ImplausibleMileage: it does not fit the last reading and nobody said why.
    """
    with _locked(order_id, by=by) as order:
        _move(order, OrderState.RELEASED)
        order.gate_out_at, order.mileage_out = at, mileage_out
        for payer, amount in amounts.items():
            setattr(order, payer, amount)
        refuse_wrong_values(order, "gate_out_at", "mileage_out", *amounts, now=now)
        _save(order, "state", "gate_out_at", "mileage_out", *amounts)
        _note_mileage(order, "mileage_out", reason=mileage_reason, by=by)
    return order


def undo_release(order_id: int, *, by: User, reason: str, now: datetime) -> RepairOrder:
    """Take a release back that should not have been: the car is in the shop again.

    The gate-out and the mileage read at it go, because nothing was read at a gate-out that
    was none; the next release asks for both. The history keeps them, and the vehicle keeps
    its reading, which somebody took. Amounts stay.

    Raises:
        MoveNotAllowed: the order is not released.
        ValidationError: no reason was given.
    """
    with _locked(order_id, by=by) as order:
        _move(order, OrderState.AUTHORIZED, back=True)
        if not reason.strip():
            raise ValidationError({"reason": _("Say why the release is undone.")})
        order.gate_out_at, order.mileage_out = None, None
        order.release_undone_at, order.release_undo_reason = now, reason.strip()
        undone = ("release_undone_at", "release_undo_reason")
        _save(order, "state", "gate_out_at", "mileage_out", *undone)
    return order


def cancel(order_id: int, *, by: User, reason: str, now: datetime) -> RepairOrder:
    """Cancel an order with a reason; once it is authorized only with the right to.

    Raises:
        MoveNotAllowed: the order is released or cancelled already.
        PermissionDenied: it is authorized and `by` may not cancel such orders.
        ValidationError: no reason was given.
    """
    with _locked(order_id, by=by) as order:
        was_authorized = order.state != OrderState.CHECKED_IN
        _move(order, OrderState.CANCELLED)
        if was_authorized and not by.has_perm("workshop.cancel_authorized_order"):
            raise PermissionDenied(
                _("This order is authorized: only a supervisor may cancel it now.")
            )
        if not reason.strip():
            raise ValidationError({"reason": _("Say why it is cancelled.")})
        order.cancelled_at, order.cancel_reason = now, reason.strip()
        _save(order, "state", "cancelled_at", "cancel_reason")
    return order


@contextmanager
def _locked(order_id: int, *, by: User) -> Iterator[RepairOrder]:
    """Give the order to change; whoever else wants to change it waits for the end of this."""
    with changes_by(by):
        yield RepairOrder.objects.select_for_update(of=("self",)).get(pk=order_id)


def _move(order: RepairOrder, target: OrderState, *, back: bool = False) -> None:
    moves = MOVES_BACK if back else MOVES
    if target not in moves.get(OrderState(order.state), ()):
        raise MoveNotAllowed(order, back=back)
    order.state = target


def _save(order: RepairOrder, *fields: str) -> None:
    order.save(update_fields=fields)
    order.refresh_from_db(fields=["version", "total_amount"])


def _note_mileage(order: RepairOrder, reading: str, *, reason: str, by: User) -> None:
    km, read_at = getattr(order, reading), getattr(order, MILEAGES[reading])
    if km is not None:
        day = days.local_date(read_at)
        record_mileage(order.vehicle_id, km=km, read_on=day, reason=reason, by=by)


def _survivor(customer: Customer, *, by: User) -> Customer:
    """Return the customer, or whom he was merged into, locked so that no merge comes between."""
    Customer.objects.visible_to(by).get(pk=customer.pk)
    survivor = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    while survivor.merged_into_id:
        survivor = Customer.objects.select_for_update(no_key=True).get(pk=survivor.merged_into_id)
    return survivor


def _free_number(checked_in_at: datetime) -> str:
    """Draw until a number is free: an import may have brought some of ours."""
    while True:
        [number] = draw_numbers(1, year=days.local_date(checked_in_at).year)
        if not RepairOrder.objects.filter(number=number).exists():
            return number
