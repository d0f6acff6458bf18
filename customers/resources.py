"""What the exports of customers and vehicles hold."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from aftersales.exports import ListResource
from customers.models import Customer, Vehicle


class CustomerResource(ListResource):
    """Reads `phones`, current `vehicle_relations` and standing `refusals` as well."""

    phones = Field(column_name=_("phone numbers"))
    plates = Field(column_name=_("plates"))
    tracker = Field("tracker__name", column_name=_("tracking salesman"))
    refusals = Field(column_name=_("do not contact"))
    tags = Field(column_name=_("tags"))

    class Meta:
        model = Customer
        fields: ClassVar = [
            "file_no",
            "name",
            "kind",
            "contact_name",
            "title",
            "birthday",
            "phones",
            "plates",
            "refusals",
            "address",
            "postal_code",
            "district",
            "email",
            "language",
            "wished_services",
            "next_topic",
            "next_talking_points",
            "next_contact_on",
            "tracker",
            "contact_verified_on",
            "is_fleet",
            "tags",
            "opened_on",
            "remarks",
        ]
        export_order = fields

    def dehydrate_phones(self, customer: Customer) -> str:
        return ", ".join(phone.typed for phone in customer.phones.all())

    def dehydrate_plates(self, customer: Customer) -> str:
        return ", ".join(str(relation.vehicle) for relation in customer.vehicle_relations.all())

    def dehydrate_tags(self, customer: Customer) -> str:
        return ", ".join(customer.tags)

    def dehydrate_refusals(self, customer: Customer) -> str:
        return ", ".join(map(str, customer.refusals.all()))


class VehicleResource(ListResource):
    """Reads, besides the vehicle, its current owners among the `relations`."""

    owner = Field(column_name=_("owner"))

    class Meta:
        model = Vehicle
        fields: ClassVar = [
            "plate",
            "vin",
            "unit_no",
            "owner",
            "model",
            "category",
            "color",
            "engine_no",
            "purchased_on",
            "sold_by_us",
            "mileage",
            "mileage_read_on",
            "maintenance_months",
            "maintenance_km",
            "next_maintenance_on",
            "next_maintenance_km",
            "warranty_ends_on",
            "insurer",
            "policy_ends_on",
            "inspection_due_on",
            "remarks",
        ]
        export_order = fields

    def dehydrate_owner(self, vehicle: Vehicle) -> str:
        return ", ".join(relation.customer.name for relation in vehicle.relations.all())
