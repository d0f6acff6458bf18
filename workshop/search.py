"""The search box of every page: people and vehicles, and orders by their number."""

from __future__ import annotations

import re
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from aftersales.models import User
from customers import search as customers
from customers.search import Hit, marked
from workshop.models import RepairOrder

FEWEST_OF_NUMBER = 5  # fewer characters begin too many numbers


def search(query: str, *, user: User, today: date, limit: int = 12) -> list[Hit]:
    """Return what `query` may mean: the order of this number, people and vehicles, more orders.

    Of our own numbers (RO-2026-000123) the six digits are enough for this year's and last
    year's orders.
    """
    number = query.strip().upper()
    numbers = [number]
    if own := re.fullmatch(r"(?:RO)?-?(\d{6})", number):
        numbers += [f"RO-{year}-{own[1]}" for year in (today.year, today.year - 1)]
    hits = _orders(Q(number__in=numbers), number, user=user, limit=limit)
    hits += customers.search(query, user=user, limit=limit)
    if len(hits) < limit and len(number) >= FEWEST_OF_NUMBER:
        longer = Q(number__startswith=number) & ~Q(number__in=numbers)
        hits += _orders(longer, number, user=user, limit=limit)
    return hits[:limit]


def _orders(numbered: Q, typed: str, *, user: User, limit: int) -> list[Hit]:
    found = RepairOrder.objects.visible_to(user).filter(numbered).order_by("number")[:limit]
    return [
        Hit(
            url=order.get_absolute_url(),
            field="order",
            label=_("order"),
            text=marked(order.number, typed, last=True),
            name=order.customer.name,
            plate=order.vehicle.plate,
            customer_id=order.customer_id,
            vehicle_id=order.vehicle_id,
        )
        for order in found.select_related("customer", "vehicle")
    ]
