"""By what the outbox can be narrowed."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, DateFilter, FilterSet

from aftersales import days
from aftersales.widgets import DayInput
from followups.models import OutboxChannel, OutboxMessage, OutboxState
from followups.models.outbox import OutboxQuerySet

TO_DECIDE = "to_decide"


class OutboxFilters(FilterSet):
    state = ChoiceFilter(
        label=_("State"),
        empty_label=_("All"),
        choices=[(TO_DECIDE, _("To be decided")), *OutboxState.choices],
        method="in_state",
    )
    channel = ChoiceFilter(label=_("Delivery"), empty_label=_("All"), choices=OutboxChannel.choices)
    written_from = DateFilter(label=_("Written from"), widget=DayInput, method="from_day")

    class Meta:
        model = OutboxMessage
        fields: tuple[str, ...] = ()

    def in_state(self, found: OutboxQuerySet, name: str, state: str) -> OutboxQuerySet:
        return found.to_decide() if state == TO_DECIDE else found.filter(state=state)

    def from_day(self, found: OutboxQuerySet, name: str, day: date) -> OutboxQuerySet:
        return found.filter(created_at__gte=days.start_of_day(day))
