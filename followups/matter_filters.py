"""By what the matters can be narrowed."""

from __future__ import annotations

from django import forms
from django.db.models import OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import BooleanFilter, ChoiceFilter, DateFilter, FilterSet, ModelChoiceFilter

from aftersales import days
from aftersales.widgets import DayInput
from followups.call_filters import standing_in, visible_customers
from followups.complaints import Clock, responsible, stands
from followups.models import ComplaintLevel, Department, Matter, MatterKind, MatterState
from followups.models.matter import MatterQuerySet

NOBODY = "none"


class MatterFilters(FilterSet):
    state = ChoiceFilter(label=_("State"), empty_label=_("All"), choices=MatterState.choices)
    kind = ChoiceFilter(label=_("Kind"), empty_label=_("All"), choices=MatterKind.choices)
    owner = ModelChoiceFilter(
        label=_("In charge"),
        empty_label=_("All"),
        queryset=lambda request: standing_in(Matter.objects.filter(owner=OuterRef("pk"))),
    )
    department = ChoiceFilter(
        label=_("Responsible department"),
        empty_label=_("All"),
        choices=[(NOBODY, pgettext_lazy("department", "Nobody named yet")), *Department.choices],
        method="answered_for_by",
    )
    level = ChoiceFilter(
        "complaint__level",
        label=_("Level of the complaint"),
        empty_label=_("All"),
        choices=ComplaintLevel.choices,
    )
    clock = ChoiceFilter(
        label=_("Complaint closed in time"),
        empty_label=_("All"),
        choices=Clock.choices,
        method="on_clock",
    )
    heard_from = DateFilter("heard_on", "gte", label=_("Heard from"), widget=DayInput)
    heard_until = DateFilter("heard_on", "lte", label=_("Heard until"), widget=DayInput)
    closed_from = DateFilter("closed_on", "gte", label=_("Closed from"), widget=DayInput)
    closed_until = DateFilter("closed_on", "lte", label=_("Closed until"), widget=DayInput)
    late = BooleanFilter(label=_("Late"), method="overdue", widget=forms.CheckboxInput)
    customer = ModelChoiceFilter(
        label=_("Customer"), queryset=visible_customers, widget=forms.HiddenInput
    )

    def overdue(self, found: MatterQuerySet, name: str, is_ticked: bool) -> MatterQuerySet:
        return found.late(days.today()) if is_ticked else found

    def answered_for_by(self, found: MatterQuerySet, name: str, department: str) -> MatterQuerySet:
        return found.annotate(responsible=responsible()).filter(
            responsible="" if department == NOBODY else department
        )

    def on_clock(self, found: MatterQuerySet, name: str, clock: str) -> MatterQuerySet:
        return found.filter(stands(clock, today=days.today()))
