"""What the export of those invited holds: the columns of form F17."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from aftersales.exports import ListResource
from followups.models import Ending, Invitation


class InvitationResource(ListResource):
    campaign = Field("campaign__title", column_name=_("campaign"))
    starts_on = Field("campaign__starts_on", column_name=_("first day"))
    ends_on = Field("campaign__ends_on", column_name=_("last day"))
    place = Field("campaign__place", column_name=_("place"))
    file_no = Field("customer__file_no", column_name=_("file no."))
    customer = Field("customer__name", column_name=_("customer name"))
    plate = Field("plate", column_name=_("plate"))
    notice_due = Field("notice_due", column_name=_("notice due"))
    notice_ending = Field(column_name=_("outcome"))
    letter_due = Field("letter_due", column_name=_("letter due"))
    letter_sent = Field("letter_sent", column_name=_("letter sent"))

    class Meta:
        model = Invitation
        fields: ClassVar = [
            "campaign",
            "starts_on",
            "ends_on",
            "place",
            "file_no",
            "customer",
            "plate",
            "notice_due",
            "told_on",
            "notice_ending",
            "answer",
            "guests",
            "wants_letter",
            "letter_due",
            "letter_sent",
            "attended_on",
            "walked_in",
        ]
        export_order = fields

    def dehydrate_notice_ending(self, invitation: Any) -> str:
        ending = invitation.notice_ending
        return str(Ending(ending).label) if ending else ""
