"""Whom nobody could reach: a letter is proposed, and one asks at the next visit (R-37)."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q

from followups.models import CALLS, Ending, FollowUp, FollowUpQuerySet, State


def unreachable() -> FollowUpQuerySet:
    """Return the last call of each customer who could not be reached with it.

    Once his contact data were verified after that, nothing is left to ask him.
    """
    closed = FollowUp.objects.filter(kind__in=CALLS, state=State.DONE)
    later = closed.filter(
        Q(closed_at__gt=OuterRef("closed_at"))
        | Q(closed_at=OuterRef("closed_at"), pk__gt=OuterRef("pk")),
        customer=OuterRef("customer"),
    )
    return (
        closed.filter(~Exists(later), ending=Ending.UNREACHABLE)
        .filter(customer__merged_into=None)
        .exclude(customer__contact_verified_on__gte=F("closed_on"))
    )
