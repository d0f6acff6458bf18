"""A repair order on the screen: its groups of fields, and what its moves ask for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aftersales.models import User
from aftersales.once import OnceForm
from aftersales.widgets import MomentField
from customers.forms.customer import VersionedForm
from customers.forms.customer_choice import CustomerChoiceForm
from customers.forms.known_vehicle import KnownVehicleField
from customers.models import Customer, Vehicle
from workshop.models import RepairOrder
from workshop.services.order_values import AMOUNTS
from workshop.services.orders import EDITABLE
from workshop.states import OrderState

TIMES = ("checked_in_at", "authorized_at", "gate_out_at")
WORK = ("kind", "rework_of", "advisor", "concern", "service_items", "labor_hours")
BRINGER = ("bringer_name", "bringer_phone")


class EarlierOrderField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, order: RepairOrder) -> str:
        day = formats.date_format(timezone.localtime(order.checked_in_at), "SHORT_DATE_FORMAT")
        return f"{order.number} · {day} · {order.get_kind_display()}"


class OrderForm(forms.ModelForm):  # type: ignore[type-arg]
    """Fields of an order; which of them make sense is for the service to judge."""

    mileage_reason = forms.CharField(
        label=_("Why the mileage is right"),
        required=False,
        max_length=200,
        help_text=_("Only if it is lower than the last reading or much higher."),
    )

    def __init__(self, *args: Any, by: User, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = self.instance
        for name in TIMES:
            if field := self.fields.get(name):
                field.known = [*(getattr(order, time) for time in TIMES), now]  # type: ignore[attr-defined]
        if not {"mileage_in", "mileage_out"} & self.fields.keys():
            del self.fields["mileage_reason"]
        if rework := self.fields.get("rework_of"):
            earlier = RepairOrder.objects.visible_to(by).filter(vehicle=order.vehicle_id)
            rework.queryset = earlier.exclude(pk=order.pk)  # type: ignore[attr-defined]
        if advisor := self.fields.get("advisor"):
            people = User.objects.with_permission("workshop.add_repairorder")
            advisor.queryset = people | User.objects.filter(pk=order.advisor_id)  # type: ignore[attr-defined]

    class Meta:
        model = RepairOrder
        fields: ClassVar[Collection[str]] = ()
        field_classes: ClassVar = {
            **dict.fromkeys(TIMES, MomentField),
            "rework_of": EarlierOrderField,
        }

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the model's fields."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}

    def _post_clean(self) -> None:
        """Leave it to the service to judge the values."""


class OrderGroupForm(VersionedForm, OrderForm):
    """One group of fields, as far as the state of the order leaves them open."""

    heading: ClassVar[str | Promise]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        editable = EDITABLE[OrderState(self.instance.state)]
        for name in set(self.Meta.fields) - editable:
            del self.fields[name]

    @property
    def changes(self) -> dict[str, Any]:
        """What was typed over, by the names of the model's fields."""
        return {name: value for name, value in self.values.items() if name in self.changed_data}


class WorkForm(OrderGroupForm):
    heading = _("Work")

    class Meta(OrderForm.Meta):
        fields = WORK


class TimesForm(OrderGroupForm):
    heading = _("Times and mileage")

    class Meta(OrderForm.Meta):
        fields = (*TIMES, "mileage_in", "mileage_out")


class AmountsForm(OrderGroupForm):
    heading = _("Amounts")

    class Meta(OrderForm.Meta):
        fields = AMOUNTS


class BringerForm(OrderGroupForm):
    heading = _("Brought by")

    class Meta(OrderForm.Meta):
        fields = BRINGER


class PartiesForm(CustomerChoiceForm, OrderGroupForm):
    """Whose car it is, and which: both stay as they are where nothing is typed."""

    heading = _("Customer and vehicle")
    vehicle = KnownVehicleField(
        label=_("Another vehicle"), help_text=_("Plate or VIN"), required=False
    )
    must_choose = False
    field_order = ("who", "vehicle")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, user=by, by=by, **kwargs)
        self.fields["who"].label = _("Another customer")
        vehicle: Any = self.fields["vehicle"]
        vehicle.user = by

    @property
    def changes(self) -> dict[str, Any]:
        named = {name: self.cleaned_data[name] for name in ("customer", "vehicle")}
        return {name: value for name, value in named.items() if value}


# The groups of the page by their name in its address.
GROUPS: dict[str, type[OrderGroupForm]] = {
    "work": WorkForm,
    "times": TimesForm,
    "amounts": AmountsForm,
    "bringer": BringerForm,
    "parties": PartiesForm,
}


class NewOrderForm(OnceForm, CustomerChoiceForm, OrderForm):
    """A car that came in: whose it is, who brings it, what is to be done."""

    class Meta(OrderForm.Meta):
        fields = (
            "kind", "checked_in_at", "mileage_in", "advisor", *BRINGER,
            "concern", "service_items", "rework_of",
        )  # fmt: skip

    def __init__(self, *args: Any, by: User, vehicle: Vehicle, **kwargs: Any) -> None:
        new = RepairOrder(vehicle=vehicle)
        super().__init__(*args, user=by, by=by, instance=new, **kwargs)
        if not self.is_bound and not self.offered:
            related = Customer.objects.filter(vehicle_relations__in=vehicle.relations.current())
            choosable = self.fields["customer"].queryset  # type: ignore[attr-defined]
            self.offered = list(choosable.filter(pk__in=related))

    @property
    def about_the_order(self) -> list[forms.BoundField]:
        """What is not about who brings the car."""
        names = (name for name in self.Meta.fields if name not in BRINGER)
        return [self[name] for name in (*names, "mileage_reason")]


class ReleaseForm(OrderForm):
    """What is asked when a car leaves: when, with which mileage, and who pays how much."""

    class Meta(OrderForm.Meta):
        fields = ("gate_out_at", "mileage_out", *AMOUNTS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["gate_out_at"].required = True


class UndoReleaseForm(forms.Form):
    reason = forms.CharField(label=_("Why the release is undone"), max_length=250)


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Why it is cancelled"), max_length=250)
