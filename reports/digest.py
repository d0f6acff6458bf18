"""What the calls of a week brought, in writing for each department (FUP-17)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Avg, Count, FloatField, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from aftersales import days
from followups import rules
from followups.calling.outcomes import OUTCOMES
from followups.calling.questions import QUESTIONS, Question
from followups.matters.complaints import answered_for_by, complaints, responsible
from followups.models import (
    UNSOLVED,
    Call,
    CallQuerySet,
    Department,
    Direction,
    Matter,
)
from followups.models.matter import MatterQuerySet
from reports import charts
from reports.charts import Box
from reports.complaints import percentage
from reports.models import Measure, MeasureQuerySet
from reports.periods import Week

ASKED = [question for question in QUESTIONS.values() if question.answers is not None]
TALKS = [outcome.code for outcome in OUTCOMES.values() if outcome.is_talk]
MOST_LOW_SCORES = 100
# Whose work a question is about; the management reads them all.
ABOUT: Mapping[str, Sequence[str]] = {
    Department.FRONT_DESK: ("q_book", "q_advisor", "q_explain_before", "q_explain_after"),
    Department.WORKSHOP: ("q_fixed", "q_on_time", "q_quality", "q_clean"),
    Department.CASHIER: ("q_price", "q_explain_after"),
    Department.CUSTOMER_CARE: ("q_overall", "q_facility", "q_return", "q_recommend"),
    Department.MANAGEMENT: tuple(question.key for question in ASKED),
}


@dataclass(frozen=True)
class Score:
    """The answers to one question: their mean, that of the week before, and how many were low."""

    question: Question
    answers: int
    mean: Decimal | None
    before: Decimal | None
    low: int

    @property
    def boxes(self) -> list[Box]:
        """The mean as a bar, full at the best answer."""
        if self.mean is None:
            return []
        whole = 100 if self.question.is_yes_no else 10
        return charts.bar([("mean", round(100 * self.mean / whole))], most=100)


@dataclass(frozen=True)
class LowScore:
    """An answer so low that the customer was asked why."""

    call: Call
    question: Question
    score: int
    reason: str


@dataclass(frozen=True)
class Results:
    """What all calls of a week brought together."""

    made: int
    reached: int
    scores: Sequence[Score]

    @property
    def share(self) -> Decimal | None:
        return percentage(self.reached, self.made)


@dataclass(frozen=True)
class Brief:
    """What waits for a department: complaints of the week, what is unsolved, and its measures."""

    department: str
    complaints: int
    unsolved: int
    measures: int
    overdue: int

    @property
    def label(self) -> str:
        return str(Department(self.department).label) if self.department else ""


@dataclass(frozen=True)
class Digest:
    """The week of one department, with the words of its customers."""

    week: Week
    department: Department
    results: Results
    scores: Sequence[Score]
    low_scores: Sequence[LowScore]
    complaints: MatterQuerySet
    unsolved: MatterQuerySet
    measures: MeasureQuerySet


def results(week: Week) -> Results:
    """Count the calls made in a week; a corrected call is counted once, as corrected.

    Questions are left out that nobody answered in this week or the one before.
    """
    counted, earlier = _counted(week), _counted(week.previous)
    return Results(
        made=counted["made"],
        reached=counted["reached"],
        scores=[
            Score(
                question,
                answers=counted[f"{question.key}_answers"],
                mean=_mean(question, counted),
                before=_mean(question, earlier),
                low=counted[f"{question.key}_low"],
            )
            for question in ASKED
            if counted[f"{question.key}_answers"] or earlier[f"{question.key}_answers"]
        ],
    )


def digest(week: Week, department: Department, found: Results) -> Digest:
    """Return the week of a department.

    Args:
        found: the `results` of the week, which are the same for all departments.
    """
    about = set(ABOUT.get(department, ()))
    return Digest(
        week=week,
        department=department,
        results=found,
        scores=[score for score in found.scores if score.question.key in about],
        low_scores=_low_scores(week, [key for key in about if QUESTIONS[key].is_score]),
        complaints=_with_row(answered_for_by(_complaints(week), department)),
        unsolved=_with_row(answered_for_by(_unsolved(week), department)),
        measures=Measure.objects.filter(department=department)
        .on_paper_of(week.first)
        .select_related("owner", "matter", "done_by"),
    )


def briefs(week: Week, *, today: date) -> list[Brief]:
    """Return for each department how much there is to talk about; last what nobody answers for."""
    heard, unsolved = _per_department(_complaints(week)), _per_department(_unsolved(week))
    measures = {
        department: counts
        for department, *counts in Measure.objects.on_paper_of(week.first)
        .order_by()
        .values_list("department")
        .annotate(all=Count("pk"), late=Count("pk", filter=Q(done_on=None, due_on__lt=today)))
    }
    return [
        Brief(
            department,
            heard[department],
            unsolved[department],
            *measures.get(department, (0, 0)),
        )
        for department in (*Department.values, "")
    ]


def _calls(week: Week) -> CallQuerySet:
    return Call.objects.filter(
        direction=Direction.OUTBOUND,
        correction=None,
        started_at__gte=days.start_of_day(week.first),
        started_at__lt=days.start_of_day(week.next.first),
    )


def _counted(week: Week) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "made": Count("pk"),
        "reached": Count("pk", filter=Q(outcome__in=TALKS)),
    }
    for question in ASKED:
        key, answer = question.key, KeyTextTransform(question.key, "scores")
        wanted[f"{key}_mean"] = Avg(Cast(answer, FloatField()))
        wanted[f"{key}_answers"] = Count(answer)
        wanted[f"{key}_low"] = Count("pk", filter=_is_low(key) if question.is_score else Q(pk=None))
    return _calls(week).aggregate(**wanted)


def _mean(question: Question, counted: Mapping[str, Any]) -> Decimal | None:
    """Return the mean to one decimal place; of yes and no, the percentage of yes."""
    mean = counted[f"{question.key}_mean"]
    if mean is None:
        return None
    return Decimal(mean * (100 if question.is_yes_no else 1)).quantize(Decimal("0.1"))


def _is_low(key: str) -> Q:
    return Q(**{f"scores__{key}__lte": rules.SCORE_TO_EXPLAIN})


def _low_scores(week: Week, keys: Sequence[str]) -> list[LowScore]:
    """Return the low scores of these questions, the lowest first."""
    if not keys:
        return []
    found = _calls(week).filter(reduce(or_, map(_is_low, keys))).order_by("started_at", "pk")
    low = [
        LowScore(call, QUESTIONS[key], call.scores[key], call.score_reasons.get(key, ""))
        for call in found[:MOST_LOW_SCORES]
        for key in QUESTIONS
        if key in keys and call.scores.get(key, 10) <= rules.SCORE_TO_EXPLAIN
    ]
    return sorted(low, key=lambda each: each.score)


def _complaints(week: Week) -> MatterQuerySet:
    return complaints().filter(heard_on__range=(week.first, week.last))


def _unsolved(week: Week) -> MatterQuerySet:
    """Return what has no solution yet, but for the week's complaints, which are told anyway."""
    return Matter.objects.filter(state__in=UNSOLVED, heard_on__lte=week.last).exclude(
        complaint__isnull=False, heard_on__gte=week.first
    )


def _per_department(found: MatterQuerySet) -> Mapping[str, int]:
    counts = found.order_by().values_list(responsible()).annotate(Count("pk"))
    return defaultdict(int, counts)


def _with_row(found: MatterQuerySet) -> MatterQuerySet:
    return found.select_related("customer", "vehicle", "owner", "complaint").order_by(
        "heard_on", "pk"
    )
