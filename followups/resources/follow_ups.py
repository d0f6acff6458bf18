"""What the export of follow-ups holds."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from aftersales.exports import ListResource
from followups.calling import reasons
from followups.models import FollowUp


class FollowUpResource(ListResource):
    customer = Field("customer__name", column_name=_("customer"))
    file_no = Field("customer__file_no", column_name=_("file no."))
    plate = Field(column_name=_("plate"))
    phone_tail = Field("phone_tail", column_name=_("phone ends in"))
    about = Field(column_name=_("about"))
    order = Field(column_name=_("repair order"))
    owner = Field("owner__name", column_name=_("tracking salesman"))
    promised_by = Field("promised_by__name", column_name=_("promised by"))
    closed_by = Field("closed_by__name", column_name=_("ended by"))

    class Meta:
        model = FollowUp
        fields: ClassVar = [
            "kind",
            "about",
            "customer",
            "file_no",
            "plate",
            "phone_tail",
            "order",
            "fact_on",
            "opens_on",
            "target_on",
            "due_on",
            "owner",
            "attempts",
            "days_tried",
            "callback_at",
            "promised_by",
            "state",
            "ending",
            "evidence",
            "closed_at",
            "closed_by",
        ]
        export_order = fields

    def dehydrate_about(self, item: FollowUp) -> str:
        return " · ".join(reasons.about(item)[1:])

    def dehydrate_plate(self, item: FollowUp) -> str:
        vehicle = item.about_vehicle
        return vehicle.plate if vehicle else ""

    def dehydrate_order(self, item: FollowUp) -> str:
        order = item.visit.order
        return order.number if order else ""
