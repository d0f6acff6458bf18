"""Answering and closing a matter."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from aftersales.widgets import DayInput
from customers.forms.customer import VersionedForm
from followups.models import Matter


class AnswerForm(VersionedForm, forms.ModelForm):  # type: ignore[type-arg]
    """What the customer was told, and on which day."""

    class Meta:
        model = Matter
        fields = ("answer", "answered_on")
        widgets: ClassVar = {"answered_on": DayInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.Meta.fields:
            self.fields[name].required = True

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class CloseForm(VersionedForm):
    """That nothing is left to do about it."""
