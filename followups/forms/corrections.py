"""What a correction of a call may change: the words of the record and the answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from aftersales.once import OnceForm
from followups.calling.questions import QUESTIONS, Question
from followups.models import Call
from followups.services.told import WORDS

COLUMNS = (*WORDS, "promise_kept")


class CorrectionForm(OnceForm, forms.ModelForm):  # type: ignore[type-arg]
    """The answers of a line as they should read, and why it is corrected."""

    reason = forms.CharField(
        label=_("Why it is corrected"),
        max_length=250,
        help_text=_("Both lines stay in the register; the reason stands beside the new one."),
    )

    class Meta:
        model = Call
        fields = COLUMNS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scores, reasons = self.instance.scores, self.instance.score_reasons
        for key, question in QUESTIONS.items():
            self.fields[key] = _answer(question, scores.get(key))
            if question.is_score:
                self.fields[_why(key)] = forms.CharField(
                    label=_("Why"), required=False, initial=reasons.get(key, "")
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.changes:
            raise ValidationError(_("Nothing is different from the line that stands there."))
        return cleaned

    @property
    def survey(self) -> list[tuple[BoundField, BoundField | None]]:
        """The field of each question, and the one for the reason of a low score."""
        return [
            (self[key], self[_why(key)] if question.is_score else None)
            for key, question in QUESTIONS.items()
        ]

    @property
    def changes(self) -> dict[str, Any]:
        """What was typed over, by the names of the model's fields."""
        names = set(self.changed_data)
        changes = {name: self.cleaned_data[name] for name in COLUMNS if name in names}
        asked = [key for key in QUESTIONS if self.cleaned_data[key] not in (None, "")]
        if names & QUESTIONS.keys():
            changes["scores"] = {key: self.cleaned_data[key] for key in asked}
        if names & {_why(key) for key in QUESTIONS}:
            reasons = {key: self.cleaned_data.get(_why(key), "") for key in QUESTIONS}
            changes["score_reasons"] = {key: why for key, why in reasons.items() if why}
        return changes


def _why(key: str) -> str:
    return f"{key}_why"


def _answer(question: Question, initial: Any) -> forms.Field:
    if question.answers is None:
        return forms.CharField(label=str(question.text), required=False, initial=initial)
    words = {1: _("yes"), 0: _("no")} if question.is_yes_no else {}
    return forms.TypedChoiceField(
        label=str(question.text),
        required=False,
        initial=initial,
        coerce=int,
        empty_value=None,
        choices=[("", "—"), *((answer, words.get(answer, answer)) for answer in question.answers)],
    )
