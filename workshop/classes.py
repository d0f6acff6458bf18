"""The classes of customers by their visits of a year: A to D, and N for new ones.

Source: CMS-03, CMS-04, CMS-05, CMS-06, R-10, R-11, R-12, R-13, R-40.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from aftersales import days
from workshop.models.repair_order import NOT_A_VISIT
from workshop.states import OrderState


class CustomerClass(models.TextChoices):
    A = "A", _("A: four visits a year or more")
    B = "B", _("B: two or three visits a year")
    C = "C", _("C: one visit a year")
    D = "D", _("D: lost, no visit for a year")
    N = "N", _("N: new, no visit yet")


VISITS = """
LEFT JOIN (
    SELECT customer_id, count(DISTINCT (checked_in_at AT TIME ZONE %(zone)s)::date) AS n
    FROM workshop_repairorder
    WHERE checked_in_at >= (%(class_day)s::date - interval '12 months') AT TIME ZONE %(zone)s
        AND checked_in_at < (%(class_day)s::date + 1)::timestamp AT TIME ZONE %(zone)s
        AND state <> %(no_visit_state)s AND kind <> ALL(%(no_visit_kinds)s)
    GROUP BY customer_id
) visits ON visits.customer_id = customer.id
"""
PURCHASES = """
LEFT JOIN (
    SELECT owned.customer_id, max(vehicle.purchased_on) AS purchased_on
    FROM customers_vehiclerelation owned JOIN customers_vehicle vehicle
        ON vehicle.id = owned.vehicle_id
    WHERE owned.relation = 'owner' AND upper_inf(owned.during)
    GROUP BY owned.customer_id
) purchases ON purchases.customer_id = customer.id
"""
BY_VISITS = (
    "CASE WHEN visits.n >= 4 THEN 'A' WHEN visits.n >= 2 THEN 'B' WHEN visits.n = 1 THEN 'C'"
)
BY_PURCHASE = """
    WHEN coalesce(purchases.purchased_on, customer.opened_on)
        >= %(class_day)s::date - interval '12 months' THEN 'N'
    ELSE 'D'
"""


def sql(letters: Collection[str]) -> tuple[str, str]:
    """Return the joins, and the expression, for the class of each row of `customer`.

    Visits count over all vehicles of a customer from twelve months ago until today, both
    included, orders of one day as one. Who has none is new until twelve months after his last
    purchase, or after his file was opened when no purchase is known.

    Args:
        letters: the classes that matter; it is NULL for D and N when neither is among them.
    """
    if {CustomerClass.D, CustomerClass.N}.isdisjoint(letters):
        return VISITS, f"{BY_VISITS} END"
    return VISITS + PURCHASES, f"{BY_VISITS} {BY_PURCHASE} END"


def parameters(today: date) -> dict[str, Any]:
    """Return what the statement needs to know besides."""
    return {
        "class_day": today,
        "zone": str(days.shop_zone()),
        "no_visit_state": OrderState.CANCELLED,
        "no_visit_kinds": list(NOT_A_VISIT),
    }
