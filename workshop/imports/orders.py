"""What a row says about its order beyond single cells: state, times, payer, mileages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from workshop.imports.moments import Moment
from workshop.imports.words import PAYER_OF_KIND
from workshop.states import IN_SHOP, OrderState

LONG_IN_SHOP = timedelta(days=365)


def settle_state(
    order: dict[str, Any], *, gate_out_is_told: bool, long_ago: Moment
) -> list[tuple[str, str]]:
    """Give the order a state and the times that go with it.

    Without a state the gate-out decides. Times that the file does not tell are those of the
    check-in; they are listed under "derived", because an order that is known keeps its own.

    Args:
        gate_out_is_told: the file has a column for it.
        long_ago: a car that is here since before then is odd.

    Returns:
        What is wrong or odd: reason and target.
    """
    checked_in = order["checked_in_at"]
    gate_out, authorized = _told(order, "gate_out_at"), _told(order, "authorized_at")
    state = order.get("state") or (OrderState.RELEASED if gate_out else OrderState.AUTHORIZED)
    if state == OrderState.CHECKED_IN and authorized:
        state = OrderState.AUTHORIZED
    order["state"] = state
    wrong = list(_wrong(order, state, checked_in, authorized, gate_out))
    if state == OrderState.CANCELLED:
        _cancel(order)
        return wrong
    if state == OrderState.RELEASED and not gate_out:
        if gate_out_is_told:
            wrong.append(("gate_out_missing", "order.gate_out_at"))
        _derive(order, "gate_out_at", authorized or checked_in)
    if state != OrderState.CHECKED_IN and not authorized:
        _derive(order, "authorized_at", checked_in)
    if checked_in < long_ago and state in IN_SHOP:
        wrong.append(("in_shop_long", "order.checked_in_at"))
    return wrong


def _told(order: dict[str, Any], name: str) -> Moment | None:
    """Return a time that the file tells; a day without a time is not before the check-in."""
    moment: Moment | None = order.get(name)
    checked_in = order["checked_in_at"]
    if moment and not moment.has_time and checked_in.has_time and moment.day == checked_in.day:
        order[name] = moment = checked_in
    return moment


def _wrong(
    order: dict[str, Any],
    state: str,
    checked_in: Moment,
    authorized: Moment | None,
    gate_out: Moment | None,
) -> Iterator[tuple[str, str]]:
    if authorized and authorized < checked_in:
        yield "before_check_in", "order.authorized_at"
    if gate_out:
        if gate_out < checked_in:
            yield "before_check_in", "order.gate_out_at"
        elif authorized and gate_out < authorized:
            yield "before_authorization", "order.gate_out_at"
        if state in IN_SHOP:
            yield "still_here", "order.gate_out_at"
    if "mileage_out" in order and int(order["mileage_out"]) < int(order.get("mileage_in", 0)):
        yield "mileage_out", "order.mileage_out"


def _derive(order: dict[str, Any], name: str, moment: Moment) -> None:
    order[name] = moment
    order.setdefault("derived", []).append(name)


def _is_same_day_without_time(moment: Moment, checked_in: Moment) -> bool:
    return not moment.has_time and checked_in.has_time and moment.day == checked_in.day


def _wrong_times(
    state: str, checked_in: Moment, authorized: Moment | None, gate_out: Moment | None
) -> Iterator[tuple[str, str]]:
    if authorized and authorized < checked_in:
        yield "before_check_in", "order.authorized_at"
    if gate_out and gate_out < checked_in:
        yield "before_check_in", "order.gate_out_at"
    elif gate_out and authorized and gate_out < authorized:
        yield "before_authorization", "order.gate_out_at"
    if gate_out and state in IN_SHOP:
        yield "still_here", "order.gate_out_at"


def _cancel(order: dict[str, Any]) -> None:
    order["cancelled_at"] = order.pop("gate_out_at", order["checked_in_at"])
    order.setdefault("cancel_reason", _("Cancelled in the system it was imported from"))


def settle_amounts(order: dict[str, Any]) -> None:
    """Book the amount in all on who pays: as said, or as is usual for the type of order."""
    amount, payer = order.pop("amount", None), order.pop("payer", None)
    if amount is not None:
        order.setdefault(payer or PAYER_OF_KIND.get(order["kind"], "customer_amount"), amount)
