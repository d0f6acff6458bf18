"""Those who call, with their calendars, as planning a campaign backward needs them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.db.models import Count, DateField, F, Value
from django.db.models.functions import Greatest

from followups.campaigns.back_planning import FURTHEST, BackPlan, Caller, Lead, Team, plan_back
from followups.models import Absence, FollowUp, Holiday, Policy
from followups.services.owners import trackers


def plan_campaign_back(calls: int, *, starts_on: date, today: date) -> BackPlan:
    """Plan the first calls of a campaign with the people and the policy there are.

    Source: CAM-02, R-07.
    """
    policy = Policy.objects.current()
    lead = Lead(policy.notice_opens_days, policy.notice_due_days)
    return plan_back(
        calls, starts_on=starts_on, today=today, lead=lead, team=_team(policy, today=today)
    )


def _team(policy: Policy, *, today: date) -> Team:
    people = list(trackers())
    away = _absences(today)
    owes = _owed(today)
    return Team(
        callers=[
            Caller(str(person), away=away[person.pk], owes=owes[person.pk]) for person in people
        ],
        calls_a_day=policy.calls_per_day,
        weekdays=frozenset(policy.shop_weekdays),
        holidays=frozenset(Holiday.objects.filter(day__gte=today).values_list("day", flat=True)),
    )


def _absences(today: date) -> dict[int, set[date]]:
    """Return person → the days from today on which he is away."""
    away: dict[int, set[date]] = defaultdict(set)
    last = today + timedelta(FURTHEST * 2)
    for absence in Absence.objects.filter(withdrawn_at=None, last_day__gte=today):
        first, until = max(absence.first_day, today), min(absence.last_day, last)
        days = range((until - first).days + 1)
        away[absence.person_id] |= {first + timedelta(step) for step in days}
    return away


def _owed(today: date) -> dict[int, dict[date, int]]:
    """Return person → day → customers whom he has to call by then; what is late, today."""
    day = Greatest(F("due_on"), Value(today, DateField()))
    owed = FollowUp.objects.open().calls().filter(callback_at=None).order_by()
    rows = owed.values("responsible", on=day).annotate(n=Count("customer", distinct=True))
    owes: dict[int, dict[date, int]] = defaultdict(dict)
    for person, on, many in rows.values_list("responsible", "on", "n"):
        owes[person][on] = many
    return owes
