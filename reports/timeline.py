"""Everything that happened with one customer, newest first.

A new source is one function that returns entries, and its line in SOURCES.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.models import User
from customers.models import Consultation, Customer, Merge
from followups.models import (
    Call,
    Ending,
    FollowUp,
    Invitation,
    Letter,
    Matter,
    MatterState,
    Skip,
)
from followups.register import main_points
from reports.history import FileChange, file_changes
from reports.moments import Moment
from workshop.models import RepairOrder
from workshop.states import OrderState


class Kind(models.TextChoices):
    """What an entry is about; the chips above the timeline."""

    CALL = "call", gettext_lazy("Calls")
    MATTER = "matter", gettext_lazy("Matters")
    CAMPAIGN = "campaign", gettext_lazy("Campaigns")
    LETTER = "letter", gettext_lazy("Letters")
    FOLLOW_UP = "follow_up", gettext_lazy("Follow-ups")
    ORDER = "order", gettext_lazy("Repair orders")
    CONSULTATION = "consultation", gettext_lazy("Consultations")
    FILE = "file", gettext_lazy("Customer file")
    MERGE = "merge", gettext_lazy("Merges")


ICONS = {
    Kind.CALL: "phone",
    Kind.MATTER: "message-square-warning",
    Kind.CAMPAIGN: "megaphone",
    Kind.LETTER: "mail",
    Kind.FOLLOW_UP: "list-checks",
    Kind.ORDER: "wrench",
    Kind.CONSULTATION: "messages-square",
    Kind.FILE: "file-pen",
    Kind.MERGE: "merge",
}
TONES = {OrderState.RELEASED: "done", OrderState.AUTHORIZED: "note", OrderState.CANCELLED: ""}
MATTER_TONES = {
    **dict.fromkeys(MatterState, "due"),
    MatterState.ANSWERED: "note",
    MatterState.CLOSED: "done",
}


@dataclass(frozen=True)
class Entry:
    """One thing that happened: a heading, who did it, and a few lines about it."""

    moment: Moment
    kind: Kind
    heading: str
    by: str = ""
    url: str = ""
    badge: str = ""
    tone: str = ""
    lines: Sequence[str] = ()

    @property
    def at(self) -> datetime:
        return self.moment.at

    @property
    def icon(self) -> str:
        return ICONS[self.kind]


@dataclass(frozen=True)
class Page:
    """Some entries, and where the older ones begin."""

    entries: Sequence[Entry]
    older: Moment | None


Source: TypeAlias = Callable[[Customer, User, "Moment | None", int], list[Entry]]


def timeline(
    customer: Customer,
    *,
    user: User,
    kinds: Collection[str] = (),
    before: Moment | None = None,
    limit: int = 20,
) -> Page:
    """Return what happened with a customer, as far as `user` may see it.

    Args:
        kinds: what to show; nothing means everything.
        before: where an earlier page ended.
    """
    found = [
        entry
        for kind, read in SOURCES
        if not kinds or kind in kinds
        for entry in read(customer, user, before, limit + 1)
    ]
    found.sort(key=attrgetter("moment"), reverse=True)
    shown = found[:limit]
    older = shown[-1].moment if len(found) > limit else None
    return Page(_together(shown), older)


def _calls(customer: Customer, user: User, before: Moment | None, limit: int) -> list[Entry]:
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


def _letters(customer: Customer, user: User, before: Moment | None, limit: int) -> list[Entry]:
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


def _matters(customer: Customer, user: User, before: Moment | None, limit: int) -> list[Entry]:
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


def _invitations(customer: Customer, user: User, before: Moment | None, limit: int) -> list[Entry]:
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


def _follow_ups(customer: Customer, user: User, before: Moment | None, limit: int) -> list[Entry]:
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


def _skips(customer: Customer, user: User, before: Moment | None, limit: int) -> list[Entry]:
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


def _orders(customer: Customer, user: User, before: Moment | None, limit: int) -> list[Entry]:
    older = before.rows_before("order", at="checked_in_at") if before else Q()
    orders = (
        RepairOrder.objects.visible_to(user)
        .filter(older, customer=customer)
        .select_related("vehicle", "advisor")
    )
    return [
        Entry(
            moment=Moment(order.checked_in_at, "order", order.pk),
            kind=Kind.ORDER,
            heading=_("Repair order %(number)s") % {"number": order.number},
            by=str(order.advisor or order.advisor_name),
            url=order.get_absolute_url(),
            badge=order.get_state_display(),
            tone=TONES.get(OrderState(order.state), "due"),
            lines=[
                f"{order.get_kind_display()} · {order.vehicle}",
                *filter(None, [order.service_items, order.cancel_reason]),
            ],
        )
        for order in orders.order_by("-checked_in_at", "-pk")[:limit]
    ]


def _consultations(
    customer: Customer, user: User, before: Moment | None, limit: int
) -> list[Entry]:
    older = before.rows_before("consultation", at="ended_at") if before else Q()
    consultations = (
        Consultation.objects.visible_to(user)
        .filter(older, customer=customer)
        .select_related("held_by", "vehicle")
    )
    return [
        Entry(
            moment=Moment(consultation.ended_at, "consultation", consultation.pk),
            kind=Kind.CONSULTATION,
            heading=_("Consultation: %(topic)s") % {"topic": consultation.get_topic_display()},
            by=str(consultation.held_by),
            url=consultation.get_absolute_url(),
            lines=[*filter(None, [str(consultation.vehicle or ""), consultation.notes])],
        )
        for consultation in consultations.order_by("-ended_at", "-pk")[:limit]
    ]


def _file(customer: Customer, user: User, before: Moment | None, limit: int) -> list[Entry]:
    return [
        Entry(
            moment=found.moment,
            kind=Kind.FILE,
            heading=_("File opened") if _opens_file(found) else _("File changed"),
            by=_("directly in the database") if found.change.is_direct else found.change.by,
            lines=_said(found),
        )
        for found in file_changes(customer, before=before, limit=limit)
    ]


def _merges(customer: Customer, user: User, before: Moment | None, limit: int) -> list[Entry]:
    older = before.rows_before("merge", at="merged_at") if before else Q()
    merges = Merge.objects.filter(older, survivor=customer).select_related("merged", "merged_by")
    return [
        Entry(
            moment=Moment(merge.merged_at, "merge", merge.pk),
            kind=Kind.MERGE,
            heading=_("%(file)s was merged into this file") % {"file": merge.merged.file_no},
            by=str(merge.merged_by),
            url=reverse("reports:customer-history", args=[merge.merged_id]),
            badge=_("undone") if merge.undone_at else "",
            lines=[str(merge.merged)],
        )
        for merge in merges.order_by("-merged_at", "-pk")[:limit]
    ]


SOURCES: list[tuple[Kind, Source]] = [
    (Kind.CALL, _calls),
    (Kind.MATTER, _matters),
    (Kind.CAMPAIGN, _invitations),
    (Kind.LETTER, _letters),
    (Kind.FOLLOW_UP, _follow_ups),
    (Kind.FOLLOW_UP, _skips),
    (Kind.ORDER, _orders),
    (Kind.CONSULTATION, _consultations),
    (Kind.FILE, _file),
    (Kind.MERGE, _merges),
]


def _together(entries: Sequence[Entry]) -> list[Entry]:
    """Make one entry of what somebody changed in the file in one moment."""
    joined = []
    for _key, group in groupby(entries, _occasion):
        # The file itself sorts before what hangs on it, so it comes last here and leads there.
        parts = [*group][::-1]
        joined.append(replace(parts[0], lines=[line for part in parts for line in part.lines]))
    return joined


def _occasion(entry: Entry) -> tuple[object, ...]:
    if entry.kind == Kind.FILE:
        return entry.at, entry.by
    return (entry.moment,)


def _opens_file(found: FileChange) -> bool:
    return found.change.model is Customer and found.change.action == "insert"


def _said(found: FileChange) -> list[str]:
    if found.change.model is not Customer:
        return [found.title]
    if found.change.action == "insert":
        return []
    return [", ".join(changed.label for changed in found.change.fields)]
