"""When a kind of reminder is made, and the festivals on which customers are greeted."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.widgets import DayInput
from followups.models import Festival, ReminderRule


class DaysField(forms.CharField):
    """Numbers of days, with commas or blanks between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        words = [
            word for word in re.split(r"[\s,;，、；]+", super().to_python(value) or "") if word
        ]
        if not all(word.isascii() and word.isdigit() and len(word) < 5 for word in words):
            raise ValidationError(_("Write whole numbers, such as 60, 30, 7."))
        return [int(word) for word in words]


class ReminderRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    version = forms.IntegerField(widget=forms.HiddenInput)
    days_before = DaysField(
        label=gettext_lazy("Days before"),
        help_text=gettext_lazy("One reminder for each number, the earliest first."),
    )

    class Meta:
        model = ReminderRule
        fields = ("is_on", "days_before", "days_open")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("version", *self.Meta.fields)}

    @property
    def changes(self) -> dict[str, Any]:
        """What was typed over, by the names of the model's fields."""
        return {
            name: self.cleaned_data[name] for name in self.Meta.fields if name in self.changed_data
        }

    def _post_clean(self) -> None:
        """Leave the instance alone: the service says in words what cannot be right."""


class FestivalForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Festival
        fields = ("day", "name")
        widgets: ClassVar = {"day": DayInput}

    def _post_clean(self) -> None:
        """Leave it to the service to judge the values."""
