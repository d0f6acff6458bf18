"""Everything that happened with one customer, newest first.

A new source is one function that returns entries, and its line in SOURCES.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.models import User
from customers.models import Consultation, Customer, Merge
from reports import contacts
from reports.entries import Entry, Kind, Source
from reports.history import FileChange, file_changes
from reports.moments import Moment
from workshop.models import RepairOrder
from workshop.states import OrderState

TONES = {OrderState.RELEASED: "done", OrderState.AUTHORIZED: "note", OrderState.CANCELLED: ""}


@dataclass(frozen=True)
class Page:
    """Some entries, and where the older ones begin."""

    entries: Sequence[Entry]
    older: Moment | None


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
    (Kind.CALL, contacts.calls),
    (Kind.MATTER, contacts.matters),
    (Kind.CAMPAIGN, contacts.invitations),
    (Kind.LETTER, contacts.letters),
    (Kind.LINK, contacts.links),
    (Kind.FOLLOW_UP, contacts.follow_ups),
    (Kind.FOLLOW_UP, contacts.skips),
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
