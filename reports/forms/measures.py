"""A measure as the weekly meeting writes it down."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from aftersales.models import User
from aftersales.once import OnceForm
from aftersales.widgets import DayInput
from customers.forms.customer import VersionedForm
from followups.models import Matter
from reports.models import Measure


class MeasureFields(forms.ModelForm):  # type: ignore[type-arg]
    """What is done, by whom, until when."""

    class Meta:
        model = Measure
        fields = ("text", "owner", "due_on")
        widgets: ClassVar = {"due_on": DayInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programs = User.objects.with_permission("aftersales.use_api")
        owner: Any = self.fields["owner"]
        owner.queryset = User.objects.active().exclude(pk__in=programs).order_by("name")

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in MeasureFields.Meta.fields}


class MeasureForm(OnceForm, MeasureFields):
    """A new measure, perhaps about what one customer said."""

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["matter"] = forms.ModelChoiceField(
            Matter.objects.visible_to(by), required=False, widget=forms.HiddenInput
        )


class MeasureChangeForm(VersionedForm, MeasureFields):
    """A measure that was entered; what it is about stays."""
