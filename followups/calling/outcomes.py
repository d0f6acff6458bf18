"""What can come of a call, as data (codes of the call procedure).

A new outcome is a new line here; call desk, API, register and reports read it from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.db import models
from django.utils.translation import pgettext_lazy


class Retry(Enum):
    """When a customer may be tried again after a call that left something open."""

    NEVER = "never"
    OTHER_NUMBER = "other number"
    SPACED = "another part of the day"
    NEXT_DAY = "another day"
    PROMISED = "at the promised time"


class OutcomeCode(models.TextChoices):
    REACHED = "reached", pgettext_lazy("outcome", "Talked, finished")
    NO_ANSWER = "no_answer", pgettext_lazy("outcome", "No answer")
    BUSY = "busy", pgettext_lazy("outcome", "Busy")
    OFF = "off", pgettext_lazy("outcome", "Switched off")
    REJECTED = "rejected", pgettext_lazy("outcome", "Declined the call")
    WRONG_PERSON = "wrong_person", pgettext_lazy("outcome", "Somebody else answered")
    WRONG_NUMBER = "wrong_number", pgettext_lazy("outcome", "Wrong number")
    REFUSED = "refused", pgettext_lazy("outcome", "Wants no calls")
    REACHED_PARTIAL = "reached_partial", pgettext_lazy("outcome", "Broke off")
    NOT_EXIST = "not_exist", pgettext_lazy("outcome", "No such number")
    SUSPENDED = "suspended", pgettext_lazy("outcome", "Number suspended")
    CALLBACK = "callback", pgettext_lazy("outcome", "Asked for another time")


@dataclass(frozen=True)
class Outcome:
    """What an outcome does.

    Attributes:
        key: what one presses for it at the call desk.
        is_talk: somebody talked, so the fields of the script make sense.
        counts: it is a try on the way to "unreachable".
        closes: what was due is done with it.
        retry: when to call again about what stays open.
        most: after so many of this outcome there is no further try; None: the policy's number.
        needs_note, needs_date: what the caller has to say with it.
        marks_number_bad: the number doesn't work; who has no other is asked at the next visit.
        forbids_calls: the customer wants no more calls.
    """

    code: OutcomeCode
    key: str
    is_talk: bool = False
    counts: bool = False
    closes: bool = False
    retry: Retry = Retry.NEVER
    most: int | None = None
    needs_note: bool = False
    needs_date: bool = False
    marks_number_bad: bool = False
    forbids_calls: bool = False


OUTCOMES: dict[str, Outcome] = {
    outcome.code: outcome
    for outcome in (
        Outcome(OutcomeCode.REACHED, "1", is_talk=True, closes=True, retry=Retry.SPACED),
        Outcome(OutcomeCode.NO_ANSWER, "2", counts=True, retry=Retry.NEXT_DAY),
        Outcome(OutcomeCode.BUSY, "3", counts=True, retry=Retry.SPACED),
        Outcome(OutcomeCode.OFF, "4", counts=True, retry=Retry.SPACED),
        Outcome(OutcomeCode.REJECTED, "5", counts=True, retry=Retry.NEXT_DAY, most=2),
        Outcome(OutcomeCode.WRONG_PERSON, "6", counts=True, retry=Retry.SPACED, needs_note=True),
        Outcome(
            OutcomeCode.WRONG_NUMBER,
            "7",
            counts=True,
            retry=Retry.OTHER_NUMBER,
            marks_number_bad=True,
        ),
        Outcome(OutcomeCode.REFUSED, "8", is_talk=True, needs_note=True, forbids_calls=True),
        Outcome(OutcomeCode.REACHED_PARTIAL, "9", is_talk=True, retry=Retry.SPACED),
        Outcome(
            OutcomeCode.NOT_EXIST,
            "0",
            counts=True,
            retry=Retry.OTHER_NUMBER,
            marks_number_bad=True,
        ),
        Outcome(
            OutcomeCode.SUSPENDED,
            "u",
            counts=True,
            retry=Retry.OTHER_NUMBER,
            marks_number_bad=True,
        ),
        Outcome(OutcomeCode.CALLBACK, "b", is_talk=True, retry=Retry.PROMISED, needs_date=True),
    )
}
