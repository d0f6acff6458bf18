"""By what the matters can be narrowed."""

from __future__ import annotations

from django import forms
from django.db.models import OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, FilterSet, ModelChoiceFilter

from aftersales import days
from customers.filters import since, ticked, until
from followups.filters.calls import standing_in, visible_customers
from followups.matters.complaint_codes import CATEGORY_CHOICES
from followups.matters.complaints import Clock, answered_for_by, stands
from followups.models import ComplaintLevel, Department, Matter, MatterKind, MatterState
from followups.models.matter import MatterQuerySet

NOBODY = "none"


class MatterFilters(FilterSet):
    q = CharFilter(
        label=_("Words or customer"),
        method="saying",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
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
    category = ChoiceFilter(
        label=_("Category of the complaint"),
        empty_label=_("All"),
        choices=[(NOBODY, pgettext_lazy("complaint", "Not sorted yet")), *CATEGORY_CHOICES],
        method="sorted_as",
    )
    clock = ChoiceFilter(
        label=_("Complaint closed in time"),
        empty_label=_("All"),
        choices=Clock.choices,
        method="on_clock",
    )
    heard_from = since("heard_on", _("Heard from"))
    heard_until = until("heard_on", _("Heard until"))
    closed_from = since("closed_on", _("Closed from"))
    closed_until = until("closed_on", _("Closed until"))
    late = ticked(_("Late"), "only_late")
    reported = ticked(_("Reported to the supervisor"), "only_reported")
    reopened = ticked(_("Reopened"), "only_reopened")
    customer = ModelChoiceFilter(
        label=_("Customer"), queryset=visible_customers, widget=forms.HiddenInput
    )

    def saying(self, found: MatterQuerySet, name: str, words: str) -> MatterQuerySet:
        return found.filter(Q(text__icontains=words) | Q(customer__name__icontains=words))

    def only_late(self, found: MatterQuerySet, name: str, is_ticked: bool) -> MatterQuerySet:
        return found.late(days.today()) if is_ticked else found

    def only_reported(self, found: MatterQuerySet, name: str, is_ticked: bool) -> MatterQuerySet:
        return found.filter(reported_on__isnull=False) if is_ticked else found

    def only_reopened(self, found: MatterQuerySet, name: str, is_ticked: bool) -> MatterQuerySet:
        return found.filter(reopened__gt=0) if is_ticked else found

    def answered_for_by(self, found: MatterQuerySet, name: str, department: str) -> MatterQuerySet:
        return answered_for_by(found, "" if department == NOBODY else department)

    def sorted_as(self, found: MatterQuerySet, name: str, category: str) -> MatterQuerySet:
        return found.filter(complaint__category="" if category == NOBODY else category)

    def on_clock(self, found: MatterQuerySet, name: str, clock: str) -> MatterQuerySet:
        return found.filter(stands(clock, today=days.today()))
