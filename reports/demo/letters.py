"""The demo's letters: contact checks that were posted, invitations, and a batch being prepared."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from aftersales import days, roles
from aftersales.models import User
from customers.models import Customer
from followups.calling.unreachable import unreachable
from followups.letters.defaults import NAME
from followups.models import (
    FollowUp,
    Kind,
    LetterBatch,
    LetterEventKind,
    LetterKind,
)
from followups.services import letter_batches, letter_events, letters
from reports.demo import staff

UNREACHED = 12
INVITED = 20
PREPARED = 15


def write(random: Random, workers: list[User], *, now: datetime) -> None:
    """Write to some whom nobody reached, to some who wanted an invitation, and prepare more."""
    [supervisor] = staff.holding(workers, roles.SUPERVISOR)
    unreached = unreachable().order_by("-closed_at", "pk").values_list("customer", flat=True)
    chosen = list(unreached[: UNREACHED + PREPARED])
    _post(_checks(random, supervisor, chosen[:UNREACHED]), now - timedelta(3))
    _invite(random, supervisor, now)
    if rest := chosen[UNREACHED:]:
        _checks(random, supervisor, rest)


def _checks(random: Random, by: User, customers: list[int]) -> LetterBatch | None:
    found = Customer.objects.filter(pk__in=customers)
    if not found.exists():
        return None
    return letter_batches.prepare_batch(
        kind=LetterKind.CONTACT_CHECK,
        template_name=NAME,
        customers=found,
        by=by,
        operation=UUID(int=random.getrandbits(128)),
    )


def _post(batch: LetterBatch | None, at: datetime) -> None:
    """Issue and post a batch; the first letter comes back, the second is answered."""
    if batch is None:
        return
    letters.start(batch.pk, by=batch.created_by, now=at)
    letters.issue_all(batch.pk, now=at)
    today, by = days.local_date(at + timedelta(3)), batch.created_by
    posted_on = days.local_date(at)
    letter_events.note_batch_posted(batch, on=posted_on, by=by, today=today)
    later = [LetterEventKind.RETURNED, LetterEventKind.ANSWERED]
    for letter, kind in zip(batch.letters.order_by("number"), later, strict=False):
        letter_events.note(letter.pk, kind, on=today, note="", by=by, today=today)


def _invite(random: Random, by: User, now: datetime) -> None:
    owed = FollowUp.objects.open().filter(kind=Kind.CAMPAIGN_LETTER).order_by("due_on", "pk")
    if (first := owed.select_related("invitation__campaign").first()) is None:
        return
    assert first.invitation is not None  # the cause of its kind
    campaign = first.invitation.campaign
    some = owed.filter(invitation__campaign=campaign).values("pk")[:INVITED]
    batch = letter_batches.prepare_batch(
        kind=LetterKind.INVITATION,
        template_name=NAME,
        follow_ups=FollowUp.objects.filter(pk__in=list(some.values_list("pk", flat=True))),
        campaign=campaign,
        by=by,
        operation=UUID(int=random.getrandbits(128)),
    )
    letters.start(batch.pk, by=by, now=now)
    letters.issue_all(batch.pk, now=now)
