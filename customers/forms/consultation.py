"""A consultation as it is recorded and corrected, and by what the list of them can be narrowed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter, DateFilter, FilterSet, ModelChoiceFilter

from aftersales.days import start_of_day
from aftersales.models import User
from aftersales.once import OnceForm
from aftersales.widgets import DayInput, MomentField, MomentInput
from customers.forms.customer import VersionedForm
from customers.forms.customer_choice import CustomerChoiceForm
from customers.forms.known_vehicle import KnownVehicleField
from customers.models import Consultation, ConsultationTopic, Customer

HOLD_CONSULTATIONS = "customers.add_consultation"
WHEN_ABOUT_A_VEHICLE = gettext_lazy("If it was about a vehicle that is known here.")


class ConsultationForm(OnceForm, CustomerChoiceForm, forms.ModelForm):  # type: ignore[type-arg]
    """Who came, when, about what, and who talked to them."""

    vehicle = KnownVehicleField(required=False, help_text=WHEN_ABOUT_A_VEHICLE)

    class Meta:
        model = Consultation
        fields = ("topic", "ended_at", "held_by", "notes")
        widgets: ClassVar = {"ended_at": MomentInput}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        vehicle: Any = self.fields["vehicle"]
        vehicle.user = user
        people: Any = self.fields["held_by"]
        people.queryset = User.objects.with_permission(HOLD_CONSULTATIONS)

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the model's fields, but for the time."""
        names = ("customer", "topic", "held_by", "notes", "vehicle")
        return {name: self.cleaned_data[name] for name in names}


class ConsultationCorrectionForm(VersionedForm, forms.ModelForm):  # type: ignore[type-arg]
    """What a consultation says; who came and who talked to them stays."""

    vehicle = KnownVehicleField(required=False, help_text=WHEN_ABOUT_A_VEHICLE)

    class Meta:
        model = Consultation
        fields = ("topic", "ended_at", "notes")
        field_classes: ClassVar = {"ended_at": MomentField}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vehicle: Any = self.fields["vehicle"]
        vehicle.user = user
        ended_at: Any = self.fields["ended_at"]
        ended_at.known = [self.instance.ended_at]

    @property
    def changes(self) -> dict[str, Any]:
        """What was typed over, by the names of the model's fields."""
        names = {*self.Meta.fields, "vehicle"} & set(self.changed_data)
        return {name: self.cleaned_data[name] for name in names}


class ConsultationFilters(FilterSet):
    day_from = DateFilter(label=gettext_lazy("From"), method="from_day", widget=DayInput)
    day_until = DateFilter(label=gettext_lazy("Until"), method="until_day", widget=DayInput)
    topic = ChoiceFilter(
        label=gettext_lazy("About"),
        empty_label=gettext_lazy("All"),
        choices=ConsultationTopic.choices,
    )
    held_by = ModelChoiceFilter(
        label=gettext_lazy("Held by"),
        empty_label=gettext_lazy("All"),
        queryset=lambda request: User.objects.with_permission(HOLD_CONSULTATIONS),
    )
    customer = ModelChoiceFilter(
        label=gettext_lazy("Customer"),
        queryset=lambda request: Customer.objects.visible_to(request.user),
        widget=forms.HiddenInput,
    )

    def from_day(
        self, found: QuerySet[Consultation], name: str, day: date
    ) -> QuerySet[Consultation]:
        return found.filter(ended_at__gte=start_of_day(day))

    def until_day(
        self, found: QuerySet[Consultation], name: str, day: date
    ) -> QuerySet[Consultation]:
        return found.filter(ended_at__lt=start_of_day(day + timedelta(days=1)))
