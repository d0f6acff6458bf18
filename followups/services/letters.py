"""Letters are issued: number, file, line of the register and what follows, all at once or not."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerSilent

from aftersales import days
from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import Refusal
from customers.models import Customer
from followups.letters import typesetting
from followups.letters.drafts import Draft, drafts, to_issue
from followups.models import (
    BatchItem,
    BatchState,
    DeliveryChannel,
    Ending,
    FollowUp,
    Letter,
    LetterBatch,
    LetterFile,
    LetterKind,
    Obstacle,
    Register,
    State,
)
from followups.services import outbox
from followups.services.letter_batches import NotNow, prepare_letter

log = logging.getLogger(__name__)

# Whoever issues another letter waits for these: half a second.
AT_ONCE = 100
TABLE = Letter._meta.db_table


class NothingToIssue(Refusal):
    """Everybody in the batch is left out, each for a reason that its page shows."""

    def __init__(self) -> None:
        super().__init__(_("No letter of these can be issued; the list says why."))


class NotIssued(Refusal):
    """Something stands in the way of the one letter that was to be issued."""

    def __init__(self, obstacle: str) -> None:
        super().__init__(str(Obstacle(obstacle).label))


def start(batch_id: int, *, by: User, now: datetime) -> LetterBatch:
    """Decide that a batch is issued; a worker is rung for whatever `issue_some` leaves.

    Raises:
        NotNow: it is being issued already, or was.
        NothingToIssue
    """
    with changes_by(by):
        batch = LetterBatch.objects.select_for_update().get(pk=batch_id)
        if batch.state != BatchState.DRAFT:
            raise NotNow(batch)
        if not to_issue(batch.items.all()).exists():
            raise NothingToIssue
        batch.state, batch.issued_by, batch.issued_at = BatchState.ISSUING, by, now
        batch.save(update_fields=["state", "issued_by", "issued_at"])
        transaction.on_commit(partial(ring, batch.pk), robust=True)
    return batch


@transaction.atomic
def issue_one(
    item: BatchItem,
    *,
    kind: LetterKind,
    template_name: str,
    channel: DeliveryChannel,
    by: User,
    operation: UUID,
    now: datetime,
) -> Letter:
    """Prepare and issue one letter at once; a refusal leaves nothing behind.

    Args:
        item, operation: as for `prepare_letter`; sent twice, it is one letter.

    Raises:
        NotIssued: it says what stands in the way.
    """
    batch = prepare_letter(
        item,
        kind=kind,
        template_name=template_name,
        channel=channel,
        by=by,
        operation=operation,
    )
    if batch.state == BatchState.DRAFT:
        start(batch.pk, by=by, now=now)
        issue_all(batch.pk, now=now)
    issued = batch.items.select_related("letter").get()
    if issued.letter is None:
        raise NotIssued(issued.obstacle)
    return issued.letter


def ring(batch_id: int) -> None:
    """Tell a worker that a batch is owed letters; if nobody hears it, beat rings again."""
    try:
        current_app.send_task("followups.issue_letters", args=[batch_id], retry=False)
    except BrokerSilent as error:
        log.warning("no doorbell: batch=%s error=%s", batch_id, error)


def unfinished() -> list[int]:
    """Return the batches that are owed letters, the oldest first."""
    waiting = LetterBatch.objects.filter(state=BatchState.ISSUING).order_by("pk")
    return list(waiting.values_list("pk", flat=True))


def issue_all(batch_id: int, *, now: datetime) -> None:
    """Issue what is left of a batch."""
    while issue_some(batch_id, now=now):
        pass


@transaction.atomic
def issue_some(batch_id: int, *, now: datetime, most: int = AT_ONCE) -> bool:
    """Issue the next letters of a batch: all of this or, if it is interrupted, nothing.

    Each gets its number, its line in the register and its file; its follow-up ends; what goes
    by e-mail or text message lies in the outbox.

    Returns:
        Whether more are to come. False as well if somebody else is at this batch.

    Source: REG-02, CAM-03.
    """
    batch = (
        LetterBatch.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("issued_by", "campaign")
        .filter(pk=batch_id, state=BatchState.ISSUING)
        .first()
    )
    if batch is None or batch.issued_by is None:
        return False
    with changes_by(batch.issued_by):
        chosen = list(to_issue(batch.items.all()).values_list("pk", flat=True)[:most])
        items = batch.items.filter(pk__in=chosen).order_by("pk")
        _lock(items)
        found = drafts(batch, items, handler=batch.issued_by, now=now)
        _write_down_obstacles([draft for draft in found if draft.obstacle])
        _issue(batch, [draft for draft in found if not draft.obstacle], batch.issued_by, now)
        is_more = to_issue(batch.items.all()).exists()
        if not is_more:
            batch.state = BatchState.ISSUED
            batch.save(update_fields=["state"])
    return is_more


def _lock(items: QuerySet[BatchItem]) -> None:
    """Lock the customers' files, then the follow-ups: the order in which calls take them."""
    asked = (
        Customer.objects.filter(pk__in=items.values("customer")).order_by("pk"),
        FollowUp.objects.filter(pk__in=items.values("follow_up")).order_by("pk"),
    )
    for rows in asked:
        list(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def _write_down_obstacles(found: Sequence[Draft]) -> None:
    for draft in found:
        draft.item.obstacle = draft.obstacle
    BatchItem.objects.bulk_update([draft.item for draft in found], ["obstacle"])


def _issue(batch: LetterBatch, found: Sequence[Draft], by: User, now: datetime) -> None:
    if not found:
        return
    today = days.local_date(now)
    year, first = _next_place(today)
    written = [
        _line(batch, draft, (year, number), by, now) for number, draft in enumerate(found, first)
    ]
    letters = Letter.objects.bulk_create([letter for letter, _file in written])
    for (_letter, file), letter in zip(written, letters, strict=True):
        file.letter_id = letter.pk
    LetterFile.objects.bulk_create([file for _letter, file in written])
    for draft, letter in zip(found, letters, strict=True):
        draft.item.letter = letter
    BatchItem.objects.bulk_update([draft.item for draft in found], ["letter"])
    _end_follow_ups(found, by, now)
    _check(letters)
    if batch.channel != DeliveryChannel.POST:
        for letter in letters:
            outbox.put(
                key=f"letter {letter.pk}",
                channel=batch.channel,
                recipient=letter.recipient,
                subject=letter.subject,
                body=letter.body,
                letter=letter,
                now=now,
            )


def _next_place(today: date) -> tuple[int, int]:
    """Return year and number of the next line; nobody else takes it until the transaction ends.

    The file bears the number and the line bears the hash of the file, so it has to be known
    before the line is written; the line gets it from the trigger all the same.
    """
    Register.objects.get_or_create(
        name=TABLE, defaults={"year": today.year, "last_number": 0, "last_hash": ""}
    )
    end = Register.objects.select_for_update().get(name=TABLE)
    if today.year > end.year:
        return today.year, 1
    return end.year, end.last_number + 1


def _line(
    batch: LetterBatch, draft: Draft, place: tuple[int, int], by: User, now: datetime
) -> tuple[Letter, LetterFile]:
    item, customer = draft.item, draft.customer
    follow_up, call = item.follow_up, item.call
    year, number = place
    letter = Letter(
        year=year,
        number=number,
        kind=batch.kind,
        customer=customer,
        customer_name=customer.name,
        address=customer.address,
        postal_code=customer.postal_code,
        recipient=draft.recipient,
        plate=draft.plate,
        language=draft.language,
        subject=draft.subject,
        body=draft.body,
        channel=batch.channel,
        batch=batch,
        campaign=batch.campaign,
        follow_up=follow_up,
        call=call,
        matter=item.matter,
        told_on=_told_on(draft),
        due_on=follow_up.due_on if follow_up else None,
        handler=by,
        issued_at=now,
    )
    paper = draft.on_paper(dated=days.local_date(now), handler=by, number=letter.letter_no)
    content = typesetting.draw(paper, now=now)
    letter.pdf_hash = hashlib.sha256(content).hexdigest()
    return letter, LetterFile(content=content, pages=typesetting.pages_of(content))


def _told_on(draft: Draft) -> date | None:
    """Return the day of the call that the letter follows (F4, field 9)."""
    follow_up, call = draft.item.follow_up, draft.item.call
    if follow_up and follow_up.invitation:
        told_on: date | None = follow_up.invitation.told_on
        return told_on
    return days.local_date(call.started_at) if call else None


def _end_follow_ups(found: Sequence[Draft], by: User, now: datetime) -> None:
    ids = [draft.item.follow_up_id for draft in found if draft.item.follow_up_id]
    FollowUp.objects.open().filter(pk__in=ids).update(
        state=State.DONE,
        ending=Ending.SENT,
        closed_at=now,
        closed_on=days.local_date(now),
        closed_by=by,
    )


def _check(letters: Sequence[Letter]) -> None:
    """Make sure that each line has the number that its file bears."""
    planned = {letter.pk: (letter.year, letter.number) for letter in letters}
    rows = Letter.objects.filter(pk__in=planned).values_list("pk", "year", "number")
    assert {pk: (year, number) for pk, year, number in rows} == planned, "numbers were taken"
