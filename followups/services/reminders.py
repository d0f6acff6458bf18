"""Reminders: switched on and off by a supervisor, who sees beforehand how many that makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile
from followups.models import Festival, FollowUp, ReminderRule
from followups.sweeps import sweep_reminders
from followups.sweeps.running import wait_for_sweeps

# A customer is not reminded of one day more often, nor longer before.
MOST_TIMES = 5
EARLIEST = 180
LONGEST = 60


@dataclass(frozen=True)
class Effect:
    """How many reminders of a kind are planned or open, before a change and after it."""

    before: int
    after: int


def change_rule(
    kind: str,
    *,
    by: User,
    version: int,
    is_on: bool,
    days_before: list[int],
    days_open: int,
    now: datetime,
) -> Effect:
    """Set when reminders of a kind are made, and make those of the coming weeks at once.

    Windows that have opened stay as they are, unless the kind is switched off.

    Raises:
        ChangedMeanwhile: somebody changed it after the version was read.
        ValidationError: the days cannot be right; names the field.

    Source: SET-06, HAB-03, CRM-03.
    """
    with changes_by(by):
        wait_for_sweeps()
        ReminderRule.objects.current()
        rule = ReminderRule.objects.select_for_update().get(kind=kind)
        if rule.version != version:
            raise ChangedMeanwhile(rule)
        _refuse_wrong_days(days_before, days_open)
        planned = FollowUp.objects.open().filter(kind=kind)
        before = planned.count()
        rule.is_on, rule.days_before, rule.days_open = is_on, days_before, days_open
        rule.save(update_fields=["is_on", "days_before", "days_open"])
        sweep_reminders(now=now)
        return Effect(before, planned.count())


def preview_rule(
    kind: str,
    *,
    by: User,
    version: int,
    is_on: bool,
    days_before: list[int],
    days_open: int,
    now: datetime,
) -> Effect:
    """Return what `change_rule` would do: by doing it, and taking it back."""
    with transaction.atomic():
        effect = change_rule(
            kind,
            by=by,
            version=version,
            is_on=is_on,
            days_before=days_before,
            days_open=days_open,
            now=now,
        )
        transaction.set_rollback(True)
    return effect


def add_festival(*, name: str, day: date, by: User, today: date) -> Festival:
    """Add a day on which customers are greeted.

    Raises:
        ValidationError: the day is over, or a festival already; names the field.
    """
    with changes_by(by):
        wait_for_sweeps()
        if day < today:
            raise ValidationError({"day": _("This day is over already.")})
        if Festival.objects.filter(day=day).exists():
            raise ValidationError({"day": _("This day is a festival already.")})
        return Festival.objects.create(name=name, day=day)


def remove_festival(festival_id: int, *, by: User) -> None:
    """Take a festival away; the next sweep ends its greetings."""
    with changes_by(by):
        Festival.objects.get(pk=festival_id).delete()


def _refuse_wrong_days(days_before: list[int], days_open: int) -> None:
    wrong = {}
    if not 1 <= len(days_before) <= MOST_TIMES:
        text = _("Give one to %(most)s numbers.")
        wrong["days_before"] = text % {"most": MOST_TIMES}
    elif not all(0 <= days <= EARLIEST for days in days_before):
        text = _("Days before lie between 0 and %(most)s.")
        wrong["days_before"] = text % {"most": EARLIEST}
    elif sorted(set(days_before), reverse=True) != days_before:
        wrong["days_before"] = _("Write the earliest first, and none twice: 60, 30, 7.")
    if not 0 <= days_open <= LONGEST:
        wrong["days_open"] = _("Days to call lie between 0 and %(most)s.") % {"most": LONGEST}
    if wrong:
        raise ValidationError(wrong)
