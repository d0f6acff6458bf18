"""What the export of the call register holds: the columns of form F3, and how lines correct."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from aftersales.exports import ListResource
from followups.models import Call, MatterState
from followups.registers import call_register


class CallResource(ListResource):
    record_no = Field("record_no", column_name=_("call record no."))
    main_points = Field(column_name=_("main points"))
    matter_state = Field(column_name=_("matter"))
    matter_closed_on = Field("matter_closed_on", column_name=_("closed on"))
    handler = Field("handler__name", column_name=_("handled by"))
    on_behalf_of = Field("on_behalf_of__name", column_name=_("standing in for"))
    corrects = Field("corrects__record_no", column_name=_("corrects"))
    correction = Field("correction__record_no", column_name=_("corrected by"))

    class Meta:
        model = Call
        fields: ClassVar = [
            "record_no",
            "started_at",
            "direction",
            "kind",
            "customer_name",
            "contact_name",
            "phone_used",
            "plate",
            "vehicle_model",
            "order_number",
            "attempt",
            "main_points",
            "outcome",
            "matter_state",
            "matter_closed_on",
            "callback_at",
            "handler",
            "on_behalf_of",
            "note",
            "corrects",
            "correction_reason",
            "correction",
        ]
        export_order = fields

    def dehydrate_main_points(self, call: Any) -> str:
        return "\n".join(call_register.main_points(call))

    def dehydrate_matter_state(self, call: Any) -> str:
        return str(MatterState(call.matter_state).label) if call.matter_state else ""
