"""A vehicle on the screen: its groups of fields, and who owns, brings and pays for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.days import FIRST_DAY
from aftersales.once import OnceForm
from aftersales.widgets import DayInput
from customers import rules
from customers.forms.customer import VersionedForm
from customers.forms.customer_choice import CustomerChoiceForm
from customers.models import Relation, Vehicle

IDENTITY = ("plate", "vin", "unit_no", "engine_no", "model", "category", "color")
MILEAGE = ("mileage", "mileage_read_on", "mileage_reason")
MAINTENANCE = (
    "maintenance_months",
    "maintenance_km",
    "next_maintenance_on",
    "next_maintenance_km",
)
PAPERS = (
    "purchased_on",
    "sold_by_us",
    "warranty_ends_on",
    "insurer",
    "policy_ends_on",
    "inspection_due_on",
)
DAYS = (
    "mileage_read_on",
    "next_maintenance_on",
    "purchased_on",
    "warranty_ends_on",
    "policy_ends_on",
    "inspection_due_on",
)


# A plate or a VIN is typed with blanks, dots and dashes.
LONGEST_TYPED = 40
AS_TYPED = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class VehicleForm(forms.ModelForm):  # type: ignore[type-arg]
    @property
    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the model's fields."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}

    def _post_clean(self) -> None:
        """Leave it to the service to judge the values; it knows which vehicle is in the way."""


class SignsForm(VehicleForm):
    """The plate and the VIN, without the blanks, dots and dashes."""

    plate = forms.CharField(
        label=gettext_lazy("Plate number"),
        required=False,
        max_length=LONGEST_TYPED,
        widget=forms.TextInput(attrs=AS_TYPED),
    )
    vin = forms.CharField(
        label=gettext_lazy("VIN"),
        required=False,
        max_length=LONGEST_TYPED,
        widget=forms.TextInput(attrs=AS_TYPED),
    )

    def clean_plate(self) -> str:
        return rules.normalized_plate(self.cleaned_data["plate"])

    def clean_vin(self) -> str:
        return rules.normalized_vin(self.cleaned_data["vin"])


class VehicleGroupForm(VersionedForm, VehicleForm):
    """One group of fields of a vehicle, edited on its own."""

    heading: ClassVar[str | Promise]


class IdentityForm(VehicleGroupForm, SignsForm):
    heading = gettext_lazy("Vehicle")

    class Meta:
        model = Vehicle
        fields = IDENTITY


class MileageForm(VehicleGroupForm):
    heading = gettext_lazy("Mileage")

    class Meta:
        model = Vehicle
        fields = MILEAGE
        widgets: ClassVar = {"mileage_read_on": DayInput}


class MaintenanceForm(VehicleGroupForm):
    heading = gettext_lazy("Maintenance")

    class Meta:
        model = Vehicle
        fields = MAINTENANCE
        widgets: ClassVar = {"next_maintenance_on": DayInput}


class PapersForm(VehicleGroupForm):
    heading = gettext_lazy("Purchase, insurance and inspection")

    class Meta:
        model = Vehicle
        fields = PAPERS
        widgets: ClassVar = {name: DayInput for name in DAYS if name in PAPERS}


class RemarksForm(VehicleGroupForm):
    heading = gettext_lazy("Remarks")

    class Meta:
        model = Vehicle
        fields = ("remarks",)


# The groups of the page by their name in its address.
GROUPS: dict[str, type[VehicleGroupForm]] = {
    "identity": IdentityForm,
    "mileage": MileageForm,
    "maintenance": MaintenanceForm,
    "papers": PapersForm,
    "remarks": RemarksForm,
}


class NewVehicleForm(OnceForm, CustomerChoiceForm, SignsForm):
    """A vehicle and, if he is known, its owner."""

    must_choose = False
    since = forms.DateField(
        label=gettext_lazy("Owner since"),
        required=False,
        widget=DayInput,
        help_text=gettext_lazy("Empty means from today."),
    )

    class Meta:
        model = Vehicle
        fields = (*IDENTITY, *MILEAGE, *MAINTENANCE, *PAPERS, "remarks")
        widgets: ClassVar = dict.fromkeys(DAYS, DayInput)

    @property
    def groups(self) -> Iterator[tuple[str | Promise, list[forms.BoundField]]]:
        """The fields of the vehicle under the headings of its page."""
        for group in GROUPS.values():
            yield group.heading, [self[name] for name in group._meta.fields or ()]


def _past(day: date, *, today: date) -> date:
    if day > today:
        raise forms.ValidationError(_("This day has not come yet."))
    if day < FIRST_DAY:
        raise forms.ValidationError(_("This is too long ago to be right."))
    return day


class SinceForm(CustomerChoiceForm):
    """A customer, and the day from which something holds for him."""

    since = forms.DateField(label=gettext_lazy("Since"), widget=DayInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_since(self) -> date:
        return _past(self.cleaned_data["since"], today=self.today)


class RelationForm(SinceForm):
    relation = forms.ChoiceField(
        label=gettext_lazy("Relation"),
        choices=Relation.choices,
        initial=Relation.BRINGER,
    )


class EndRelationForm(forms.Form):
    ended_on = forms.DateField(
        label=gettext_lazy("Ended on"),
        widget=DayInput,
        help_text=gettext_lazy("The first day on which it is no longer so."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_ended_on(self) -> date:
        return _past(self.cleaned_data["ended_on"], today=self.today)
