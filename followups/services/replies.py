"""What a customer said to each thing he was called about: to an answer, to an invitation."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from aftersales import days
from aftersales.models import User
from followups.models import Call, CampaignState, FollowUp, Kind
from followups.services.invitations import answer_invitation
from followups.services.matters import MatterIsClosed, Word, take_word
from followups.services.told import Reply, Told

INVITED = (Kind.CAMPAIGN_NOTICE, Kind.CAMPAIGN_REMINDER, Kind.CAMPAIGN_CHANGE)


def missing(told: Told, *, settled: Collection[FollowUp]) -> dict[str, str]:
    """Return what the customer has to be asked before these are settled, by the field's name.

    Source: FUP-08 (only his word closes a matter), CAM-02.
    """
    wrong = {}
    for item in settled:
        reply = told.reply_to(item.pk)
        if item.kind == Kind.ANSWER and reply.satisfied is None:
            wrong[f"satisfied_{item.pk}"] = _("Ask whether the answer satisfies.")
        if item.kind == Kind.CAMPAIGN_NOTICE and not reply.answer:
            wrong[f"invited_{item.pk}"] = _("Ask whether the customer will come.")
    unsatisfied = any(told.reply_to(item.pk).satisfied is False for item in settled)
    if unsatisfied and not told.answers.get("note", "").strip():
        wrong["note"] = _("Write down what is still wrong, in the customer's words.")
    return wrong


def take_down(call: Call, told: Told, *, settled: Collection[FollowUp], by: User) -> None:
    """Tell matters and invitations what the customer said; their follow-ups are locked.

    Source: FUP-05, FUP-08, CAM-02, CAM-03.
    """
    for item in settled:
        reply = told.reply_to(item.pk)
        if item.matter is not None:
            _told(call, item, reply, by=by, now=call.ended_at)
        elif item.invitation is not None and item.kind in INVITED:
            _answered(item, reply, by=by, now=call.ended_at)


def _told(call: Call, item: FollowUp, reply: Reply, *, by: User, now: datetime) -> None:
    matter = item.matter
    assert matter is not None
    words = matter.solution or matter.answer
    try:
        take_word(matter.pk, word=Word(words, reply.satisfied, call=call), by=by, now=now)
    except MatterIsClosed:
        return  # by somebody who had the customer's word before


def _answered(item: FollowUp, reply: Reply, *, by: User, now: datetime) -> None:
    invitation, today = item.invitation, days.local_date(now)
    assert invitation is not None
    campaign = invitation.campaign
    if campaign.state != CampaignState.DECIDED or campaign.ends_on < today:
        return  # he was told that it doesn't take place
    answer_invitation(
        invitation.pk,
        answer=reply.answer,
        guests=reply.guests,
        wants_letter=reply.wants_letter,
        told_on=today,
        by=by,
    )
