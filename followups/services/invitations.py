"""What an invited customer says, and whether he came."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import Refusal
from customers.models import Customer
from followups.models import Campaign, CampaignState, Invitation, InvitationAnswer

MOST_GUESTS = 99
SAID = ("told_on", "told_change", "answer", "answered_on", "guests", "wants_letter")


class NothingToAnswer(Refusal):
    """The campaign was called off or is over."""

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(
            _("%(campaign)s was called off or is over; there is nothing left to answer.")
            % {"campaign": campaign}
        )


class NotTakingPlace(Refusal):
    """Who came is noted from the first day of the campaign on."""

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(
            _("Who came is noted from the first day of %(campaign)s on, not before.")
            % {"campaign": campaign}
        )


def answer_invitation(
    invitation_id: int,
    *,
    answer: str,
    guests: int = 0,
    wants_letter: bool | None = None,
    told_on: date,
    by: User | None,
) -> Invitation:
    """Note that a customer was told of a campaign, and what he said to it.

    Usable within the transaction that records a call, and by a customer's own link (`by` None).
    What he said before is written over; the day on which he was first told stays.

    Args:
        answer: one of `InvitationAnswer`; empty when he was told and said neither.
        guests: how many he brings besides himself.
        wants_letter: None when he was not asked.

    Raises:
        NothingToAnswer: the campaign was called off or is over.
        ValidationError: names the field.

    Source: CAM-02, CAM-03, R-06.
    """
    _refuse_impossible(answer, guests)
    with _action(by):
        invitation = _lock(invitation_id, told_on)
        invitation.told_on = invitation.told_on or told_on
        invitation.told_change = invitation.campaign.changes
        if answer:
            invitation.answer, invitation.answered_on = answer, told_on
            invitation.guests = guests if answer == InvitationAnswer.COMES else 0
        if wants_letter is not None:
            invitation.wants_letter = wants_letter
        invitation.save(update_fields=SAID)
        invitation.refresh_from_db()
    return invitation


def mark_attendance(
    campaign_id: int, *, came: Collection[int], on: date | None, by: User
) -> list[Invitation]:
    """Note of several invitations that the customer came, or with `on` None that he didn't.

    Raises:
        NotTakingPlace: the campaign hasn't begun or was called off.
        ValidationError: the day lies outside of the campaign.
    """
    with changes_by(by):
        campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
        _refuse_wrong_day(campaign, on)
        rows = campaign.invitations.filter(pk__in=came).select_for_update(no_key=True)
        marked = list(rows.order_by("pk"))
        for invitation in marked:
            if on is None and invitation.walked_in:
                invitation.delete()
                continue
            invitation.attended_on = on
            invitation.save(update_fields=["attended_on"])
    return marked


def walk_in(campaign_id: int, *, customer: Customer, on: date, by: User) -> Invitation:
    """Note that a customer came, who need not have been invited.

    Raises:
        NotTakingPlace, ValidationError
    """
    with changes_by(by):
        campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
        _refuse_wrong_day(campaign, on)
        invitation, is_new = Invitation.objects.get_or_create(
            campaign=campaign,
            customer=customer,
            defaults={"attended_on": on, "walked_in": True},
        )
        if not is_new and invitation.attended_on is None:
            invitation.attended_on = on
            invitation.save(update_fields=["attended_on"])
    return invitation


def places_taken(campaign: Campaign) -> int:
    """Return how many people said that they come, guests included."""
    coming: dict[str, Any] = campaign.invitations.coming().aggregate(
        people=Count("pk"), guests=Sum("guests")
    )
    return int(coming["people"]) + int(coming["guests"] or 0)


def _refuse_impossible(answer: str, guests: int) -> None:
    wrong = {}
    if answer and answer not in InvitationAnswer.values:
        wrong["answer"] = _("This is no answer to an invitation.")
    if not 0 <= guests <= MOST_GUESTS:
        wrong["guests"] = _("Between 0 and %(most)s guests.") % {"most": MOST_GUESTS}
    if wrong:
        raise ValidationError(wrong)


def _refuse_wrong_day(campaign: Campaign, on: date | None) -> None:
    if campaign.state != CampaignState.DECIDED:
        raise NotTakingPlace(campaign)
    if on is None:
        return
    if on < campaign.starts_on:
        raise NotTakingPlace(campaign)
    if on > campaign.ends_on:
        raise ValidationError({"on": _("The campaign was over on this day.")})


def _action(by: User | None) -> AbstractContextManager[Any]:
    return changes_by(by) if by is not None else transaction.atomic()


def _lock(invitation_id: int, told_on: date) -> Invitation:
    # Sweeps may add what points at the row meanwhile: they wait for nobody who answers.
    rows = Invitation.objects.select_for_update(of=("self",), no_key=True)
    invitation = rows.select_related("campaign").get(pk=invitation_id)
    campaign = invitation.campaign
    if campaign.state != CampaignState.DECIDED or campaign.ends_on < told_on:
        raise NothingToAnswer(campaign)
    return invitation
