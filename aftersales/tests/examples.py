"""One object for every route that names one: the actor's own, and somebody else's."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aftersales.models import ListView, User
from aftersales.tests.factories import UserFactory
from customers.models import Channel, ContactPurpose, ContactRefusal
from customers.tests.factories import (
    ConsultationFactory,
    CustomerFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)
from workshop.tests.factories import RepairOrderFactory


@dataclass(frozen=True)
class Example:
    """How to fill the parameters of a route.

    make: makes an object and returns the parameters that lead to it. Its argument is the
        owner; None makes an object of nobody whom the tests know.
    open_with: the permission with which also foreign objects are open; empty if they
        belong to nobody.
    """

    make: Callable[[User | None], dict[str, Any]]
    open_with: str = ""


def _refusal(owner):
    refusal = ContactRefusal.objects.create(
        customer=CustomerFactory(created_by=owner),
        purpose=ContactPurpose.ALL,
        channel=Channel.ALL,
        reason="asked for it",
        refused_on="2025-03-31",
        recorded_by=owner or UserFactory(),
    )
    return {"pk": refusal.pk}


def _phone(owner):
    phone = PhoneFactory(customer__created_by=owner)
    return {"pk": phone.pk}


def _phone_of_customer(owner):
    phone = PhoneFactory(customer__created_by=owner)
    return {"customer_id": phone.customer_id, "pk": phone.pk}


def _relation(owner):
    relation = OwnershipFactory(vehicle__created_by=owner, customer__created_by=owner)
    return {"pk": relation.pk}


def _order(owner):
    """Return an order in the shop; a foreign one has left it."""
    return {"pk": RepairOrderFactory(created_by=owner, released=owner is None).pk}


def _consultation(owner):
    return {"pk": ConsultationFactory(held_by=owner or UserFactory()).pk}


def _list_view(owner):
    saved, _is_new = ListView.objects.get_or_create(
        user=owner or UserFactory(), route="home", name="Mine"
    )
    return {"pk": saved.pk}


ALL_CUSTOMERS = "customers.view_all_customers"
NOBODY = "nobody has this permission"

CUSTOMER = Example(lambda owner: {"pk": CustomerFactory(created_by=owner).pk}, ALL_CUSTOMERS)
PHONE = Example(_phone, ALL_CUSTOMERS)
REFUSAL = Example(_refusal, ALL_CUSTOMERS)
VEHICLE = Example(
    lambda owner: {"pk": VehicleFactory(created_by=owner).pk}, "customers.view_all_vehicles"
)
VEHICLE_GROUP = Example(
    lambda owner: {**VEHICLE.make(owner), "group": "mileage"}, VEHICLE.open_with
)
RELATION = Example(_relation, VEHICLE.open_with)
CONSULTATION = Example(_consultation, ALL_CUSTOMERS)
ORDER = Example(_order, "workshop.view_all_repairorders")
PERSON = Example(lambda owner: {"pk": UserFactory().pk})

# Parameters that name no object.
WORDS = {"group": "contact", "file_format": "csv"}

# What a page needs to be sent before it knows what is meant.
BODIES = {"save-list": "route=home"}

# Route, or `namespace:*` for all routes of it that have no line of their own.
EXAMPLES = {
    "welcome": Example(lambda owner: {"link": "1-abc-def"}),
    "user": PERSON,
    "change-user": PERSON,
    "issue-link": PERSON,
    "deactivate-user": PERSON,
    "reactivate-user": Example(lambda owner: {"pk": UserFactory(is_active=False).pk}),
    "remove-second-factor-of-user": Example(
        lambda owner: {"pk": UserFactory(second_factor_since="2025-03-31T08:00Z").pk}
    ),
    "saved-list": Example(_list_view, NOBODY),
    "delete-saved-list": Example(_list_view, NOBODY),
    "customers:*": CUSTOMER,
    "customers:change-phone": PHONE,
    "customers:make-primary": PHONE,
    "customers:remove-phone": PHONE,
    "customers:lift-refusal": REFUSAL,
    "customers:vehicle": VEHICLE,
    "customers:vehicle-group": VEHICLE_GROUP,
    "customers:edit-vehicle": VEHICLE_GROUP,
    "customers:vehicle-history": VEHICLE,
    "customers:relate": VEHICLE,
    "customers:change-owner": VEHICLE,
    "customers:end-relation": RELATION,
    "reports:*": CUSTOMER,
    "workshop:*": ORDER,
    "api:customer-detail": CUSTOMER,
    "api:customer-verify-contact": CUSTOMER,
    "api:phone-list": Example(
        lambda owner: {"customer_id": CUSTOMER.make(owner)["pk"]}, ALL_CUSTOMERS
    ),
    "api:phone-detail": Example(_phone_of_customer, ALL_CUSTOMERS),
    "api:phone-make-primary": Example(_phone_of_customer, ALL_CUSTOMERS),
    "api:vehicle-detail": VEHICLE,
    "api:repair-order-detail": ORDER,
    "api:repair-order-authorize": ORDER,
    "api:repair-order-release": ORDER,
    "api:repair-order-cancel": ORDER,
    "api:consultation-detail": CONSULTATION,
}


def example_of(route: str) -> Example:
    """Return the example of a route with parameters; a new such route needs a line above."""
    namespace = route.partition(":")[0]
    example = EXAMPLES.get(route) or EXAMPLES.get(f"{namespace}:*")
    assert example, f"aftersales/tests/examples.py has no object for the route {route}"
    return example
