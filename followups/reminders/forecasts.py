"""When one car reaches the mileage of its next maintenance, from its readings."""

from __future__ import annotations

from datetime import date

from aftersales import days
from customers.models import Vehicle
from followups.reminders.mileage import Forecast, Reading, forecast
from workshop.models import RepairOrder
from workshop.states import OrderState


def forecast_of(vehicle: Vehicle, *, today: date) -> Forecast | None:
    """Return what `sweeps.mileage` finds for one vehicle, with the readings behind it."""
    if vehicle.next_maintenance_km is None:
        return None
    readings = [reading for reading in _readings(vehicle) if reading.day <= today]
    return forecast(readings, target_km=vehicle.next_maintenance_km)


def _readings(vehicle: Vehicle) -> list[Reading]:
    orders = RepairOrder.objects.filter(vehicle=vehicle).exclude(state=OrderState.CANCELLED)
    found = []
    for order in orders.only("checked_in_at", "gate_out_at", "mileage_in", "mileage_out"):
        if order.mileage_in is not None:
            found.append(Reading(days.local_date(order.checked_in_at), order.mileage_in))
        if order.mileage_out is not None and order.gate_out_at is not None:
            found.append(Reading(days.local_date(order.gate_out_at), order.mileage_out))
    if vehicle.mileage is not None and vehicle.mileage_read_on is not None:
        found.append(Reading(vehicle.mileage_read_on, vehicle.mileage))
    return found
