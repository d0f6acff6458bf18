"""What stands beside a name wherever people are listed: a plate, the last digits of a phone."""

from functools import cache

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Right

from aftersales.models import User
from customers.models import Phone, VehicleRelation

TAIL_DIGITS = 4


@cache
def plate(customer: str = "pk") -> Subquery:
    """Return the plate of the vehicle that the customer has had for the shortest time.

    Args:
        customer: the column of the outer query that holds the customer's key.
    """
    return Subquery(
        VehicleRelation.objects.filter(customer=OuterRef(customer))
        .current()
        .exclude(vehicle__plate="")
        .order_by("-during", "-pk")
        .values("vehicle__plate")[:1]
    )


@cache
def phone_tail(customer: str = "pk") -> Subquery:
    """Return the last four digits of the number to call first."""
    first = Phone.objects.filter(customer=OuterRef(customer), is_primary=True)
    return Subquery(first.values(end=Right("tail", TAIL_DIGITS))[:1])


@cache
def tracker_name() -> Subquery:
    """Return the name of a customer's tracker; a join would stand in the way of counting."""
    return Subquery(User.objects.filter(pk=OuterRef("tracker")).values("name"))
