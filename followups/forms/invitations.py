"""Who came to a campaign, and writing to those who wanted a letter."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.widgets import DayInput
from followups.models import DeliveryChannel, LetterKind, LetterTemplate

MOST_KEY = 2**63 - 1


class AttendanceForm(forms.Form):
    """Those ticked, or one who walked in, and the day."""

    on = forms.DateField(label=_("Day"), widget=DayInput)
    came = forms.TypedMultipleChoiceField(coerce=int, required=False)
    customer = forms.IntegerField(required=False, min_value=1, max_value=MOST_KEY)
    undo = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        came: Any = self.fields["came"]
        # Which of them are of this campaign, the service knows.
        came.valid_value = lambda key: key.isdecimal() and int(key) <= MOST_KEY


class PrepareLettersForm(forms.Form):
    """With which text, and which way, the letters that are due go out."""

    operation = forms.UUIDField(widget=forms.HiddenInput)
    campaign = forms.IntegerField(min_value=1, max_value=MOST_KEY, widget=forms.HiddenInput)
    template_name = forms.ChoiceField(label=_("Template"))  # type: ignore[assignment]
    channel = forms.ChoiceField(label=_("Delivery"), choices=DeliveryChannel.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["operation"].initial = uuid4
        names = LetterTemplate.objects.filter(kind=LetterKind.INVITATION, is_active=True)
        template: Any = self.fields["template_name"]
        known = names.order_by("name").values_list("name", flat=True).distinct()
        template.choices = [(name, name) for name in known]
