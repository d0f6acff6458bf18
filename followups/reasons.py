"""The sentence that explains why somebody is in the queue."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.utils import formats
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from aftersales import days
from followups.models import FollowUp


def why(item: FollowUp, *, today: date) -> list[str]:
    """Say why somebody is in the queue: “First call · car left 17 Nov · due tomorrow”."""
    visit = item.visit
    happened = _happened(visit.order_id is not None, visit.fact_on, language=get_language())
    if item.callback_at is not None:
        at = item.callback_at.astimezone(days.shop_zone())
        wish = formats.date_format(at, "SHORT_DATETIME_FORMAT")
        return [item.get_kind_display(), happened, _("asked to be called %(at)s") % {"at": wish}]
    return [item.get_kind_display(), happened, deadline_text(item.due_on, today=today)]


def deadline_text(due_on: date, *, today: date) -> str:
    """Say how much time a promise has left."""
    return _deadline(due_on, today, language=get_language())


@lru_cache(maxsize=1000)  # A queue tells of the same few days in all its rows.
def _happened(is_visit: bool, day: date, *, language: str) -> str:
    happened = _("car left %(day)s") if is_visit else _("came for advice %(day)s")
    return happened % {"day": formats.date_format(day, "MONTH_DAY_FORMAT")}


@lru_cache(maxsize=1000)
def _deadline(due_on: date, today: date, *, language: str) -> str:
    left = (due_on - today).days
    if left < 0:
        return ngettext("late by %(days)s day", "late by %(days)s days", -left) % {"days": -left}
    if left == 0:
        return _("due today")
    if left == 1:
        return _("due tomorrow")
    return _("due %(day)s") % {"day": formats.date_format(due_on, "MONTH_DAY_FORMAT")}
