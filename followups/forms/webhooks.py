"""Where another system wants to be told, and of what."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from followups.models import EventKind


class WebhookForm(forms.Form):
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://", "spellcheck": "false"}),
        help_text=_("Public and by https; inside of the house only if the installation allows it."),
    )
    wants = forms.MultipleChoiceField(
        label=_("What it is told of"),
        choices=EventKind.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=EventKind.values,
    )
