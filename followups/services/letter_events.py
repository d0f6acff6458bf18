"""What becomes of issued letters: posted, returned, answered. Lines are added, never changed."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from aftersales import days
from aftersales.models import User
from aftersales.refusals import Refusal
from followups.models import (
    DeliveryChannel,
    Letter,
    LetterBatch,
    LetterEvent,
    LetterEventKind,
)
from followups.models.letter import LEFT


class NotThatWay(Refusal):
    """E-mails and text messages are not posted, and leave by themselves."""

    def __init__(self) -> None:
        super().__init__(_("Only letters on paper are posted."))


class NotOut(Refusal):
    """A letter cannot come back before it has left."""

    def __init__(self) -> None:
        super().__init__(
            _("This letter has not left the house yet. Note first when it was posted.")
        )


class OutAlready(Refusal):
    """A letter leaves once."""

    def __init__(self) -> None:
        super().__init__(_("It is noted already that this letter has left the house."))


@transaction.atomic
def note(
    letter_id: int, kind: LetterEventKind, *, on: date, note: str, by: User, today: date
) -> LetterEvent:
    """Write down what became of a letter.

    Raises:
        NotThatWay, NotOut, OutAlready
        ValidationError: the day lies before the letter was issued, or hasn't come.
    """
    letter = Letter.objects.select_for_update(of=("self",), no_key=True).get(pk=letter_id)
    _check_day(on, today=today, issued=letter)
    out = letter.events.filter(kind__in=LEFT).first()
    if kind == LetterEventKind.POSTED:
        if letter.channel != DeliveryChannel.POST:
            raise NotThatWay
        if out:
            raise OutAlready
    elif out is None:
        raise NotOut
    elif on < out.on:
        raise ValidationError({"on": _("On this day the letter had not left yet.")})
    return LetterEvent.objects.create(
        letter=letter, kind=kind, on=on, note=note.strip(), noted_by=by
    )


@transaction.atomic
def note_batch_posted(batch: LetterBatch, *, on: date, by: User, today: date) -> int:
    """Write down that all letters of a batch that are still here were posted; return how many.

    Raises:
        NotThatWay
        ValidationError: as for one letter.
    """
    if batch.channel != DeliveryChannel.POST:
        raise NotThatWay
    here = Letter.objects.still_here().filter(batch=batch)
    last = here.order_by("-issued_at").first()
    if last is None:
        return 0
    _check_day(on, today=today, issued=last)
    events = [
        LetterEvent(letter_id=pk, kind=LetterEventKind.POSTED, on=on, noted_by=by)
        for pk in here.values_list("pk", flat=True)
    ]
    written = LetterEvent.objects.bulk_create(events, ignore_conflicts=True, batch_size=2_000)
    return len(written)


def _check_day(on: date, *, today: date, issued: Letter) -> None:
    if on > today:
        raise ValidationError({"on": _("This day has not come yet.")})
    if on < days.local_date(issued.issued_at):
        raise ValidationError({"on": _("The letter was issued later than this.")})
