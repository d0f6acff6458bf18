"""The lists of customers and of vehicles."""

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from aftersales.exports import export
from aftersales.http import StaffRequest
from aftersales.lists import Column, Listing, ListPage
from aftersales.models import User
from customers import people
from customers.filters import CustomerFilters, VehicleFilters
from customers.models import (
    ContactRefusal,
    Customer,
    Relation,
    Vehicle,
    VehicleRelation,
)
from customers.resources import CustomerResource, VehicleResource


def _customers(count: int) -> str:
    return ngettext("%(count)s customer", "%(count)s customers", count) % {"count": f"{count:,}"}


def _vehicles(count: int) -> str:
    return ngettext("%(count)s vehicle", "%(count)s vehicles", count) % {"count": f"{count:,}"}


CUSTOMERS = Listing(
    route="customers:list",
    export_route="customers:export",
    columns=(
        Column("name", _("Customer"), order_by="sort_key"),
        Column("file_no", _("File no."), order_by="file_no", shown=False),
        Column("kind", _("Type"), shown=False),
        Column("district", _("District")),
        Column("address", _("Address"), shown=False),
        Column("tracker", _("Tracking salesman")),
        Column("tags", _("Tags"), shown=False),
        Column("next_topic", _("Next topic")),
        Column("next_contact", _("Planned contact"), "next_contact_on", may_be_empty=True),
        Column("opened", _("File opened"), order_by="opened_on"),
        Column("contact", _("Contact person"), shown=False),
        Column("language", _("Language"), shown=False),
        Column("file", _("Customer file")),
    ),
    filters=CustomerFilters,
    order="name",
    counted=_customers,
)

VEHICLES = Listing(
    route="customers:vehicles",
    export_route="customers:export-vehicles",
    columns=(
        Column("plate", _("Plate"), order_by="plate"),
        Column("owner", _("Owner"), needs="customers.view_customer"),
        Column("model", _("Vehicle model")),
        Column("category", _("Category")),
        Column("vin", _("VIN")),
        Column("unit_no", _("Unit number"), shown=False),
        Column("color", _("Color"), shown=False),
        Column("mileage", _("Mileage (km)"), is_numeric=True),
        Column(
            "next_maintenance",
            _("Next maintenance"),
            order_by="next_maintenance_on",
            may_be_empty=True,
        ),
        Column("insurer", _("Insurer"), shown=False),
        Column("policy_ends", _("Policy ends"), "policy_ends_on", may_be_empty=True),
        Column("inspection_due", _("Inspection due"), "inspection_due_on", may_be_empty=True),
    ),
    filters=VehicleFilters,
    order="plate",
    counted=_vehicles,
)


def customers_for_list(user: User) -> QuerySet[Customer]:
    """Return the customers that the person may see, with what a row shows."""
    return (
        Customer.objects.visible_to(user)
        .current()
        .with_completeness()
        .annotate(
            plate=people.plate(), phone_tail=people.phone_tail(), tracker_name=people.tracker_name()
        )
        .prefetch_related(
            Prefetch("refusals", ContactRefusal.objects.standing(), to_attr="standing_refusals")
        )
    )


def vehicles_for_list(user: User) -> QuerySet[Vehicle]:
    """Return the vehicles that the person may see, with what a row shows."""
    owners = _owners(user).annotate(phone_tail=people.phone_tail("customer"))
    return Vehicle.objects.visible_to(user).prefetch_related(
        Prefetch("relations", owners, to_attr="owners")
    )


def _owners(user: User) -> QuerySet[VehicleRelation]:
    """Return who owns which vehicle today, of what the person may see."""
    return (
        VehicleRelation.objects.current()
        .filter(relation=Relation.OWNER, customer__in=Customer.objects.visible_to(user))
        .select_related("customer")
    )


@require_safe
def customers(request: StaffRequest) -> HttpResponse:
    """List the customers."""
    page = ListPage(CUSTOMERS, customers_for_list(request.user), request)
    return _answer(request, page, "customers/list.html")


@require_safe
def vehicles(request: StaffRequest) -> HttpResponse:
    """List the vehicles."""
    page = ListPage(VEHICLES, vehicles_for_list(request.user), request)
    return _answer(request, page, "customers/vehicles.html")


@require_safe
def export_customers(request: StaffRequest, file_format: str) -> HttpResponseBase:
    """Hand out the list of customers, all of it, as a file."""
    vehicles = VehicleRelation.objects.current().select_related("vehicle")
    found = (
        Customer.objects.visible_to(request.user)
        .current()
        .select_related("tracker")
        .prefetch_related(
            "phones",
            Prefetch("vehicle_relations", vehicles),
            Prefetch("refusals", ContactRefusal.objects.standing()),
        )
    )
    page = ListPage(CUSTOMERS, found, request)
    return export(page, CustomerResource(), file_format=file_format, by=request.user)


@require_safe
def export_vehicles(request: StaffRequest, file_format: str) -> HttpResponseBase:
    """Hand out the list of vehicles, all of it, as a file."""
    found = Vehicle.objects.visible_to(request.user)
    page = ListPage(
        VEHICLES, found.prefetch_related(Prefetch("relations", _owners(request.user))), request
    )
    return export(page, VehicleResource(), file_format=file_format, by=request.user)


def _answer(request: StaffRequest, page: ListPage, template: str) -> HttpResponse:
    """Show the list; to htmx only the form with its filters."""
    return render(request, "lists/_filters.html" if request.htmx else template, {"page": page})
