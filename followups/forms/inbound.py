"""Who is calling: the words by which one looks for a customer."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CallerForm(forms.Form):
    who = forms.CharField(
        label=_("Who is calling?"),
        max_length=100,
        help_text=_("Phone, plate, VIN or name"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}
        ),
    )
