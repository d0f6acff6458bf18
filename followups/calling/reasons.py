"""What a follow-up is about, and the sentence that explains why somebody is in the queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from django.utils import formats
from django.utils.text import Truncator
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from aftersales import days
from followups.models import CampaignState, FollowUp, Kind, MatterState

WORDS_SHOWN = 60


def why(item: FollowUp, *, today: date) -> list[str]:
    """Say why somebody is in the queue: “First call · car left 17 Nov · due tomorrow”."""
    if item.callback_at is not None:
        at = item.callback_at.astimezone(days.shop_zone())
        wish = formats.date_format(at, "SHORT_DATETIME_FORMAT")
        return [*about(item), _("asked to be called %(at)s") % {"at": wish}]
    return [*about(item), deadline_text(item.due_on, today=today)]


def about(item: FollowUp) -> list[str]:
    """Say in a few parts what a follow-up is about, its kind first."""
    return [part for part in ABOUT.get(item.kind, _after_a_visit)(item) if part]


def deadline_text(due_on: date, *, today: date) -> str:
    """Say how much time a promise has left."""
    return _deadline(due_on, today, language=get_language())


def days_of(first: date, last: date) -> str:
    """Return the days of a campaign as people say them."""
    if first == last:
        return _day(first)
    return _("%(first)s – %(last)s") % {"first": _day(first), "last": _day(last)}


def _after_a_visit(item: FollowUp) -> list[str]:
    visit = item.visit
    happened = _happened(visit.order_id is not None, visit.fact_on, language=get_language())
    return [item.get_kind_display(), happened]


def _customer_file(item: FollowUp) -> list[str]:
    if item.order_id is None:
        return _after_a_visit(item)
    return [item.get_kind_display(), _("authorized %(day)s") % {"day": _day(item.fact_on)}]


def _answer(item: FollowUp) -> list[str]:
    matter = item.matter
    if matter is None:
        return [item.get_kind_display()]
    words = Truncator(matter.text).chars(WORDS_SHOWN)
    if matter.state == MatterState.SOLVED and matter.solved_at is not None:
        at = matter.solved_at.astimezone(days.shop_zone())
        since = formats.time_format(at, "H:i") if at.date() == item.fact_on else _day(at.date())
        return [item.get_kind_display(), words, _("solution since %(when)s") % {"when": since}]
    told = _("told %(day)s, is it settled?") % {"day": _day(item.fact_on)}
    return [item.get_kind_display(), words, told]


def _campaign(item: FollowUp) -> list[str]:
    if item.invitation is None:
        return [item.get_kind_display()]
    campaign = item.invitation.campaign
    is_off = campaign.state == CampaignState.CALLED_OFF
    said = {
        Kind.CAMPAIGN_NOTICE: _("Invitation: %(campaign)s"),
        Kind.CAMPAIGN_LETTER: _("Letter: %(campaign)s"),
        Kind.CAMPAIGN_REMINDER: _("Reminder: %(campaign)s"),
        Kind.CAMPAIGN_CHANGE: _("Called off: %(campaign)s")
        if is_off
        else _("Changed: %(campaign)s"),
    }[Kind(item.kind)]
    where = {"days": days_of(campaign.starts_on, campaign.ends_on), "place": campaign.place}
    return [said % {"campaign": campaign}, _("%(days)s at %(place)s") % where]


def _maintenance(item: FollowUp) -> list[str]:
    km = item.vehicle.next_maintenance_km if item.vehicle else None
    at = _("%(km)s km") % {"km": formats.number_format(km, force_grouping=True)} if km else ""
    return [item.get_kind_display(), _about_day(item), at]


def _insurance(item: FollowUp) -> list[str]:
    ends = _("Insurance ends %(day)s") % {"day": _about_day(item)}
    return [ends, item.vehicle.insurer if item.vehicle else ""]


def _inspection(item: FollowUp) -> list[str]:
    return [_("Statutory inspection due %(day)s") % {"day": _about_day(item)}]


def _warranty_end(item: FollowUp) -> list[str]:
    return [_("Warranty ends %(day)s") % {"day": _about_day(item)}]


def _declined_work(item: FollowUp) -> list[str]:
    if (declined := item.declined_work) is None:
        return [item.get_kind_display()]
    when = _("declined %(day)s") % {"day": _day(declined.declined_on)}
    safety = _("matters for safety") if declined.is_safety else ""
    return [item.get_kind_display(), Truncator(declined.work).chars(WORDS_SHOWN), safety, when]


def _planned_contact(item: FollowUp) -> list[str]:
    return [item.get_kind_display(), item.customer.get_next_topic_display(), _about_day(item)]


def _about_that_day(item: FollowUp) -> list[str]:
    return [item.get_kind_display(), _about_day(item)]


ABOUT: dict[str, Callable[[FollowUp], list[str]]] = {
    Kind.CUSTOMER_FILE: _customer_file,
    Kind.ANSWER: _answer,
    Kind.CAMPAIGN_NOTICE: _campaign,
    Kind.CAMPAIGN_LETTER: _campaign,
    Kind.CAMPAIGN_REMINDER: _campaign,
    Kind.CAMPAIGN_CHANGE: _campaign,
    Kind.MAINTENANCE: _maintenance,
    Kind.INSURANCE: _insurance,
    Kind.INSPECTION: _inspection,
    Kind.WARRANTY_END: _warranty_end,
    Kind.DECLINED_WORK: _declined_work,
    Kind.PLANNED_CONTACT: _planned_contact,
    Kind.BIRTHDAY: _about_that_day,
    Kind.GREETING: _about_that_day,
}


def _about_day(item: FollowUp) -> str:
    return _day(item.about_on) if item.about_on else ""


def _day(day: date) -> str:
    return formats.date_format(day, "MONTH_DAY_FORMAT")


@lru_cache(maxsize=1000)  # A queue tells of the same few days in all its rows.
def _happened(is_visit: bool, day: date, *, language: str) -> str:
    happened = _("car left %(day)s") if is_visit else _("came for advice %(day)s")
    return happened % {"day": _day(day)}


@lru_cache(maxsize=1000)
def _deadline(due_on: date, today: date, *, language: str) -> str:
    left = (due_on - today).days
    if left < 0:
        return ngettext("late by %(days)s day", "late by %(days)s days", -left) % {"days": -left}
    if left == 0:
        return _("due today")
    if left == 1:
        return _("due tomorrow")
    return _("due %(day)s") % {"day": _day(due_on)}
