"""Planning a campaign: what customers are told of it, and who is invited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aftersales.models import User
from aftersales.refusals import Refusal
from aftersales.widgets import DayInput
from customers.forms.customer import VersionedForm
from customers.rules import BETWEEN_WORDS, tags
from followups.campaigns.audience import Audience
from followups.forms.people_lists import people_in
from followups.models import Campaign
from followups.services.owners import trackers
from workshop.classes import CustomerClass


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]
    """What customers are told."""

    class Meta:
        model = Campaign
        fields = (
            "kind",
            "title",
            "content",
            "place",
            "starts_on",
            "ends_on",
            "benefit",
            "capacity",
            "passes_limits",
            "passes_because",
        )
        widgets: ClassVar = {
            "starts_on": DayInput,
            "ends_on": DayInput,
            "content": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts: ClassVar = {
            "capacity": gettext_lazy("How many people, guests included. Empty: room for all."),
            "passes_limits": gettext_lazy(
                "Only for a safety recall: neither open complaints nor the contacts of the month"
                " hold its calls back."
            ),
        }

    def clean(self) -> dict[str, Any]:
        """Say beside the field what the constraints of the model would say above the form."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("This lies before the first day."))
        if cleaned.get("passes_limits") and not cleaned.get("passes_because", "").strip():
            self.add_error("passes_because", _("Say why it passes the limits."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


class DraftForm(VersionedForm, CampaignForm):
    """A campaign that isn't decided yet, changed."""


class DecidedForm(VersionedForm, CampaignForm):
    """A decided campaign: who is invited, and its kind, stay."""

    class Meta(CampaignForm.Meta):
        fields = (  # type: ignore[assignment]
            "title",
            "content",
            "place",
            "starts_on",
            "ends_on",
            "benefit",
            "capacity",
        )


class AudienceForm(forms.Form):
    """What narrows the audience; nothing filled in means every customer."""

    districts = forms.CharField(
        label=gettext_lazy("Districts"),
        required=False,
        help_text=gettext_lazy("Several are separated by commas."),
    )
    models = forms.CharField(
        label=gettext_lazy("Vehicle model begins with"),
        required=False,
        help_text=gettext_lazy("Several are separated by commas."),
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags"),
        required=False,
        help_text=gettext_lazy("A customer who has one of them is meant."),
    )
    purchased_from = forms.DateField(
        label=gettext_lazy("Bought from"), required=False, widget=DayInput
    )
    purchased_until = forms.DateField(
        label=gettext_lazy("Bought until"), required=False, widget=DayInput
    )
    last_visit_from = forms.DateField(
        label=gettext_lazy("Last visit from"), required=False, widget=DayInput
    )
    last_visit_until = forms.DateField(
        label=gettext_lazy("Last visit until"), required=False, widget=DayInput
    )
    policy_ends_from = forms.DateField(
        label=gettext_lazy("Policy ends from"), required=False, widget=DayInput
    )
    policy_ends_until = forms.DateField(
        label=gettext_lazy("Policy ends until"), required=False, widget=DayInput
    )
    classes = forms.MultipleChoiceField(
        label=gettext_lazy("Classes"),
        choices=CustomerClass.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    trackers: Any = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Tracking salesmen"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    people = forms.CharField(
        label=gettext_lazy("Only these customers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy("File numbers, phone numbers, plates or VINs, one on each line."),
    )
    people_file = forms.FileField(
        label=gettext_lazy("The same from a file"),
        required=False,
        help_text=gettext_lazy("CSV or XLSX; the first column counts."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tracker_field: Any = self.fields["trackers"]
        tracker_field.queryset = trackers()

    @staticmethod
    def initial_of(audience: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the form shows of a kept audience."""
        listed = ("districts", "models", "tags")
        joined = {name: ", ".join(audience.get(name, ())) for name in listed}
        return {**audience, **joined, "people": "\n".join(audience.get("people", ()))}

    @classmethod
    def in_words(cls, kept: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return by what a kept audience is narrowed: the name of each field and what it says."""
        narrowing = asdict(Audience.read(kept))
        return [
            (str(cls.base_fields[name].label), _said(name, value))
            for name, value in narrowing.items()
            if value
        ]

    def clean_districts(self) -> list[str]:
        return BETWEEN_WORDS.split(self.cleaned_data["districts"])

    def clean_models(self) -> list[str]:
        return BETWEEN_WORDS.split(self.cleaned_data["models"])

    def clean_tags(self) -> list[str]:
        return tags(self.cleaned_data["tags"])

    def clean_trackers(self) -> list[int]:
        return [person.pk for person in self.cleaned_data["trackers"]]

    def clean_people(self) -> list[str]:
        lines: str = self.cleaned_data["people"]
        return lines.splitlines()

    def clean_people_file(self) -> list[str]:
        upload = self.cleaned_data["people_file"]
        if not upload:
            return []
        try:
            people = people_in(upload)
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from None
        if not people:
            raise ValidationError(_("The first column of this file is empty."))
        return people

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = {name: value for name, value in cleaned.items() if name != "people_file"}
        typed["people"] = [*typed.get("people", ()), *cleaned.get("people_file", ())]
        try:
            self.audience = Audience.read(typed)
        except ValidationError as error:
            self.add_error(None, error)
        return cleaned


def _said(name: str, value: Any) -> str:
    if isinstance(value, date):
        return localize(value)
    if name == "classes":
        return "\n".join(str(CustomerClass(letter).label) for letter in value)
    if name == "trackers":
        return ", ".join(map(str, User.objects.filter(pk__in=value).order_by("name", "pk")))
    if name == "people":
        many = len(value)
        return ngettext("%(count)s customer", "%(count)s customers", many) % {"count": f"{many:,}"}
    return ", ".join(value)


class DecideForm(VersionedForm):
    """Which version was looked at when it was decided."""


class CallOffForm(VersionedForm):
    because = forms.CharField(
        label=gettext_lazy("Why it is called off"),
        max_length=250,
        help_text=gettext_lazy(
            "Whoever was told of the campaign and may come is called and told so."
        ),
    )
