"""The page that opens a customer file: the customer, his numbers, his vehicle if he has one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.once import OnceForm
from aftersales.widgets import DayInput, TimeOfDayInput
from customers.forms.customer import ConvenientTimeForm, PhoneForm, TagsField
from customers.forms.vehicle import SignsForm
from customers.models import Customer, Relation, Vehicle
from customers.phones import parse
from customers.services.files import PhoneEntry
from customers.services.new_files import VehicleEntry

MOST_PHONES = 10


class NewCustomerForm(OnceForm, ConvenientTimeForm):
    tags = TagsField()

    class Meta:
        model = Customer
        fields = (
            "kind",
            "name",
            "contact_name",
            "title",
            "birthday",
            "language",
            "is_fleet",
            "address",
            "postal_code",
            "district",
            "email",
            "convenient_from",
            "convenient_until",
            "convenient_weekdays",
            "wished_services",
            "next_topic",
            "next_talking_points",
            "next_contact_on",
            "bag_location",
            "tags",
            "remarks",
        )
        widgets: ClassVar = {
            "birthday": DayInput,
            "convenient_from": TimeOfDayInput,
            "convenient_until": TimeOfDayInput,
            "next_contact_on": DayInput,
        }

    @property
    def file_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class PhoneRowForm(PhoneForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["typed"].required = False

    def has_changed(self) -> bool:
        """A row without a number is an empty row, whatever kind it says."""
        return bool(self.data.get(self.add_prefix("typed"), "").strip())


class PhoneRows(BaseFormSet):  # type: ignore[type-arg]
    """Rows for numbers; empty ones do not count."""

    @property
    def entries(self) -> list[PhoneEntry]:
        return [
            PhoneEntry(row.cleaned_data["typed"], row.cleaned_data["kind"])
            for row in self.forms
            if row.has_changed()
        ]

    def clean(self) -> None:
        seen = set()
        for row in self.forms:
            typed = row.cleaned_data.get("typed") if row.is_valid() else None
            if not typed:
                continue
            number = parse(typed)
            if number.e164 and number.e164 in seen:
                row.add_error("typed", _("This number is entered twice."))
            seen.add(number.e164)


PhoneFormSet = cast(
    "type[PhoneRows]",
    forms.formset_factory(
        PhoneRowForm, formset=PhoneRows, extra=2, max_num=MOST_PHONES, validate_max=True
    ),
)


class FirstVehicleForm(SignsForm):
    """The vehicle he came with; all fields empty means none."""

    relation = forms.ChoiceField(
        label=gettext_lazy("Role of the customer"), choices=Relation.choices, initial=Relation.OWNER
    )
    is_known = forms.BooleanField(
        label=gettext_lazy("Yes, it is this vehicle"), required=False, widget=forms.HiddenInput
    )

    class Meta:
        model = Vehicle
        fields = (
            "plate",
            "vin",
            "model",
            "category",
            "color",
            "mileage",
            "maintenance_months",
            "maintenance_km",
            "next_maintenance_on",
            "next_maintenance_km",
        )
        widgets: ClassVar = {"next_maintenance_on": DayInput}

    @property
    def entry(self) -> VehicleEntry | None:
        fields = {name: self.cleaned_data[name] for name in self.Meta.fields}
        if all(value in (None, "") for value in fields.values()):
            return None
        cleaned = self.cleaned_data
        return VehicleEntry(fields, cleaned["relation"], cleaned["is_known"])

    def ask_whether_known(self) -> None:
        """Offer to give the customer a role with a vehicle that is here already."""
        self.fields["is_known"].widget = forms.CheckboxInput()


class NewFileForms:
    """The forms of the page as one: valid together, and with one list of errors."""

    def __init__(
        self, customer: NewCustomerForm, phones: PhoneRows, vehicle: FirstVehicleForm
    ) -> None:
        self.customer, self.phones, self.vehicle = customer, phones, vehicle
        self.parts = [customer, *phones.forms, vehicle]

    @classmethod
    def empty(cls) -> NewFileForms:
        return cls(
            NewCustomerForm(), PhoneFormSet(prefix="phones"), FirstVehicleForm(prefix="vehicle")
        )

    @classmethod
    def sent(cls, data: QueryDict) -> NewFileForms:
        return cls(
            NewCustomerForm(data),
            PhoneFormSet(data, prefix="phones"),
            FirstVehicleForm(data, prefix="vehicle"),
        )

    @classmethod
    def being_typed(cls, data: QueryDict) -> NewFileForms:
        """The forms with what was typed so far, which nobody has asked to judge yet."""
        empty = cls.empty()
        return cls(
            NewCustomerForm(initial=_typed(empty.customer, data)),
            PhoneFormSet(data, prefix="phones"),
            FirstVehicleForm(initial=_typed(empty.vehicle, data), prefix="vehicle"),
        )

    def is_valid(self) -> bool:
        return all(part.is_valid() for part in (self.customer, self.phones, self.vehicle))

    @property
    def errors(self) -> bool:
        return any(part.errors for part in self.parts) or bool(self.phones.non_form_errors())

    def non_field_errors(self) -> list[Any]:
        return [
            *self.phones.non_form_errors(),
            *(error for part in self.parts for error in part.non_field_errors()),
        ]

    def __iter__(self) -> Iterator[forms.BoundField]:
        for part in self.parts:
            yield from part

    def refuse_vehicle(self, error: ValidationError) -> None:
        """Put what the service says about the vehicle beside its fields."""
        for name, messages in error.message_dict.items():
            self.vehicle.add_error(name if name in self.vehicle.fields else None, messages)


def _typed(form: forms.BaseForm, data: QueryDict) -> dict[str, Any]:
    return {
        field.name: field.field.widget.value_from_datadict(data, MultiValueDict(), field.html_name)
        for field in form
    }


def with_another_row(data: QueryDict) -> QueryDict:
    """Return what was typed with room for one more number."""
    more = data.copy()
    more["phones-TOTAL_FORMS"] = str(_rows(data) + 1)
    return more


def without_row(data: QueryDict, row: int) -> QueryDict:
    """Return what was typed without one of the numbers; those below move up."""
    kept = data.copy()
    last = _rows(data) - 1
    for place in range(row, last + 1):
        for name in PhoneForm.base_fields:
            kept[f"phones-{place}-{name}"] = data.get(f"phones-{place + 1}-{name}", "")
    kept["phones-TOTAL_FORMS"] = str(max(last, 1))
    return kept


def _rows(data: QueryDict) -> int:
    typed = data.get("phones-TOTAL_FORMS", "")
    return min(int(typed), MOST_PHONES) if typed.isdecimal() else 1
