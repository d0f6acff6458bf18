"""What was said to a customer, written to him and owed to him, for his timeline."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import gettext as _

from aftersales.models import User
from customers.models import Customer
from followups.models import (
    Call,
    Ending,
    FollowUp,
    Invitation,
    Letter,
    LinkState,
    Matter,
    MatterState,
    PublicLink,
    Skip,
    SurveyAnswer,
)
from followups.registers.call_record import answered
from followups.registers.call_register import main_points
from reports.entries import Entry, Kind
from reports.moments import Moment

MATTER_TONES = {
    **dict.fromkeys(MatterState, "due"),
    MatterState.ANSWERED: "note",
    MatterState.CLOSED: "done",
}


def calls(customer: Customer, user: User, before: Moment | None, limit: int) -> list[Entry]:
    older = before.rows_before("call", at="started_at") if before else Q()
    calls = Call.objects.visible_to(user).of(customer).in_force().filter(older)
    return [
        Entry(
            moment=Moment(call.started_at, "call", call.pk),
            kind=Kind.CALL,
            heading=_("%(kind)s: %(outcome)s")
            % {"kind": call.get_kind_display(), "outcome": call.get_outcome_display()},
            by=str(call.handler),
            url=call.get_absolute_url(),
            badge=_("Corrected") if call.corrects_id else "",
            lines=[*main_points(call), *filter(None, [call.note])],
        )
        for call in calls.select_related("handler").order_by("-started_at", "-pk")[:limit]
    ]


def letters(customer: Customer, user: User, before: Moment | None, limit: int) -> list[Entry]:
    older = before.rows_before("letter", at="issued_at") if before else Q()
    letters = Letter.objects.visible_to(user).filter(older, customer=customer)
    return [
        Entry(
            moment=Moment(letter.issued_at, "letter", letter.pk),
            kind=Kind.LETTER,
            heading=f"{letter.get_kind_display()} {letter.letter_no}",
            by=str(letter.handler),
            url=letter.get_absolute_url(),
            badge=letter.get_channel_display(),
            lines=[letter.subject],
        )
        for letter in letters.select_related("handler").order_by("-issued_at", "-pk")[:limit]
    ]


def matters(customer: Customer, user: User, before: Moment | None, limit: int) -> list[Entry]:
    older = before.rows_before("matter", at="created_at") if before else Q()
    matters = Matter.objects.visible_to(user).filter(older, customer=customer)
    return [
        Entry(
            moment=Moment(matter.created_at, "matter", matter.pk),
            kind=Kind.MATTER,
            heading=matter.get_kind_display(),
            by=str(matter.owner),
            url=matter.get_absolute_url(),
            badge=matter.get_state_display(),
            tone=MATTER_TONES[MatterState(matter.state)],
            lines=[*filter(None, [matter.text, matter.answer])],
        )
        for matter in matters.select_related("owner").order_by("-created_at", "-pk")[:limit]
    ]


def invitations(customer: Customer, user: User, before: Moment | None, limit: int) -> list[Entry]:
    older = before.rows_before("invitation", at="created_at") if before else Q()
    invitations = Invitation.objects.visible_to(user).filter(older, customer=customer)
    return [
        Entry(
            moment=Moment(invitation.created_at, "invitation", invitation.pk),
            kind=Kind.CAMPAIGN,
            heading=_("Came uninvited: %(campaign)s") % {"campaign": invitation.campaign}
            if invitation.walked_in
            else _("Invited: %(campaign)s") % {"campaign": invitation.campaign},
            url=invitation.campaign.get_absolute_url(),
            badge=invitation.get_answer_display(),
            tone="done" if invitation.attended_on else "",
            lines=[_("Came on %(day)s") % {"day": localize(invitation.attended_on)}]
            if invitation.attended_on
            else [],
        )
        for invitation in invitations.select_related("campaign").order_by("-created_at", "-pk")[
            :limit
        ]
    ]


def links(customer: Customer, user: User, before: Moment | None, limit: int) -> list[Entry]:
    """Return what the customer answered by his links; of a survey, what he says today."""
    if not user.has_perm("followups.send_link"):
        return []
    older = before.rows_before("link", at="used_at") if before else Q()
    used = PublicLink.objects.filter(older, customer=customer, used_at__isnull=False)
    return [
        Entry(
            moment=Moment(link.used_at, "link", link.pk),
            kind=Kind.LINK,
            heading=link.get_purpose_display(),
            by=customer.name,
            url=reverse("followups:links", args=[customer.pk]),
            badge=str(LinkState.USED.label),
            tone="done",
            lines=_said(link),
        )
        for link in used.select_related("invitation__campaign", "survey").order_by(
            "-used_at", "-pk"
        )[:limit]
        if link.used_at
    ]


def _said(link: PublicLink) -> list[str]:
    if link.invitation:
        return [str(link.invitation.campaign)]
    survey: SurveyAnswer | None = getattr(link, "survey", None)
    said = answered(survey.scores, survey.score_reasons) if survey else []
    return [f"{each.question.text} {each.text} {each.reason}".strip() for each in said]


def follow_ups(customer: Customer, user: User, before: Moment | None, limit: int) -> list[Entry]:
    """Return what ended without a call: with one, the call tells it."""
    older = before.rows_before("follow_up", at="closed_at") if before else Q()
    ended = FollowUp.objects.visible_to(user).filter(older, customer=customer)
    ended = ended.exclude(ending__in=["", Ending.REACHED, Ending.REFUSED])
    return [
        Entry(
            moment=Moment(item.closed_at, "follow_up", item.pk),
            kind=Kind.FOLLOW_UP,
            heading=item.get_kind_display(),
            by=str(item.closed_by or ""),
            url=item.get_absolute_url(),
            badge=item.get_ending_display(),
            lines=[*filter(None, [item.evidence])],
        )
        for item in ended.select_related("closed_by").order_by("-closed_at", "-pk")[:limit]
        if item.closed_at
    ]


def skips(customer: Customer, user: User, before: Moment | None, limit: int) -> list[Entry]:
    older = before.rows_before("skip", at="skipped_at") if before else Q()
    skips = Skip.objects.filter(older, customer=customer).select_related("skipped_by")
    return [
        Entry(
            moment=Moment(skip.skipped_at, "skip", skip.pk),
            kind=Kind.FOLLOW_UP,
            heading=_("Put off without a call"),
            by=str(skip.skipped_by),
            lines=[skip.reason],
        )
        for skip in skips.order_by("-skipped_at", "-pk")[:limit]
        if user.has_perm("followups.view_followup")
    ]
