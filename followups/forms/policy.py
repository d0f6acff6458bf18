"""The numbers of the regulation that a shop sets for itself, and its holidays."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aftersales.widgets import DayInput, TimeOfDayInput
from customers.models import Weekday
from followups.models import Holiday, Policy

DEADLINES = (
    "file_due_days",
    "first_call_opens_days",
    "first_call_target_days",
    "first_call_due_days",
    "second_call_opens_days",
    "second_call_due_days",
    "report_days",
    "complaint_days",
)
CAMPAIGNS = ("notice_opens_days", "notice_due_days", "letter_days")
GROUPS: dict[str | Promise, tuple[str, ...]] = {
    _("When it is due"): (*DEADLINES, "roll_over_holidays"),
    _("Campaigns"): CAMPAIGNS,
    _("How often one tries"): (
        "most_attempts",
        "spacing_hours",
        "tries_per_number",
        "calls_per_day",
        "contacts_a_month",
    ),
    _("When calls are made"): (
        "legal_from",
        "legal_until",
        "shop_opens",
        "shop_closes",
        "shop_weekdays",
    ),
    _("Since when"): ("go_live_on",),
}
UNITS = {
    **dict.fromkeys((*DEADLINES, *CAMPAIGNS), _("days")),
    "most_attempts": _("days"),
    "spacing_hours": _("hours"),
}


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """The policy, group by group."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    shop_weekdays = forms.TypedMultipleChoiceField(
        label=_("Days the shop calls"),
        choices=Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Policy
        fields = tuple(name for names in GROUPS.values() for name in names)
        widgets: ClassVar = {
            "legal_from": TimeOfDayInput,
            "legal_until": TimeOfDayInput,
            "shop_opens": TimeOfDayInput,
            "shop_closes": TimeOfDayInput,
            "go_live_on": DayInput,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version

    def _post_clean(self) -> None:
        """Leave the instance alone: the service says in words what contradicts itself."""

    @property
    def changes(self) -> dict[str, Any]:
        """What was typed over, by the names of the model's fields."""
        names = [name for name in self.Meta.fields if name in self.changed_data]
        return {name: self.cleaned_data[name] for name in names}

    @property
    def groups(self) -> list[tuple[str, list[tuple[forms.BoundField, str]]]]:
        """Each heading with its fields, and what a number counts."""
        return [
            (str(heading), [(self[name], str(UNITS.get(name, ""))) for name in names])
            for heading, names in GROUPS.items()
        ]


class HolidayForm(forms.ModelForm):  # type: ignore[type-arg]
    """A public holiday."""

    class Meta:
        model = Holiday
        fields = ("day", "name")
        widgets: ClassVar = {"day": DayInput}
