"""Letters as they are written, prepared and followed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from aftersales.once import OnceForm
from aftersales.widgets import DayInput
from followups.models import (
    DeliveryChannel,
    LetterEventKind,
    LetterKind,
    LetterTemplate,
)
from followups.services import letter_templates

NOTED_BY_HAND = [
    (kind, kind.label)
    for kind in (LetterEventKind.POSTED, LetterEventKind.RETURNED, LetterEventKind.ANSWERED)
]


def template_choices(kinds: list[str] | None = None) -> list[tuple[str, str]]:
    """Return the templates in use, each once for all its languages: kind and name."""
    found = LetterTemplate.objects.in_use()
    if kinds:
        found = found.filter(kind__in=kinds)
    pairs = found.order_by("kind", "name").values_list("kind", "name").distinct()
    return [(f"{kind}:{name}", f"{LetterKind(kind).label} · {name}") for kind, name in pairs]


class TemplateField(forms.ChoiceField):
    """A kind of letter and the name of its template; cleaned to the pair."""

    def clean(self, value: Any) -> tuple[str, str]:
        kind, _colon, name = super().clean(value).partition(":")
        return kind, name


class PrepareForm(OnceForm):
    """Which letter a list of customers gets, and by which way."""

    template = TemplateField(label=_("Template"))
    channel = forms.ChoiceField(label=_("Delivery"), choices=DeliveryChannel.choices)

    def __init__(self, *args: Any, kinds: list[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["template"]
        field.choices = template_choices(kinds)


class LetterForm(PrepareForm):
    """One letter: its words come from the template and may be changed."""

    subject = forms.CharField(label=_("Subject"), max_length=160)
    body = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 16}))


class TemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = LetterTemplate
        fields = ["kind", "language", "name", "subject", "body", "is_active"]
        widgets = {"body": forms.Textarea(attrs={"rows": 18})}

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or {}
        try:
            letter_templates.check(subject=said.get("subject", ""), body=said.get("body", ""))
        except ValidationError as error:
            self.add_error(None, error)
        return said

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class LeaveOutForm(forms.Form):
    """Whom a batch leaves out, and why."""

    items = forms.TypedMultipleChoiceField(coerce=int)
    because = forms.CharField(label=_("Why it is left out"), max_length=250)

    def __init__(self, *args: Any, items: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["items"]
        field.choices = [(pk, str(pk)) for pk in items]


class DayForm(forms.Form):
    on = forms.DateField(label=_("Posted on"), widget=DayInput)


class NoteForm(forms.Form):
    """What became of a letter."""

    kind = forms.ChoiceField(label=_("What"), choices=NOTED_BY_HAND)
    on = forms.DateField(label=_("On"), widget=DayInput)
    note = forms.CharField(label=_("Note"), max_length=250, required=False)


class LabelsForm(forms.Form):
    """How many places of the first sheet are used up."""

    skipped = forms.IntegerField(
        label=_("Labels already used"), min_value=0, max_value=23, initial=0
    )
