"""Why what sells to a customer waits, in words, and from when on it may be done again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aftersales import days
from customers.models import Customer
from followups.models import SELLING, FollowUp, Matter, MatterKind, MatterState, Policy
from followups.models.held_back import MONTH, contacts


@dataclass(frozen=True)
class Waiting:
    """Why a customer is offered nothing now; `until` is when he may be again, if a day does it."""

    rule: str
    text: str
    until: datetime | None = None


def why_waiting(customer: Customer, *, policy: Policy, now: datetime) -> Waiting | None:
    """Return why reminders and campaigns of this customer wait, None if they don't.

    It says of one customer what `FollowUpQuerySet.due` says of all.

    Source: CMP-01, CRM-03.
    """
    complaints = Matter.objects.filter(customer=customer, kind=MatterKind.COMPLAINT)
    if complaints.exclude(state=MatterState.CLOSED).exists():
        return Waiting("CMP-01", _("Waits: a complaint is open."))
    files = Customer.objects.filter(Q(pk=customer.pk) | Q(merged_into=customer))
    calls, letters = (each.values_list("at").order_by() for each in contacts(files, now=now))
    moments = sorted((at for (at,) in calls.union(letters, all=True)), reverse=True)
    if len(moments) < policy.contacts_a_month:
        return None
    again_at = moments[policy.contacts_a_month - 1] + MONTH
    text = ngettext(
        "Waits: %(count)s contact in %(days)s days, again from %(day)s.",
        "Waits: %(count)s contacts in %(days)s days, again from %(day)s.",
        len(moments),
    )
    values = {
        "count": len(moments),
        "days": MONTH.days,
        "day": formats.date_format(days.local_date(again_at), "SHORT_DATE_FORMAT"),
    }
    return Waiting("CRM-03", text % values, again_at)


def can_wait(item: FollowUp) -> bool:
    """Say whether a follow-up is held back while its customer wants peace or had enough.

    What he asked for himself isn't, nor a safety recall that the supervisor let pass.
    """
    if item.kind not in SELLING or item.callback_at is not None:
        return False
    return item.invitation is None or not item.invitation.campaign.passes_limits
