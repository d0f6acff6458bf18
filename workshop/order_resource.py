"""What the export of repair orders holds."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from aftersales.exports import ListResource
from workshop.models import RepairOrder


class RepairOrderResource(ListResource):
    customer = Field("customer__name", column_name=_("customer"))
    file_no = Field("customer__file_no", column_name=_("file no."))
    plate = Field("vehicle__plate", column_name=_("plate"))
    vin = Field("vehicle__vin", column_name=_("VIN"))
    unit_no = Field("vehicle__unit_no", column_name=_("unit number"))
    advisor = Field(column_name=_("service advisor"))
    rework_of = Field("rework_of__number", column_name=_("rework of"))

    class Meta:
        model = RepairOrder
        fields: ClassVar = [
            "number",
            "kind",
            "state",
            "customer",
            "file_no",
            "plate",
            "vin",
            "unit_no",
            "advisor",
            "bringer_name",
            "bringer_phone",
            "checked_in_at",
            "authorized_at",
            "gate_out_at",
            "mileage_in",
            "mileage_out",
            "concern",
            "service_items",
            "labor_hours",
            "customer_amount",
            "warranty_amount",
            "insurer_amount",
            "internal_amount",
            "total_amount",
            "release_undone_at",
            "release_undo_reason",
            "cancelled_at",
            "cancel_reason",
            "rework_of",
        ]
        export_order = fields

    def dehydrate_advisor(self, order: RepairOrder) -> str:
        return order.advisor.name if order.advisor else order.advisor_name
