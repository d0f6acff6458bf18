"""The life of matters: heard, studied, solved or reported, told, closed with the customer's word.

Who changes follow-ups in the same transaction locks them first, then the matter. What a page or
another system read is compared by `version`; a call at the desk has none and waits for the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from aftersales import days
from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile, Refusal
from followups import rules
from followups.models import (
    Call,
    HeardThrough,
    Matter,
    MatterAct,
    MatterState,
    Policy,
)
from followups.sweeps.matters import sweep_answers
from followups.sweeps.running import wait_for_sweeps

CHANGE = "followups.change_matter"
# What changes while a matter lives; what was heard, and when, stays.
MOVING = (
    "department",
    "owner",
    "report_by",
    "state",
    "study",
    "reported_on",
    "reported_by",
    "solution",
    "solved_at",
    "solved_by",
    "answer",
    "answered_on",
    "told_through",
    "told_in",
    "satisfied",
    "reopened",
    "closed_on",
    "closed_by",
)


class MatterIsClosed(Refusal):
    """Nothing is left to do about it."""

    def __init__(self) -> None:
        super().__init__(_("This matter is closed already."))


class NotItsTurn(Refusal):
    """The matter has come too far, or not far enough, for this."""

    def __init__(self, matter: Matter) -> None:
        super().__init__(
            _("This cannot be done now: the matter stands at “%(state)s”.")
            % {"state": matter.get_state_display()}
        )


class MayNotTakeMatters(Refusal):
    """Matters go to active people who may work on them."""

    def __init__(self, person: User) -> None:
        super().__init__(_("%(name)s cannot take matters over.") % {"name": person})


@dataclass(frozen=True)
class Word:
    """What a customer was told, and what he said to it.

    Attributes:
        satisfied: None if nobody asked him yet.
        on: the day on which he was told; None: today.
        call: in which he was told.
    """

    answer: str
    satisfied: bool | None = None
    through: str = HeardThrough.CALL
    on: date | None = None
    call: Call | None = None


def study(matter_id: int, *, by: User, version: int, text: str) -> Matter:
    """Note what was found out so far; an earlier note is written over.

    Raises:
        ChangedMeanwhile, MatterIsClosed, NotItsTurn
        ValidationError: there is no text.

    Source: FUP-06.
    """
    refuse_blank(study=text)

    def change(matter: Matter) -> None:
        matter.study = text.strip()
        if matter.state == MatterState.OPEN:
            matter.state = MatterState.UNDER_STUDY

    return _changed(matter_id, MatterAct.STUDY, change, by=by, version=version)


def report(matter_id: int, *, by: User, version: int, today: date) -> Matter:
    """Lay a matter on the supervisor's desk before it comes there by itself.

    Raises:
        ChangedMeanwhile, MatterIsClosed, NotItsTurn

    Source: FUP-07.
    """

    def change(matter: Matter) -> None:
        matter.state = MatterState.REPORTED
        matter.reported_on, matter.reported_by = today, by

    return _changed(matter_id, MatterAct.REPORT, change, by=by, version=version)


def solve(matter_id: int, *, by: User, version: int, text: str, now: datetime) -> Matter:
    """Write down the solution one found; the customer is owed an answer the same day.

    Raises:
        ChangedMeanwhile, MatterIsClosed, NotItsTurn
        ValidationError: there is no text.

    Source: FUP-06, FUP-08.
    """
    return _solved(matter_id, MatterAct.SOLVE, by=by, version=version, text=text, now=now)


def instruct(matter_id: int, *, by: User, version: int, text: str, now: datetime) -> Matter:
    """Write the supervisor's instruction; the customer is owed an answer the same day.

    What is to be told can be changed until it is told; the day on which it is owed stays.

    Raises: as `solve`.

    Source: FUP-07, FUP-08; form F15.
    """
    return _solved(matter_id, MatterAct.INSTRUCT, by=by, version=version, text=text, now=now)


def tell(matter_id: int, *, word: Word, by: User, version: int, now: datetime) -> Matter:
    """Write down what the customer was told outside of a call; that answer is owed no longer.

    Raises: as `take_word`.

    Source: FUP-05, FUP-08.
    """
    with _changing_what_is_owed(by, now):
        return take_word(matter_id, word=word, by=by, now=now, version=version)


def take_word(
    matter_id: int, *, word: Word, by: User, now: datetime, version: int | None = None
) -> Matter:
    """Write down what the customer was told and what he said to it.

    Satisfied, the matter is closed; not satisfied, it is open again with days of its own; without
    his word it stands answered until somebody asks him. Works in the transaction of a recording,
    after its follow-ups are locked, and leaves them to it.

    Raises:
        ChangedMeanwhile, MatterIsClosed
        ValidationError: there is no text, or the day can't be.

    Source: FUP-05, FUP-08, CMP-07.
    """
    refuse_blank(answer=word.answer)
    today = days.local_date(now)
    told_on = word.on or today
    if told_on > today:
        raise ValidationError({"answered_on": _("This day has not come yet.")})

    def change(matter: Matter) -> None:
        if told_on < matter.heard_on:
            raise ValidationError({"answered_on": _("The matter was heard of later than this.")})
        matter.answer, matter.answered_on = word.answer.strip(), told_on
        matter.told_through, matter.told_in = word.through, word.call
        matter.satisfied = word.satisfied
        if word.satisfied:
            matter.state, matter.closed_on, matter.closed_by = MatterState.CLOSED, today, by
        elif word.satisfied is None:
            matter.state = MatterState.ANSWERED
        else:
            _reopen(matter, today=today)

    return _changed(matter_id, MatterAct.TELL, change, by=by, version=version)


def assign(matter_id: int, *, by: User, version: int, owner: User, department: str) -> Matter:
    """Give a matter to somebody else, or to another department.

    Raises:
        ChangedMeanwhile, MatterIsClosed, MayNotTakeMatters
    """
    refuse_others(owner)

    def change(matter: Matter) -> None:
        matter.owner, matter.department = owner, department

    return _changed(matter_id, MatterAct.ASSIGN, change, by=by, version=version)


def _solved(
    matter_id: int, act: MatterAct, *, by: User, version: int, text: str, now: datetime
) -> Matter:
    refuse_blank(solution=text)

    def change(matter: Matter) -> None:
        matter.state, matter.solution, matter.solved_by = MatterState.SOLVED, text.strip(), by
        matter.solved_at = matter.solved_at or now

    with _changing_what_is_owed(by, now):
        return _changed(matter_id, act, change, by=by, version=version)


@contextmanager
def _changing_what_is_owed(by: User, now: datetime) -> Iterator[None]:
    """Write and end answers in the transaction of what makes the house owe them or not."""
    with changes_by(by):
        # Whoever holds the sweeps up may wait for the matter: nobody waits in a circle.
        wait_for_sweeps()
        yield
        sweep_answers(now=now)


def _reopen(matter: Matter, *, today: date) -> None:
    """Begin anew: what was told stays to be read, what was found did not help."""
    matter.state = MatterState.UNDER_STUDY
    matter.reopened += 1
    matter.report_by = rules.report_by(today, days=Policy.objects.current().report_days)
    matter.reported_on = matter.reported_by = None
    matter.solution, matter.solved_at, matter.solved_by = "", None, None


def _changed(
    matter_id: int,
    act: MatterAct,
    change: Callable[[Matter], None],
    *,
    by: User,
    version: int | None,
) -> Matter:
    with changes_by(by):
        # Sweeps add rows that point at the matter, and wait for nobody who works on it.
        matter = Matter.objects.select_for_update(no_key=True).get(pk=matter_id)
        if matter.state == MatterState.CLOSED:
            raise MatterIsClosed
        if version is not None and matter.version != version:
            raise ChangedMeanwhile(matter)
        if not matter.allows(act):
            raise NotItsTurn(matter)
        change(matter)
        matter.save(update_fields=MOVING)
        matter.refresh_from_db()
    return matter


def refuse_others(owner: User) -> None:
    """Refuse an owner who is gone or may not work on matters."""
    if not User.objects.with_permission(CHANGE).filter(pk=owner.pk).exists():
        raise MayNotTakeMatters(owner)


def refuse_blank(**texts: str) -> None:
    """Refuse texts in which nothing is written; the names are those of the fields."""
    missing = {name: _("Write it down.") for name, text in texts.items() if not text.strip()}
    if missing:
        raise ValidationError(missing)
