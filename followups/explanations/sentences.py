"""What an explanation is made of: whole sentences, each with the id of its rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from followups.calling.reasons import about
from followups.models import CAMPAIGNS, Ending, FollowUp, Kind

# Which rule makes a follow-up of a kind, and which one ends it.
MAKES: dict[str, str] = {
    Kind.CUSTOMER_FILE: "FIL-01",
    Kind.FIRST_CALL: "FUP-02",
    Kind.SECOND_CALL: "FUP-09",
    Kind.ANSWER: "FUP-08",
    **dict.fromkeys(CAMPAIGNS, "CAM-02"),
    Kind.CAMPAIGN_LETTER: "CAM-03",
    Kind.MAINTENANCE: "SET-06",
    Kind.INSURANCE: "HAB-03",
    Kind.INSPECTION: "HAB-03",
    Kind.WARRANTY_END: "HAB-03",
    Kind.DECLINED_WORK: "SET-02",
    Kind.PLANNED_CONTACT: "FIL-05",
    Kind.BIRTHDAY: "CRM-03",
    Kind.GREETING: "CRM-03",
}
ENDED: dict[str, tuple[str, str | Promise]] = {
    Ending.REACHED: ("FUP-03", gettext_lazy("%(what)s: the customer was reached on %(day)s.")),
    Ending.COMPLETE: ("FIL-05", gettext_lazy("%(what)s: the file was complete on %(day)s.")),
    Ending.UNREACHABLE: (
        "R-37",
        gettext_lazy("%(what)s: given up on %(day)s, the customer could not be reached."),
    ),
    Ending.REFUSED: (
        "FUP-11",
        gettext_lazy("%(what)s: on %(day)s the customer said that he wants no calls."),
    ),
    Ending.DO_NOT_CONTACT: (
        "FUP-11",
        gettext_lazy("%(what)s: cancelled on %(day)s, because the customer must not be called."),
    ),
    Ending.SUPERSEDED: (
        "R-38",
        gettext_lazy("%(what)s: cancelled on %(day)s, because the car came again and left."),
    ),
    Ending.ORDER_CANCELLED: (
        "FUP-02",
        gettext_lazy("%(what)s: cancelled on %(day)s, because the order was cancelled."),
    ),
    Ending.RELEASE_UNDONE: (
        "FUP-02",
        gettext_lazy("%(what)s: cancelled on %(day)s, because the release was undone."),
    ),
    Ending.CORRECTED: (
        "FUP-02",
        gettext_lazy("%(what)s: cancelled on %(day)s, because what it follows from was corrected."),
    ),
    Ending.MERGED: (
        "R-45",
        gettext_lazy("%(what)s: cancelled on %(day)s, because two files became one that owes it."),
    ),
    Ending.SENT: ("CAM-03", gettext_lazy("%(what)s: the letter was issued on %(day)s.")),
    Ending.GOAL_MET: (
        "SET-06",
        gettext_lazy("%(what)s: ended on %(day)s, because it is done already. %(evidence)s"),
    ),
    Ending.NOT_WANTED: (
        "R-06",
        gettext_lazy("%(what)s: cancelled on %(day)s, because the customer wants no letter."),
    ),
    Ending.SETTLED: (
        "FUP-08",
        gettext_lazy("%(what)s: cancelled on %(day)s, because the matter was settled without it."),
    ),
    Ending.CALLED_OFF: (
        "CAM-02",
        gettext_lazy("%(what)s: cancelled on %(day)s, because the campaign was called off."),
    ),
    Ending.EXPIRED: (
        "CRM-03",
        gettext_lazy("%(what)s: cancelled on %(day)s, because its time was over."),
    ),
    Ending.SWITCHED_OFF: (
        "SET-06",
        gettext_lazy("%(what)s: cancelled on %(day)s, because such reminders were switched off."),
    ),
    Ending.CHANGED: (
        "SET-06",
        gettext_lazy("%(what)s: cancelled on %(day)s, because it is about another day now."),
    ),
}
# What follows from a visit is named by it.
AFTER_A_VISIT = (Kind.CUSTOMER_FILE, Kind.FIRST_CALL, Kind.SECOND_CALL)


@dataclass(frozen=True)
class Sentence:
    """One thing that is so, with the id of the rule behind it and what it is about, if that is."""

    rule: str
    text: str
    follow_up: FollowUp | None = None


def what(item: FollowUp) -> str:
    """Name a follow-up by what it follows from."""
    if item.kind not in AFTER_A_VISIT:
        return " · ".join(about(item))
    values = {"kind": item.get_kind_display(), "day": day_text(item.fact_on)}
    if item.kind == Kind.SECOND_CALL:
        return _("%(kind)s after the first one of %(day)s") % values
    if item.order is None:
        return _("%(kind)s after the consultation of %(day)s") % values
    values["order"] = item.order.number
    if item.kind == Kind.CUSTOMER_FILE:
        return _("%(kind)s for order %(order)s, authorized %(day)s") % values
    return _("%(kind)s for order %(order)s, left %(day)s") % values


def day_text(day: date | None) -> str:
    return formats.date_format(day, "SHORT_DATE_FORMAT") if day else ""
