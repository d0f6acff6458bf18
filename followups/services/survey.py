"""What has to be said of a call before it is recorded."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from followups import rules
from followups.calling.questions import QUESTIONS, REQUIRED
from followups.models import FollowUp, Kind
from followups.services import replies
from followups.services.told import Told


def refuse_incomplete(told: Told, *, settled: Collection[FollowUp], now: datetime) -> None:
    """Refuse what lacks a note, a date to come, a required answer, or the reason of a low score.

    Args:
        settled: what the call is to settle.

    Raises:
        ValidationError: says for each field what it lacks.

    Source: FUP-03, the survey's required questions and bands.
    """
    answers = told.answers
    wrong: dict[str, str] = {}
    if told.result.needs_note and not answers.get("note", "").strip():
        wrong["note"] = _("Write down what was said.")
    if told.result.needs_date and told.callback_at is None:
        wrong["callback_at"] = _("Say when the customer wants to be called.")
    if told.callback_at is not None and told.callback_at <= now:
        wrong["callback_at"] = _("This time is over.")
    scores = answers.get("scores", {})
    refuse_wrong_scores(scores)
    if any(item.kind == Kind.FIRST_CALL for item in settled):
        wrong |= {key: _("Ask this question.") for key in sorted(REQUIRED - set(scores))}
    reasons = answers.get("score_reasons", {})
    wrong |= {
        key: _("Ask why, and write it down.")
        for key in to_explain(scores)
        if not reasons.get(key, "").strip()
    }
    wrong |= replies.missing(told, settled=settled)
    if wrong:
        raise ValidationError(wrong)


def refuse_wrong_scores(scores: Mapping[str, Any]) -> None:
    """Refuse answers to questions that nobody asks, or outside their scale."""
    for key, answer in scores.items():
        question = QUESTIONS.get(key)
        if question is None:
            raise ValidationError({"scores": _("There is no question %(key)s.") % {"key": key}})
        if question.answers is None:
            fits = isinstance(answer, str)
        else:
            fits = type(answer) is int and answer in question.answers
        if not fits:
            raise ValidationError({key: _("This is no answer to this question.")})


def to_explain(scores: Mapping[str, Any]) -> list[str]:
    """Return the questions whose score is so low that one asks why."""
    return _up_to(rules.SCORE_TO_EXPLAIN, scores)


def bad(scores: Mapping[str, Any]) -> list[str]:
    """Return the questions whose score is a matter by itself."""
    return _up_to(rules.SCORE_OF_A_MATTER, scores)


def low_scores(scores: Mapping[str, Any], reasons: Mapping[str, str], *, language: str) -> str:
    """Return what of the scores is a matter, line by line, as the customer was asked."""
    with translation.override(language):
        return "\n".join(
            f"{QUESTIONS[key].text} {scores[key]}: {reasons.get(key, '')}".rstrip(": ")
            for key in bad(scores)
        )


def _up_to(most: int, scores: Mapping[str, Any]) -> list[str]:
    return [
        key for key, answer in scores.items() if QUESTIONS[key].is_score and int(answer) <= most
    ]
