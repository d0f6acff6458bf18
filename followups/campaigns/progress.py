"""How far a decided campaign is: told, answered, written to, come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from followups.models import (
    Campaign,
    Ending,
    FollowUp,
    Invitation,
    InvitationAnswer,
    Kind,
    State,
)


@dataclass(frozen=True)
class Progress:
    """Numbers of customers; `people` are those who come with their guests.

    Attributes:
        open, unreached, expired: notices that are owed, that reached nobody, that came too late.
        letters_open, letters_sent: letters that are owed, and that were issued.
        changes_open: calls still owed that say what has changed.
    """

    invited: int
    told: int
    comes: int
    undecided: int
    declines: int
    people: int
    came: int
    walked_in: int
    open: int
    unreached: int
    expired: int
    letters_open: int
    letters_sent: int
    changes_open: int


def progress(campaign: Campaign) -> Progress:
    """Count a campaign in two statements."""
    answers = InvitationAnswer
    asked, invited = campaign.invitations, Q(walked_in=False)
    counted: dict[str, Any] = asked.aggregate(
        invited=Count("pk", filter=invited),
        told=Count("pk", filter=Q(told_on__isnull=False)),
        comes=Count("pk", filter=Q(answer=answers.COMES)),
        undecided=Count("pk", filter=Q(answer=answers.UNDECIDED)),
        declines=Count("pk", filter=Q(answer=answers.DECLINES)),
        guests=Coalesce(Sum("guests", filter=Q(answer=answers.COMES)), 0),
        came=Count("pk", filter=Q(attended_on__isnull=False)),
        walked_in=Count("pk", filter=~invited),
    )
    notices = Q(kind=Kind.CAMPAIGN_NOTICE)
    letters = Q(kind=Kind.CAMPAIGN_LETTER)
    owed: dict[str, Any] = FollowUp.objects.filter(invitation__campaign=campaign).aggregate(
        open=Count("pk", filter=notices & Q(state=State.OPEN)),
        unreached=Count("pk", filter=notices & Q(ending=Ending.UNREACHABLE)),
        expired=Count("pk", filter=notices & Q(ending=Ending.EXPIRED)),
        letters_open=Count("pk", filter=letters & Q(state=State.OPEN)),
        letters_sent=Count("pk", filter=letters & Q(ending=Ending.SENT)),
        changes_open=Count("pk", filter=Q(kind=Kind.CAMPAIGN_CHANGE, state=State.OPEN)),
    )
    people = counted["comes"] + counted.pop("guests")
    return Progress(**counted, **owed, people=people)


def with_counts(found: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Annotate what a row of the list shows: invited, told, coming, came."""
    conditions = {
        "invited": Q(walked_in=False),
        "told": Q(told_on__isnull=False),
        "coming": Q(answer=InvitationAnswer.COMES),
        "came": Q(attended_on__isnull=False),
    }
    return found.annotate(**{name: _number(which) for name, which in conditions.items()})


def _number(which: Q) -> Coalesce:
    invitations = Invitation.objects.filter(which, campaign=OuterRef("pk")).order_by()
    counted = invitations.values("campaign").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), Value(0))
