"""What the export of matters holds."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from aftersales.exports import ListResource
from followups.matters.clocks import complaint_of
from followups.models import Matter


class MatterResource(ListResource):
    record_no = Field("record_no", column_name=_("no."))
    customer = Field("customer__name", column_name=_("customer"))
    file_no = Field("customer__file_no", column_name=_("file no."))
    plate = Field("plate", column_name=_("plate"))
    phone_tail = Field("phone_tail", column_name=_("phone ends in"))
    owner = Field("owner__name", column_name=_("in charge"))
    close_by = Field(column_name=_("close by"))
    level = Field(column_name=_("level"))
    category = Field(column_name=_("category"))
    subcategory = Field(column_name=_("subcategory"))

    class Meta:
        model = Matter
        fields: ClassVar = [
            "record_no",
            "kind",
            "customer",
            "file_no",
            "plate",
            "phone_tail",
            "text",
            "heard_through",
            "heard_on",
            "department",
            "owner",
            "state",
            "report_by",
            "reported_on",
            "study",
            "solution",
            "answer",
            "answered_on",
            "satisfied",
            "reopened",
            "closed_on",
            "level",
            "category",
            "subcategory",
            "close_by",
        ]
        export_order = fields

    def dehydrate_close_by(self, matter: Matter) -> object:
        complaint = complaint_of(matter)
        return complaint.close_by if complaint else None

    def dehydrate_level(self, matter: Matter) -> str:
        complaint = complaint_of(matter)
        return complaint.get_level_display() if complaint else ""

    def dehydrate_category(self, matter: Matter) -> str:
        complaint = complaint_of(matter)
        return complaint.category_label if complaint else ""

    def dehydrate_subcategory(self, matter: Matter) -> str:
        complaint = complaint_of(matter)
        return complaint.subcategory_label if complaint else ""
