"""By what the call register can be narrowed, and whom such lists offer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import ChoiceFilter, FilterSet, ModelChoiceFilter

from aftersales.models import User
from customers.models import Customer
from followups.calling.outcomes import OutcomeCode
from followups.models import Call, CallKind, Direction, MatterState
from followups.registers import call_register
from workshop.filters import shop_day

NO_MATTER = "none"


def visible_customers(request: Any) -> QuerySet[Customer]:
    return Customer.objects.visible_to(request.user)


def standing_in(rows: QuerySet[Any]) -> QuerySet[User]:
    """Return the people whom these rows name, also those who have left."""
    people: QuerySet[User] = User.objects.filter(Exists(rows))
    return people


class CallFilters(FilterSet):
    day_from = shop_day("started_at", "gte", _("From"))
    day_until = shop_day("started_at", "lte", _("Until"))
    handler = ModelChoiceFilter(
        label=_("Handled by"),
        empty_label=_("All"),
        queryset=lambda request: standing_in(Call.objects.filter(handler=OuterRef("pk"))),
    )
    direction = ChoiceFilter(label=_("Direction"), empty_label=_("All"), choices=Direction.choices)
    kind = ChoiceFilter(label=_("Kind"), empty_label=_("All"), choices=CallKind.choices)
    outcome = ChoiceFilter(label=_("Outcome"), empty_label=_("All"), choices=OutcomeCode.choices)
    matter = ChoiceFilter(
        label=_("Matter"),
        empty_label=_("All"),
        choices=[(NO_MATTER, pgettext_lazy("matter", "None")), *MatterState.choices],
        method="left_behind",
    )
    customer = ModelChoiceFilter(
        label=_("Customer"), queryset=visible_customers, widget=forms.HiddenInput
    )

    def left_behind(self, found: QuerySet[Call], name: str, state: str) -> QuerySet[Call]:
        return call_register.with_matters(found, "" if state == NO_MATTER else state)
