"""The policy: changed by a supervisor, who sees beforehand which windows move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile
from customers.models import Customer
from customers.services import files
from followups import rules
from followups.models import Campaign, FollowUp, FollowUpQuerySet, Holiday, Kind, Policy
from followups.sweeps.running import wait_for_sweeps


@dataclass(frozen=True)
class Effect:
    """How many open follow-ups get another window, and how many keep theirs, by kind."""

    moved: Mapping[str, int]
    kept: Mapping[str, int]


def change_policy(*, by: User, version: int, changes: Mapping[str, Any], today: date) -> Effect:
    """Change the policy, and the windows of what hasn't opened yet.

    A window that has opened is a promise somebody is working on: it stays.

    Raises:
        ChangedMeanwhile: somebody changed it after the version was read.
        ValidationError: the numbers contradict each other; names the field.
    """
    with changes_by(by):
        policy = _lock_policy()
        if policy.version != version:
            raise ChangedMeanwhile(policy)
        for name, value in changes.items():
            setattr(policy, name, value)
        _refuse_contradictions(policy)
        policy.save(update_fields=list(changes))
        return _move_windows(policy, today=today)


def preview_policy(*, by: User, version: int, changes: Mapping[str, Any], today: date) -> Effect:
    """Return what a change would move: by making it, and taking it back."""
    with transaction.atomic():
        effect = change_policy(by=by, version=version, changes=changes, today=today)
        transaction.set_rollback(True)
    return effect


def add_holiday(*, day: date, name: str, by: User, today: date) -> Holiday:
    """Add a public holiday, and move the windows that end on it if the policy says so."""
    with changes_by(by):
        policy = _lock_policy()
        if Holiday.objects.filter(day=day).exists():
            raise ValidationError({"day": _("This day is a holiday already.")})
        holiday = Holiday.objects.create(day=day, name=name)
        _move_windows(policy, today=today)
    return holiday


def remove_holiday(holiday_id: int, *, by: User, today: date) -> None:
    """Take a holiday away, and move the windows that went around it."""
    with changes_by(by):
        policy = _lock_policy()
        Holiday.objects.get(pk=holiday_id).delete()
        _move_windows(policy, today=today)


def _lock_policy() -> Policy:
    """Lock the policy, and let no sweep write windows meanwhile as it was before."""
    wait_for_sweeps()
    return Policy.objects.select_for_update().get(pk=Policy.objects.current().pk)


def _move_windows(policy: Policy, *, today: date) -> Effect:
    holidays = policy.holidays()
    promised = {
        Kind.CUSTOMER_FILE: policy.file_days,
        Kind.FIRST_CALL: policy.first_call_days,
        Kind.SECOND_CALL: policy.second_call_days,
    }
    closed_windows = FollowUp.objects.open().filter(opens_on__gt=today)
    files.lock_files(Customer.objects.filter(pk__in=closed_windows.values("customer")))
    moved, kept = {}, {}
    for kind, days in promised.items():
        waiting = FollowUp.objects.open().filter(kind=kind, opens_on__gt=today)
        facts = waiting.order_by().values_list("fact_on", flat=True).distinct()
        moved[kind.value] = sum(
            _move(waiting.filter(fact_on=fact_on), rules.window(fact_on, days, holidays=holidays))
            for fact_on in list(facts)
        )
    moved[Kind.CAMPAIGN_NOTICE.value] = _move_notices(policy, today=today)
    for name, many in moved.items():
        kept[name] = FollowUp.objects.open().filter(kind=name).count() - many
    return Effect(moved, kept)


def _move_notices(policy: Policy, *, today: date) -> int:
    kind = Kind.CAMPAIGN_NOTICE
    waiting = FollowUp.objects.open().filter(kind=kind, opens_on__gt=today)
    campaigns = Campaign.objects.filter(invitations__follow_ups__in=waiting).distinct()
    return sum(
        _move(
            waiting.filter(invitation__campaign=campaign),
            rules.notice_window(
                campaign.starts_on,
                campaign.scheduled_on,
                opens_days=policy.notice_opens_days,
                due_days=policy.notice_due_days,
            ),
        )
        for campaign in campaigns
        if campaign.scheduled_on
    )


def _move(waiting: FollowUpQuerySet, window: rules.Window) -> int:
    same = {
        "opens_on": window.opens_on,
        "target_on": window.target_on,
        "due_on": window.due_on,
    }
    return waiting.exclude(**same).update(**same)


def _refuse_contradictions(policy: Policy) -> None:
    wrong = {}
    if not (
        policy.first_call_opens_days <= policy.first_call_target_days <= policy.first_call_due_days
    ):
        wrong["first_call_due_days"] = _("The window ends before it opens, or before its best day.")
    if policy.second_call_due_days < policy.second_call_opens_days:
        wrong["second_call_due_days"] = _("The window ends before it opens.")
    if policy.notice_due_days > policy.notice_opens_days:
        wrong["notice_due_days"] = _("The window ends before it opens.")
    if policy.legal_until <= policy.legal_from:
        wrong["legal_until"] = _("This lies before the beginning.")
    if policy.shop_closes <= policy.shop_opens:
        wrong["shop_closes"] = _("This lies before the beginning.")
    if not wrong and rules.calling_hours(policy.legal_hours, policy.shop_hours) is None:
        wrong["shop_closes"] = _("The shop is closed at all hours at which calls are allowed.")
    if not policy.shop_weekdays:
        wrong["shop_weekdays"] = _("Choose at least one day.")
    if wrong:
        raise ValidationError(wrong)
    policy.full_clean(validate_constraints=False, exclude=["go_live_on"])
