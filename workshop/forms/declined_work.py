"""What was recommended, and when the customer is asked again."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from aftersales.once import OnceForm
from aftersales.widgets import DayInput
from workshop.models import DeclinedWork


class DeclinedWorkForm(OnceForm, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = DeclinedWork
        fields = ("work", "is_safety", "remind_on")
        widgets: ClassVar = {"remind_on": DayInput}

    def _post_clean(self) -> None:
        """Leave it to the service to judge the values."""
