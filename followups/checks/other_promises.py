"""Whether campaigns and reminders are owed as their facts ask, in other words than theirs.

What a sweep has to compute first, the day of a reminder, is not computed here a second time.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from aftersales import days
from customers.models import Channel, ContactPurpose, ContactRefusal
from followups.models import (
    CAMPAIGNS,
    PURPOSES,
    REMINDERS,
    CampaignKind,
    CampaignState,
    FollowUp,
    Invitation,
    Kind,
    Policy,
    ReminderRule,
)
from followups.models.ending import TAKEN_BACK


def problems(now: datetime) -> dict[str, QuerySet[Any]]:
    """Return for each problem the rows that have it."""
    today = days.local_date(now)
    decided = Invitation.objects.filter(campaign__state=CampaignState.DECIDED, walked_in=False)
    go_live = Policy.objects.current().go_live_on
    untold = decided.filter(
        told_on=None, campaign__starts_on__gt=today, campaign__scheduled_on__gte=go_live
    )
    writing = decided.filter(wants_letter=True, told_on__isnull=False, campaign__ends_on__gte=today)
    owed = FollowUp.objects.open()
    return {
        "invited_without_notice": untold.exclude(_invited_twice()).exclude(
            Exists(_made(Kind.CAMPAIGN_NOTICE, "invitation"))
        ),
        "letters_without_follow_up": writing.exclude(_invited_twice()).exclude(
            Exists(_made(Kind.CAMPAIGN_LETTER, "invitation"))
        ),
        "campaigns_over_still_owed": owed.filter(
            Q(invitation__campaign__ends_on__lt=today)
            | Q(invitation__campaign__state=CampaignState.CALLED_OFF)
            & ~Q(kind=Kind.CAMPAIGN_CHANGE),
            kind__in=CAMPAIGNS,
        ),
        "reminders_switched_off_still_owed": owed.filter(
            kind__in=REMINDERS, callback_at=None
        ).exclude(kind__in=ReminderRule.objects.filter(is_on=True).values("kind")),
        "owed_against_refusal": owed.calls().filter(_is_refused()),
    }


def _made(kind: Kind, cause: str) -> QuerySet[FollowUp]:
    made = FollowUp.objects.filter(kind=kind, **{cause: OuterRef("pk")})
    return made.exclude(ending__in=TAKEN_BACK)


def _invited_twice() -> Q:
    """Return the condition that the file became part of one that is invited too."""
    again = Invitation.objects.filter(
        campaign=OuterRef("campaign"), customer=OuterRef("customer__merged_into")
    )
    return Q(Exists(again))


def _is_refused() -> Q:
    """Return the condition that the customer refuses to be called about it."""
    recall = Q(invitation__campaign__kind=CampaignKind.RECALL)
    condition = Q()
    for purpose in {*PURPOSES.values()}:
        refusal = ContactRefusal.objects.filter(
            customer=OuterRef("customer"),
            lifted_on=None,
            purpose__in=[purpose, ContactPurpose.ALL],
            channel__in=[Channel.PHONE, Channel.ALL],
        )
        kinds = Q(kind__in=[kind for kind, each in PURPOSES.items() if each == purpose])
        about = kinds | recall if purpose == ContactPurpose.SERVICE else kinds & ~recall
        condition |= about & Q(Exists(refusal))
    return condition
