"""By what the list of repair orders can be narrowed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_filters import (
    BooleanFilter,
    ChoiceFilter,
    DateFilter,
    FilterSet,
    ModelChoiceFilter,
    NumberFilter,
)

from aftersales import days
from aftersales.models import User
from aftersales.widgets import DayInput
from customers.models import Customer, Vehicle
from workshop.models import OrderKind
from workshop.models.repair_order import RepairOrderQuerySet
from workshop.states import OrderState


class ShopDayFilter(DateFilter):
    """Narrows a time by the shop's days: from the day on (gte) or until its end (lte)."""

    def filter(self, qs: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        if value is None or value == date.max:
            return qs
        if self.lookup_expr == "lte":
            end = days.start_of_day(value + timedelta(days=1))
            return qs.filter((f"{self.field_name}__lt", end))
        return qs.filter((f"{self.field_name}__gte", days.start_of_day(value)))


class LeftUntilFilter(ShopDayFilter):
    """A car that left by a day came in by that day: the list, sorted by that, begins there."""

    def filter(self, qs: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        came_by_then = ShopDayFilter("checked_in_at", "lte").filter(qs, value)
        return super().filter(came_by_then, value)


def shop_day(column: str, bound: str, label: str | Promise) -> ShopDayFilter:
    return ShopDayFilter(column, bound, label=label, widget=DayInput)


class RepairOrderFilters(FilterSet):
    state = ChoiceFilter(label=_("State"), empty_label=_("All"), choices=OrderState.choices)
    kind = ChoiceFilter(label=_("Order type"), empty_label=_("All"), choices=OrderKind.choices)
    advisor = ModelChoiceFilter(
        label=_("Service advisor"),
        empty_label=_("All"),
        queryset=lambda request: User.objects.with_permission("workshop.add_repairorder"),
    )
    checked_in_from = shop_day("checked_in_at", "gte", _("Checked in from"))
    checked_in_until = shop_day("checked_in_at", "lte", _("Checked in until"))
    released_from = shop_day("gate_out_at", "gte", _("Left from"))
    released_until = LeftUntilFilter("gate_out_at", "lte", label=_("Left until"), widget=DayInput)
    amount_from = NumberFilter("total_amount", "gte", label=_("Total from"), min_value=0)
    amount_until = NumberFilter("total_amount", "lte", label=_("Total up to"), min_value=0)
    in_shop = BooleanFilter(label=_("In the shop"), method="here", widget=forms.CheckboxInput)
    customer = ModelChoiceFilter(
        label=_("Customer"),
        queryset=lambda request: Customer.objects.visible_to(request.user),
        widget=forms.HiddenInput,
    )
    vehicle = ModelChoiceFilter(
        label=_("Vehicle"),
        queryset=lambda request: Vehicle.objects.visible_to(request.user),
        widget=forms.HiddenInput,
    )

    def here(self, found: RepairOrderQuerySet, name: str, is_ticked: bool) -> RepairOrderQuerySet:
        return found.in_shop() if is_ticked else found
