"""The list of repair orders, and those of one customer or vehicle."""

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from aftersales.exports import export
from aftersales.http import StaffRequest
from aftersales.lists import Column, Listing, ListPage
from customers import people
from customers.models import Customer, Vehicle
from workshop.filters import RepairOrderFilters
from workshop.models import RepairOrder
from workshop.order_resource import RepairOrderResource

SHOWN_BESIDE = 10


def _orders(count: int) -> str:
    return ngettext("%(count)s repair order", "%(count)s repair orders", count) % {
        "count": f"{count:,}"
    }


ORDERS = Listing(
    route="workshop:orders",
    export_route="workshop:export-orders",
    columns=(
        Column("number", _("Order"), order_by="number"),
        Column("customer", _("Customer")),
        Column("kind", _("Type")),
        Column("state", _("State")),
        Column("checked_in", _("Checked in"), order_by="checked_in_at"),
        Column("authorized", _("Authorized"), shown=False),
        Column("left", _("Left"), order_by="gate_out_at", may_be_empty=True),
        Column("advisor", _("Service advisor"), shown=False),
        Column("service_items", _("Service items"), shown=False),
        Column("concern", _("Customer's words"), shown=False),
        Column("mileage", _("Mileage in (km)"), shown=False, is_numeric=True),
        Column("total", _("Total"), order_by="total_amount", is_numeric=True),
    ),
    filters=RepairOrderFilters,
    order="-checked_in",
    counted=_orders,
)


@require_safe
def orders(request: StaffRequest) -> HttpResponse:
    """List the repair orders."""
    page = ListPage(ORDERS, _with_row(RepairOrder.objects.visible_to(request.user)), request)
    template = "lists/_filters.html" if request.htmx else "workshop/orders.html"
    return render(request, template, {"page": page})


@require_safe
def export_orders(request: StaffRequest, file_format: str) -> HttpResponseBase:
    """Hand out the list of repair orders, all of it, as a file."""
    found = RepairOrder.objects.visible_to(request.user)
    page = ListPage(
        ORDERS, found.select_related("customer", "vehicle", "advisor", "rework_of"), request
    )
    return export(page, RepairOrderResource(), file_format=file_format, by=request.user)


@require_safe
def orders_of_customer(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the latest orders of a customer, for his page."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    return _beside(request, customer.repair_orders.visible_to(request.user), f"customer={pk}")


@require_safe
def orders_of_vehicle(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the latest orders of a vehicle, for its page."""
    vehicle = get_object_or_404(Vehicle.objects.visible_to(request.user), pk=pk)
    return _beside(request, vehicle.repair_orders.visible_to(request.user), f"vehicle={pk}")


def _beside(request: StaffRequest, found: QuerySet[RepairOrder], narrowed: str) -> HttpResponse:
    everything = f"{reverse('workshop:orders')}?{narrowed}"
    if not request.htmx:
        return redirect(everything)
    latest = list(_with_row(found)[: SHOWN_BESIDE + 1])
    context = {
        "orders": latest[:SHOWN_BESIDE],
        "everything": everything if len(latest) > SHOWN_BESIDE else "",
        "by_vehicle": narrowed.startswith("vehicle"),
    }
    return render(request, "workshop/_orders_beside.html", context)


def _with_row(found: QuerySet[RepairOrder]) -> QuerySet[RepairOrder]:
    """Load what a row shows."""
    return found.select_related("customer", "vehicle", "advisor").annotate(
        phone_tail=people.phone_tail("customer")
    )
