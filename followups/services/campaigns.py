"""Campaigns: planned, decided, changed, called off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from aftersales import days
from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile, Refusal
from followups.campaigns import invited
from followups.campaigns.audience import Audience
from followups.models import Campaign, CampaignKind, CampaignState, Policy
from followups.sweeps import (
    sweep_campaign_letters,
    sweep_campaign_notices,
    sweep_campaign_reminders,
)

# What customers were told of it.
TOLD = ("starts_on", "ends_on", "place")
# What can still be changed after the decision.
CHANGEABLE = (*TOLD, "title", "content", "benefit", "capacity")


class CampaignIsDecided(Refusal):
    """It was decided before, here or in another window."""

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(_("%(campaign)s is decided already.") % {"campaign": campaign})


class CampaignIsOff(Refusal):
    """It was called off, and stays so."""

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(_("%(campaign)s was called off.") % {"campaign": campaign})


class CampaignIsOver(Refusal):
    """Nothing of a campaign can be changed after its last day."""

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(_("%(campaign)s is over.") % {"campaign": campaign})


class NobodyIsInvited(Refusal):
    """Its audience is empty, or everybody in it is left out."""

    def __init__(self) -> None:
        super().__init__(_("Nobody would be invited. Widen the audience first."))


class AudienceIsFrozen(Refusal):
    """Who is invited was fixed by the decision."""

    def __init__(self) -> None:
        super().__init__(_("The campaign is decided: who is invited, and its kind, stay."))


def plan_campaign(
    values: Mapping[str, Any], *, audience: Audience, by: User, today: date
) -> Campaign:
    """Write a campaign that isn't decided yet.

    Raises:
        ValidationError: names what is missing or impossible.

    Source: CAM-01, CAM-04.
    """
    campaign = Campaign(**values, audience=audience.as_json(), created_by=by)
    _refuse_impossible(campaign, today=today)
    with changes_by(by):
        campaign.save()
    return campaign


def change_campaign(
    campaign_id: int,
    *,
    changes: Mapping[str, Any],
    audience: Audience | None = None,
    version: int,
    by: User,
    now: datetime,
) -> Campaign:
    """Change a campaign; of a decided one move the windows, and tell those who were told.

    Args:
        audience: who is to be invited instead; None leaves it.

    Raises:
        ChangedMeanwhile, CampaignIsOff, CampaignIsOver
        AudienceIsFrozen: it is decided, and the change is not one of `CHANGEABLE`.
        ValidationError
    """
    today = days.local_date(now)
    with changes_by(by):
        campaign = _lock(campaign_id, version, today=today)
        changed = _changed(campaign, changes, audience)
        is_decided = campaign.state == CampaignState.DECIDED
        if is_decided and not set(changed) <= set(CHANGEABLE):
            raise AudienceIsFrozen
        begun = campaign.has_begun(today)
        for name, value in changed.items():
            setattr(campaign, name, value)
        moves_nothing = is_decided and begun and "starts_on" not in changed
        _refuse_impossible(campaign, today=None if moves_nothing else today)
        if is_decided and not set(changed).isdisjoint(TOLD):
            campaign.changes += 1
            if "starts_on" in changed:
                _schedule(campaign, today)
        campaign.save()
        _sweep(campaign, now)
        campaign.refresh_from_db()
    return campaign


def decide_campaign(campaign_id: int, *, version: int, by: User, now: datetime) -> Campaign:
    """Decide a campaign: freeze who is invited, and owe each of them the notice.

    Raises:
        ChangedMeanwhile, CampaignIsDecided, CampaignIsOff, CampaignIsOver, NobodyIsInvited
        ValidationError: the campaign lacks something, or its first day is not ahead.

    Source: CAM-02, CAM-04, R-07.
    """
    today = days.local_date(now)
    with changes_by(by):
        with connection.cursor() as cursor:
            # A hundred thousand customers take longer than a page may.
            cursor.execute("SET LOCAL statement_timeout = '4min'")
        campaign = _lock(campaign_id, version, today=today, is_deciding=True)
        _refuse_impossible(campaign, today=today)
        if not invited.of_campaign(campaign, now=now).freeze(campaign):
            raise NobodyIsInvited
        campaign.state = CampaignState.DECIDED
        campaign.decided_on, campaign.decided_by = today, by
        _schedule(campaign, today)
        campaign.save()
        sweep_campaign_notices(now=now)
        campaign.refresh_from_db()
    return campaign


def call_off_campaign(
    campaign_id: int, *, because: str, version: int, by: User, now: datetime
) -> Campaign:
    """Call a campaign off: what is owed for it ends, and who was told of it is told so.

    Raises:
        ChangedMeanwhile, CampaignIsOff, CampaignIsOver
        ValidationError: there is no reason.
    """
    if not because.strip():
        raise ValidationError({"because": _("Say why it is called off.")})
    today = days.local_date(now)
    with changes_by(by):
        campaign = _lock(campaign_id, version, today=today)
        campaign.state = CampaignState.CALLED_OFF
        campaign.called_off_on, campaign.called_off_because = today, because.strip()
        campaign.changes += 1
        campaign.save()
        _sweep(campaign, now)
        campaign.refresh_from_db()
    return campaign


def _changed(
    campaign: Campaign, changes: Mapping[str, Any], audience: Audience | None
) -> dict[str, Any]:
    """Return what would be different."""
    values = dict(changes)
    if audience is not None:
        values["audience"] = audience.as_json()
    return {name: value for name, value in values.items() if value != getattr(campaign, name)}


def _lock(campaign_id: int, version: int, *, today: date, is_deciding: bool = False) -> Campaign:
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
    if campaign.state == CampaignState.CALLED_OFF:
        raise CampaignIsOff(campaign)
    if is_deciding and campaign.state == CampaignState.DECIDED:
        raise CampaignIsDecided(campaign)
    if campaign.version != version:
        raise ChangedMeanwhile(campaign)
    if campaign.state == CampaignState.DECIDED and campaign.ends_on < today:
        raise CampaignIsOver(campaign)
    return campaign


def _schedule(campaign: Campaign, today: date) -> None:
    """Let the notices count from today; after their last day they are due at once (R-07)."""
    campaign.scheduled_on = today
    last_day = campaign.starts_on - timedelta(Policy.objects.current().notice_due_days)
    campaign.is_late = last_day < today


def _sweep(campaign: Campaign, now: datetime) -> None:
    if campaign.state != CampaignState.DRAFT:
        sweep_campaign_notices(now=now)
        sweep_campaign_letters(now=now)
        sweep_campaign_reminders(now=now)


def _refuse_impossible(campaign: Campaign, *, today: date | None) -> None:
    """Refuse what lacks something, or doesn't lie ahead of `today`."""
    wrong = {
        name: _("Customers have to be told this.")
        for name in ("title", "content", "place")
        if not getattr(campaign, name).strip()
    }
    if today is not None and campaign.starts_on <= today:
        wrong["starts_on"] = _("The first day must lie ahead: customers are told beforehand.")
    if campaign.ends_on < campaign.starts_on:
        wrong["ends_on"] = _("This lies before the first day.")
    if campaign.capacity == 0:
        wrong["capacity"] = _("At least one; leave it empty when there is room for all.")
    if campaign.passes_limits and campaign.kind != CampaignKind.RECALL:
        wrong["passes_limits"] = _("Only a safety recall passes the limits.")
    elif campaign.passes_limits and not campaign.passes_because.strip():
        wrong["passes_because"] = _("Say why it passes the limits.")
    if wrong:
        raise ValidationError(wrong)
    campaign.full_clean(exclude=["created_by", "decided_by"], validate_constraints=False)
