"""Those invited to campaigns as they are read: on the screen, on paper (form F17), as files."""

from __future__ import annotations

from typing import Any

from django.db.models import DateField, OuterRef, QuerySet, Subquery

from aftersales.models import User
from customers import people
from followups.models import FollowUp, Invitation, InvitationQuerySet, Kind, LetterEventKind
from followups.models.letter import LetterEvent


def invited(user: User) -> InvitationQuerySet:
    """Return the invitations that `user` may see, with what a line of form F17 shows.

    Each carries `plate`, `phone_tail`, of the notice `notice_due`, `notice_ending` and
    `attempts`, of the letter `letter_due` and `letter_sent`.
    """
    notice, letter = _owed(Kind.CAMPAIGN_NOTICE), _owed(Kind.CAMPAIGN_LETTER)
    left = LetterEvent.objects.filter(
        letter__follow_up__invitation=OuterRef("pk"),
        kind__in=[LetterEventKind.POSTED, LetterEventKind.SENT],
    )
    shown: Any = Invitation.objects.visible_to(user).select_related("customer", "campaign")
    return shown.annotate(  # type: ignore[no-any-return]
        plate=people.plate("customer"),
        phone_tail=people.phone_tail("customer"),
        notice_due=Subquery(notice.values("due_on")[:1]),
        notice_ending=Subquery(notice.values("ending")[:1]),
        attempts=Subquery(notice.values("attempts")[:1]),
        letter_due=Subquery(letter.values("due_on")[:1]),
        letter_sent=Subquery(left.values("on")[:1], output_field=DateField()),
    )


def _owed(kind: Kind) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(invitation=OuterRef("pk"), kind=kind).order_by("-pk")
