"""Links for customers without an account: made, revoked, and what is said through them.

Only the digest of a link is kept, so nobody reads a working link out of the database, but while
its message waits in the outbox. What a customer says is written under the name of who made the
link, and the history says that it was the customer.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from aftersales import days
from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import Refusal
from customers.models import Channel, ContactPurpose, Customer
from customers.services import files
from followups.calling.questions import REQUIRED
from followups.models import (
    Call,
    Campaign,
    CampaignState,
    HeardThrough,
    Invitation,
    LinkPurpose,
    LinkState,
    MatterKind,
    PublicLink,
    SurveyAnswer,
)
from followups.services import survey
from followups.services.hearing import Heard, open_matter
from followups.services.invitations import NothingToAnswer, answer_invitation

LIFETIMES = {
    LinkPurpose.INVITATION: timedelta(days=90),
    LinkPurpose.CONVENIENT_TIME: timedelta(days=30),
    LinkPurpose.STOP_ADVERTISING: timedelta(days=365),
    LinkPurpose.SURVEY: timedelta(days=30),
}
SECRET_BYTES = 24


class LinkHasEnded(Refusal):
    """The link was revoked, or its time is over."""

    def __init__(self) -> None:
        super().__init__(_("This link has ended."))


class LinkRevokedBefore(Refusal):
    """Nothing is left to revoke."""

    def __init__(self) -> None:
        super().__init__(_("This link was revoked already."))


@dataclass(frozen=True)
class Issued:
    """A new link and its address, which can't be shown again."""

    link: PublicLink
    url: str


def issue(
    customer: Customer,
    *,
    purpose: str,
    invitation: Invitation | None = None,
    call: Call | None = None,
    by: User,
    now: datetime,
) -> Issued:
    """Make a link for one customer and one purpose; one to an invitation ends with its campaign.

    Args:
        invitation: what is answered; a link for something else forgets it.

    Raises:
        NothingToAnswer: the campaign was called off or is over.
        ValidationError: the invitation is missing, or of somebody else.
    """
    expires_at = now + LIFETIMES[LinkPurpose(purpose)]
    if purpose == LinkPurpose.INVITATION:
        if invitation is None or invitation.customer_id != customer.pk:
            raise ValidationError({"invitation": _("Choose one of the customer's invitations.")})
        expires_at = min(expires_at, _end_of(invitation.campaign, now))
    else:
        invitation = None
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with changes_by(by):
        link = PublicLink.objects.create(
            digest=_digest(secret),
            customer=customer,
            purpose=purpose,
            invitation=invitation,
            call=call,
            expires_at=expires_at,
            created_by=by,
            created_at=now,
        )
    return Issued(link, settings.PUBLIC_URL + reverse("followups:public-link", args=[secret]))


def revoke(link_id: int, *, by: User, now: datetime) -> PublicLink:
    """End a link.

    Raises:
        LinkRevokedBefore
    """
    with changes_by(by):
        link = PublicLink.objects.select_for_update(no_key=True).get(pk=link_id)
        if link.revoked_at:
            raise LinkRevokedBefore
        link.revoked_at, link.revoked_by = now, by
        link.save(update_fields=["revoked_at", "revoked_by"])
    return link


def find(secret: str) -> PublicLink | None:
    """Return the link with this secret, whether it works or not."""
    links = PublicLink.objects.select_related("customer", "created_by", "invitation__campaign")
    return links.filter(digest=_digest(secret)).first()


def works(link: PublicLink, now: datetime) -> bool:
    """Say whether a link can be answered: it lives, and so does its campaign."""
    if link.state(now) not in {LinkState.OPEN, LinkState.USED}:
        return False
    return link.invitation is None or link.invitation.campaign.state == CampaignState.DECIDED


def answer(link: PublicLink, *, coming: str, guests: int, now: datetime) -> None:
    """Say yes or no to an invitation; one may change one's mind.

    Raises:
        LinkHasEnded, NothingToAnswer
        ValidationError: names the field.

    Source: CAM-02.
    """
    with _by_customer(link, now) as used:
        assert used.invitation is not None  # the database sees to it
        answer_invitation(
            used.invitation.pk,
            answer=coming,
            guests=guests,
            told_on=days.local_date(now),
            by=used.created_by,
        )


def give_convenient_time(link: PublicLink, *, changes: Mapping[str, Any], now: datetime) -> None:
    """Write hours and days into the customer's file.

    Raises:
        LinkHasEnded

    Source: FUP-12.
    """
    with _by_customer(link, now) as used:
        customer = files.lock_file(used.customer_id)
        files.update_group(
            customer.pk, by=used.created_by, version=customer.version, changes=dict(changes)
        )


def stop_advertising(link: PublicLink, *, channels: Collection[str], now: datetime) -> None:
    """Refuse campaigns and offers; with every channel named, in every way.

    Raises:
        LinkHasEnded

    Source: FUP-11.
    """
    single = {channel for channel in Channel.values if channel != Channel.ALL}
    wanted = {Channel.ALL} if single <= set(channels) else set(channels)
    with translation.override(settings.LANGUAGE_CODE):
        reason = _("The customer's own word, by a link.")
    with _by_customer(link, now) as used:
        customer = files.lock_file(used.customer_id)
        refused = set(
            customer.refusals.standing()
            .filter(purpose__in=[ContactPurpose.PROMOTION, ContactPurpose.ALL])
            .values_list("channel", flat=True)
        )
        for channel in sorted(set() if Channel.ALL in refused else wanted - refused):
            files.refuse_contact(
                customer.pk,
                by=used.created_by,
                today=days.local_date(now),
                purpose=ContactPurpose.PROMOTION,
                channel=channel,
                reason=reason,
            )


def answer_survey(
    link: PublicLink, *, scores: Mapping[str, Any], reasons: Mapping[str, str], now: datetime
) -> None:
    """Keep the answers to the survey; low scores open a matter, once.

    Raises:
        LinkHasEnded
        ValidationError: a required answer is missing, or one does not fit its question.

    Source: FUP-03, CMP-06.
    """
    survey.refuse_wrong_scores(scores)
    if missing := REQUIRED - set(scores):
        raise ValidationError({key: _("Please answer this question.") for key in sorted(missing)})
    said = survey.low_scores(scores, reasons, language=link.customer.language)
    with _by_customer(link, now) as used:
        answered = SurveyAnswer.objects.filter(link=used).first() or SurveyAnswer(link=used)
        answered.scores, answered.score_reasons = dict(scores), dict(reasons)
        answered.answered_at = now
        if answered.matter is None and said:
            heard = Heard(MatterKind.LOW_SCORE, said, through=HeardThrough.SURVEY)
            answered.matter = open_matter(
                used.customer_id, heard=heard, by=used.created_by, now=now
            )
        answered.save()


@contextmanager
def _by_customer(link: PublicLink, now: datetime) -> Iterator[PublicLink]:
    """Lock the link and note its use; what is written is the customer's doing."""
    with pghistory.context(link=link.pk), changes_by(link.created_by):
        # The file comes first, as everywhere.
        files.lock_file(link.customer_id)
        used = PublicLink.objects.select_for_update(of=("self",), no_key=True).get(pk=link.pk)
        if not works(used, now):
            raise LinkHasEnded
        yield used
        if used.used_at is None:
            used.used_at = now
            used.save(update_fields=["used_at"])


def _end_of(campaign: Campaign, now: datetime) -> datetime:
    end = days.start_of_day(campaign.ends_on + timedelta(days=1))
    if campaign.state != CampaignState.DECIDED or end <= now:
        raise NothingToAnswer(campaign)
    return end


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
