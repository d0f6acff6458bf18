"""By what the deliveries of a webhook can be narrowed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, FilterSet, ModelChoiceFilter

from followups.models import TEST, DeliveryState, EventKind, Webhook


class DeliveryFilters(FilterSet):
    webhook = ModelChoiceFilter(
        label=_("Webhook"), empty_label=_("All"), queryset=Webhook.objects.all()
    )
    state = ChoiceFilter(label=_("State"), empty_label=_("All"), choices=DeliveryState.choices)
    event = ChoiceFilter(
        label=_("Event"), empty_label=_("All"), choices=[*EventKind.choices, (TEST, _("Test"))]
    )
