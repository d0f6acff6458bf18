"""By what the matters can be narrowed."""

from __future__ import annotations

from django import forms
from django.db.models import OuterRef
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, ChoiceFilter, DateFilter, FilterSet, ModelChoiceFilter

from aftersales import days
from aftersales.widgets import DayInput
from followups.call_filters import standing_in, visible_customers
from followups.models import Matter, MatterKind, MatterState
from followups.models.matter import MatterQuerySet


class MatterFilters(FilterSet):
    state = ChoiceFilter(label=_("State"), empty_label=_("All"), choices=MatterState.choices)
    kind = ChoiceFilter(label=_("Kind"), empty_label=_("All"), choices=MatterKind.choices)
    owner = ModelChoiceFilter(
        label=_("In charge"),
        empty_label=_("All"),
        queryset=lambda request: standing_in(Matter.objects.filter(owner=OuterRef("pk"))),
    )
    heard_from = DateFilter("heard_on", "gte", label=_("Heard from"), widget=DayInput)
    heard_until = DateFilter("heard_on", "lte", label=_("Heard until"), widget=DayInput)
    late = BooleanFilter(label=_("Late"), method="overdue", widget=forms.CheckboxInput)
    customer = ModelChoiceFilter(
        label=_("Customer"), queryset=visible_customers, widget=forms.HiddenInput
    )

    def overdue(self, found: MatterQuerySet, name: str, is_ticked: bool) -> MatterQuerySet:
        return found.late(days.today()) if is_ticked else found
