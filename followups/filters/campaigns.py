"""By what campaigns, and the list of those invited (form F17), can be narrowed."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import ChoiceFilter, FilterSet, ModelChoiceFilter

from customers.filters import since, ticked, until
from followups.models import (
    Campaign,
    CampaignKind,
    CampaignState,
    Invitation,
    InvitationAnswer,
)

NO_ANSWER = "none"


class CampaignFilters(FilterSet):
    state = ChoiceFilter(label=_("State"), empty_label=_("All"), choices=CampaignState.choices)
    kind = ChoiceFilter(label=_("Kind"), empty_label=_("All"), choices=CampaignKind.choices)
    starts_from = since("starts_on", _("Begins from"))
    starts_until = until("starts_on", _("Begins until"))


class InvitationFilters(FilterSet):
    campaign = ModelChoiceFilter(
        label=_("Campaign"),
        queryset=lambda request: Campaign.objects.visible_to(request.user),
        widget=forms.HiddenInput,
    )
    answer = ChoiceFilter(
        label=_("Answer"),
        empty_label=_("All"),
        choices=[
            *InvitationAnswer.choices,
            (NO_ANSWER, pgettext_lazy("invitation", "No answer yet")),
        ],
        method="by_answer",
    )
    told = ticked(_("Told"), "only_told")
    not_told = ticked(_("Not told yet"), "only_not_told")
    letter = ticked(_("Letter wanted"), "only_with_letter")
    came = ticked(_("Came"), "only_who_came")

    def by_answer(
        self, found: QuerySet[Invitation], name: str, answer: str
    ) -> QuerySet[Invitation]:
        return found.filter(answer="" if answer == NO_ANSWER else answer)

    def only_told(self, found: QuerySet[Invitation], name: str, on: bool) -> QuerySet[Invitation]:
        return found.filter(told_on__isnull=False) if on else found

    def only_not_told(
        self, found: QuerySet[Invitation], name: str, on: bool
    ) -> QuerySet[Invitation]:
        return found.filter(told_on=None) if on else found

    def only_with_letter(
        self, found: QuerySet[Invitation], name: str, on: bool
    ) -> QuerySet[Invitation]:
        return found.filter(wants_letter=True) if on else found

    def only_who_came(
        self, found: QuerySet[Invitation], name: str, on: bool
    ) -> QuerySet[Invitation]:
        return found.filter(attended_on__isnull=False) if on else found
