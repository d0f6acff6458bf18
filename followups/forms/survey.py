"""The survey's questions as fields, and as strips of keys on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from followups.calling.questions import QUESTIONS, Question

LONGEST_REASON = 500
WHY = "why_"


@dataclass(frozen=True)
class Strip:
    """A question with its keys and the field for the reason of a low score.

    Attributes:
        asked_before: what the customer answered in an earlier call about the same visit.
    """

    question: Question
    answer: BoundField
    why: BoundField
    asked_before: Any = None


def survey_fields() -> dict[str, forms.Field]:
    """Return for each question a field for the answer and one for its reason."""
    fields: dict[str, forms.Field] = {}
    for key, question in QUESTIONS.items():
        fields[key] = _answer_field(question)
        fields[WHY + key] = forms.CharField(
            label=_("Why?"), required=False, max_length=LONGEST_REASON
        )
    return fields


def strips(form: forms.Form, *, answered: Mapping[str, Any]) -> Iterator[Strip]:
    """Return the questions of a form as the page draws them, the required ones first."""
    for key, question in sorted(QUESTIONS.items(), key=lambda item: not item[1].is_required):
        yield Strip(question, form[key], form[WHY + key], answered.get(key))


def scores_of(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers that were given."""
    return {key: cleaned[key] for key in QUESTIONS if cleaned.get(key) not in (None, "")}


def reasons_of(cleaned: Mapping[str, Any]) -> dict[str, str]:
    """Return the reasons of the scores that were given."""
    return {
        key: cleaned[WHY + key] for key in scores_of(cleaned) if cleaned.get(WHY + key, "").strip()
    }


def _answer_field(question: Question) -> forms.Field:
    label: Any = question.text
    if question.answers is None:
        return forms.CharField(
            label=label, required=False, widget=forms.Textarea(attrs={"rows": 1})
        )
    choices: list[tuple[int, Any]] = [(answer, answer) for answer in question.answers]
    if question.is_yes_no:
        choices = [(1, pgettext_lazy("answer", "Yes")), (0, pgettext_lazy("answer", "No"))]
    return forms.TypedChoiceField(
        label=label,
        choices=choices,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
