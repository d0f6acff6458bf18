"""A consultation as it is recorded, and by what the list of them can be narrowed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter, DateFilter, FilterSet, ModelChoiceFilter

from aftersales.days import start_of_day
from aftersales.models import User
from aftersales.once import OnceForm
from aftersales.widgets import DayInput, MomentInput
from customers import rules
from customers.forms.customer_choice import CustomerChoiceForm
from customers.models import Consultation, ConsultationTopic, Customer, Vehicle

HOLD_CONSULTATIONS = "customers.add_consultation"


class ConsultationForm(OnceForm, CustomerChoiceForm, forms.ModelForm):  # type: ignore[type-arg]
    """Who came, when, about what, and who talked to them."""

    sign = forms.CharField(
        label=gettext_lazy("Plate or VIN"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("If it was about a vehicle that is known here."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    class Meta:
        model = Consultation
        fields = ("topic", "ended_at", "held_by", "notes")
        widgets: ClassVar = {"ended_at": MomentInput}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        people: Any = self.fields["held_by"]
        people.queryset = User.objects.with_permission(HOLD_CONSULTATIONS)

    def clean_sign(self) -> Vehicle | None:
        """Return the vehicle with this plate or VIN."""
        typed: str = self.cleaned_data["sign"]
        if not typed:
            return None
        same = Q(plate=rules.normalized_plate(typed)) | Q(vin=rules.normalized_vin(typed))
        vehicle = Vehicle.objects.visible_to(self.user).filter(same).first()
        if vehicle is None:
            raise forms.ValidationError(_("No vehicle with this plate or VIN is known here."))
        return vehicle

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the model's fields, but for the time."""
        fields = {name: self.cleaned_data[name] for name in ("customer", "topic", "held_by")}
        return {**fields, "notes": self.cleaned_data["notes"], "vehicle": self.cleaned_data["sign"]}


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
