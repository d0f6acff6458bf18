"""Everything that the page of one customer shows from his file, in a fixed number of queries."""

from django.db.models import Prefetch, Window
from django.db.models.functions import RowNumber

from customers.models.contact import ContactRefusal
from customers.models.customer import CustomerQuerySet
from customers.models.vehicle import VehicleRelation

# A fleet may have thousands; its page links to their list.
MOST_VEHICLES = 50


def with_whole_file(customers: CustomerQuerySet) -> CustomerQuerySet:
    """Load numbers, standing refusals and current vehicles, and judge the completeness."""
    place = Window(RowNumber(), partition_by="customer", order_by=["-during", "relation"])
    relations = VehicleRelation.objects.current().annotate(place=place)
    relations = relations.filter(place__lte=MOST_VEHICLES).select_related("vehicle")
    refusals = ContactRefusal.objects.standing().select_related("recorded_by")
    return (
        customers.with_completeness()
        .select_related("tracker", "created_by", "merged_into")
        .prefetch_related(
            "phones",
            Prefetch("refusals", refusals),
            Prefetch("vehicle_relations", relations.order_by("place")),
        )
    )
