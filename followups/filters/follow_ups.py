"""By what the list of follow-ups can be narrowed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, FilterSet, ModelChoiceFilter

from aftersales import days
from aftersales.models import User
from customers.filters import since, ticked, until
from customers.models import Customer
from followups.calling import ranking
from followups.calling.proxies import works_for
from followups.calling.unreachable import unreachable
from followups.models import (
    CALLS,
    CAMPAIGNS,
    REMINDERS,
    Campaign,
    FollowUpQuerySet,
    Kind,
    Policy,
    State,
)
from followups.services.owners import RECEIVE

AFTER_A_VISIT = (Kind.FIRST_CALL, Kind.SECOND_CALL)
# Kinds that one looks at together.
GROUPS: dict[str, tuple[Any, tuple[Kind, ...]]] = {
    "calls": (_("All calls"), CALLS),
    "visit_calls": (_("Calls after a visit"), AFTER_A_VISIT),
    "other_calls": (
        _("All other calls"),
        tuple(kind for kind in CALLS if kind not in AFTER_A_VISIT),
    ),
    "offers": (_("Campaigns and reminders"), (*CAMPAIGNS, *REMINDERS)),
}


class FollowUpFilters(FilterSet):
    owner = ModelChoiceFilter(
        label=_("Tracking salesman"),
        empty_label=_("All"),
        queryset=lambda request: User.objects.filter(
            Q(pk__in=User.objects.with_permission(RECEIVE).values("pk"))
            | Q(follow_ups__isnull=False)
        ).distinct(),
    )
    kind = ChoiceFilter(
        label=_("Kind"),
        empty_label=_("All"),
        choices=[*((name, label) for name, (label, _kinds) in GROUPS.items()), *Kind.choices],
        method="of_kind",
    )
    state = ChoiceFilter(label=_("State"), empty_label=_("All"), choices=State.choices)
    due_from = since("due_on", _("Due from"))
    due_until = until("due_on", _("Due until"))
    closed_from = since("closed_on", _("Ended from"))
    closed_until = until("closed_on", _("Ended until"))
    late = ticked(_("Late"), "only_late")
    due = ticked(_("To be called today"), "only_due")
    callable = ticked(_("May be called now"), "only_callable")
    closed_today = ticked(_("Ended today"), "only_closed_today")
    unassigned = ticked(_("Nobody owns it"), "only_unassigned")
    unreachable = ticked(_("Unreachable, a letter is proposed"), "only_unreachable")
    campaign = ModelChoiceFilter(
        "invitation__campaign",
        label=_("Campaign"),
        empty_label=_("All"),
        queryset=lambda request: Campaign.objects.visible_to(request.user),
    )
    works = ModelChoiceFilter(
        label=_("In the queue of"),
        queryset=lambda request: User.objects.all(),
        method="in_queue_of",
        widget=forms.HiddenInput,
    )
    customer = ModelChoiceFilter(
        label=_("Customer"),
        queryset=lambda request: Customer.objects.visible_to(request.user),
        widget=forms.HiddenInput,
    )

    def of_kind(self, found: FollowUpQuerySet, name: str, kind: str) -> FollowUpQuerySet:
        return found.filter(kind__in=GROUPS[kind][1] if kind in GROUPS else [kind])

    def only_late(self, found: FollowUpQuerySet, name: str, is_ticked: bool) -> FollowUpQuerySet:
        return found.late(days.today()) if is_ticked else found

    def only_due(self, found: FollowUpQuerySet, name: str, is_ticked: bool) -> FollowUpQuerySet:
        return found.due(today=days.today(), now=timezone.now()) if is_ticked else found

    def only_callable(
        self, found: FollowUpQuerySet, name: str, is_ticked: bool
    ) -> FollowUpQuerySet:
        if not is_ticked:
            return found
        now = timezone.now()
        can_be_called = ranking.is_callable(
            Policy.objects.current(),
            local=now.astimezone(days.shop_zone()),
            now=now,
        )
        due = found.due(today=days.today(), now=now)
        return due.alias(is_callable=can_be_called).filter(is_callable=True)

    def only_closed_today(
        self, found: FollowUpQuerySet, name: str, is_ticked: bool
    ) -> FollowUpQuerySet:
        return found.filter(closed_on=days.today()) if is_ticked else found

    def only_unassigned(
        self, found: FollowUpQuerySet, name: str, is_ticked: bool
    ) -> FollowUpQuerySet:
        return found.open().filter(owner=None) if is_ticked else found

    def only_unreachable(
        self, found: FollowUpQuerySet, name: str, is_ticked: bool
    ) -> FollowUpQuerySet:
        return found.filter(pk__in=unreachable().values("pk")) if is_ticked else found

    def in_queue_of(self, found: FollowUpQuerySet, name: str, person: User) -> FollowUpQuerySet:
        return found.filter(responsible__in=works_for(person.pk, days.today()))
