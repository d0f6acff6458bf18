"""A call record as a whole (form F2): its lines, what it was about, and what it left behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from followups import rules
from followups.calling.questions import QUESTIONS, Question
from followups.models import AgendaItem, Call, CallKind, Ending, Kind, Matter
from followups.registers import call_register

# What the agenda tells of each follow-up.
TOLD_OF = (
    "follow_up__customer",
    "follow_up__order",
    "follow_up__consultation",
    "follow_up__first_call__order",
    "follow_up__first_call__consultation",
    "follow_up__matter",
    "follow_up__vehicle",
    "follow_up__declined_work",
    "follow_up__invitation__campaign",
)


@dataclass(frozen=True)
class Answered:
    """A question of the survey, the answer, and why the score was low."""

    question: Question
    answer: Any
    reason: str

    @property
    def text(self) -> str:
        if self.question.is_yes_no:
            return _("yes") if self.answer else _("no")
        return str(self.answer)

    @property
    def tone(self) -> str:
        """Return how bad a score is: a matter, to be explained, or neither."""
        if not self.question.is_score or self.answer > rules.SCORE_TO_EXPLAIN:
            return ""
        return "overdue" if self.answer <= rules.SCORE_OF_A_MATTER else "due"


def answered(scores: Mapping[str, Any], reasons: Mapping[str, str]) -> list[Answered]:
    """Return the answers to the survey in the order of its questions."""
    return [
        Answered(question, scores[key], reasons.get(key, ""))
        for key, question in QUESTIONS.items()
        if key in scores
    ]


@dataclass(frozen=True)
class Record:
    """One line of the register with everything that belongs to its call.

    Agenda and matters hang on the first line, whatever was corrected later.

    Attributes:
        lines: the first line and its corrections, in the order in which they were written.
        matters: those it left behind, and those of which the customer was told in it.
    """

    call: Call
    lines: Sequence[Call]
    agenda: Sequence[AgendaItem]
    matters: Sequence[Matter]

    @classmethod
    def of(cls, call: Call) -> Record:
        lines = list(
            Call.objects.filter(
                customer=call.customer_id, started_at=call.started_at, ended_at=call.ended_at
            )
            .select_related("customer", "vehicle", "handler", "on_behalf_of")
            .order_by("year", "number")
        )
        first = lines[0]
        return cls(
            call=next(line for line in lines if line.pk == call.pk),
            lines=lines,
            agenda=list(first.agenda.select_related("follow_up", *TOLD_OF)),
            matters=list(_matters_of(first)),
        )

    @property
    def first(self) -> Call:
        return self.lines[0]

    @property
    def corrected(self) -> Call | None:
        """The line that this one corrects."""
        return next((line for line in self.lines if line.pk == self.call.corrects_id), None)

    @property
    def correction(self) -> Call | None:
        """The line that corrects this one."""
        return next((line for line in self.lines if line.corrects_id == self.call.pk), None)

    @property
    def words(self) -> list[tuple[str, str]]:
        """What was said, by the names of the fields."""
        return call_register.words(self.call)

    @property
    def survey(self) -> list[Answered]:
        return answered(self.call.scores, self.call.score_reasons)

    @property
    def is_first_call(self) -> bool:
        return self.call.kind == CallKind.FIRST_CALL

    @property
    def first_calls(self) -> list[AgendaItem]:
        return [item for item in self.agenda if item.follow_up.kind == Kind.FIRST_CALL]

    @property
    def proposes_letter(self) -> bool:
        """Say whether the customer could not be reached by this try, the last one (R-37)."""
        return any(
            item.closed and item.follow_up.ending == Ending.UNREACHABLE for item in self.agenda
        )


def _matters_of(call: Call) -> QuerySet[Matter]:
    found = Matter.objects.filter(Q(call=call) | Q(told_in=call))
    return found.select_related("owner", "closed_by").order_by("pk")
