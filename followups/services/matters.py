"""Matters: opened by calls, answered, closed."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as _

from aftersales.days import shop_zone
from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile, Refusal
from followups import rules
from followups.models import Call, Matter, MatterKind, MatterState
from followups.questions import QUESTIONS
from followups.services import survey


class MatterIsClosed(Refusal):
    """Nothing is left to do about it."""

    def __init__(self) -> None:
        super().__init__(_("This matter is closed already."))


def open_matters(call: Call, *, owner: User, today: date, days: int) -> list[Matter]:
    """Open what a call leaves behind: complaints, what wasn't answered at once, bad scores.

    Source: FUP-04, FUP-05, FUP-06, FUP-07, R-08.
    """
    texts = {MatterKind.COMPLAINT: call.complaints}
    unsolved = [call.to_study] if call.answered_now else [call.requests, call.to_study]
    if call.callback_at is not None and not call.agenda.exists():
        # Nothing is owed that could be put off till then, so the promise is a matter of its own.
        at = formats.date_format(call.callback_at.astimezone(shop_zone()), "SHORT_DATETIME_FORMAT")
        unsolved.append(_("Asked to be called at %(at)s.") % {"at": at})
    texts[MatterKind.REQUEST] = "\n".join(filter(None, unsolved))
    texts[MatterKind.LOW_SCORE] = "\n".join(
        f"{QUESTIONS[key].text} {call.scores[key]}: {call.score_reasons.get(key, '')}"
        for key in survey.bad(call.scores)
    )
    return [
        Matter.objects.create(
            kind=kind,
            customer=call.customer,
            call=call,
            text=text,
            heard_on=today,
            report_by=rules.report_by(today, days=days),
            owner=owner,
        )
        for kind, text in texts.items()
        if text.strip()
    ]


def answer(matter_id: int, *, by: User, version: int, text: str, on: date, today: date) -> Matter:
    """Write down what the customer was told, and when.

    Raises:
        ChangedMeanwhile, MatterIsClosed
        ValidationError: there is no text, or the day hasn't come.
    """
    if not text.strip():
        raise ValidationError({"answer": _("Write down what the customer was told.")})
    if on > today:
        raise ValidationError({"answered_on": _("This day has not come yet.")})
    with changes_by(by):
        matter = _lock(matter_id, version)
        if on < matter.heard_on:
            raise ValidationError({"answered_on": _("The matter was heard of later than this.")})
        matter.state, matter.answer, matter.answered_on = MatterState.ANSWERED, text.strip(), on
        matter.save(update_fields=["state", "answer", "answered_on"])
        matter.refresh_from_db()
    return matter


def close(matter_id: int, *, by: User, version: int, today: date) -> Matter:
    """Close a matter.

    Raises:
        ChangedMeanwhile, MatterIsClosed
    """
    with changes_by(by):
        matter = _lock(matter_id, version)
        matter.state, matter.closed_on, matter.closed_by = MatterState.CLOSED, today, by
        matter.save(update_fields=["state", "closed_on", "closed_by"])
        matter.refresh_from_db()
    return matter


def _lock(matter_id: int, version: int) -> Matter:
    matter = Matter.objects.select_for_update().get(pk=matter_id)
    if matter.state == MatterState.CLOSED:
        raise MatterIsClosed
    if matter.version != version:
        raise ChangedMeanwhile(matter)
    return matter
