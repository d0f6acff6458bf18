"""What one says about answers, campaigns and reminders, in the language that is active."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _

from customers.models import Vehicle
from followups.calling.reasons import days_of
from followups.models import Campaign, CampaignState, Festival, FollowUp, Kind, MatterState


def prompt(item: FollowUp) -> str:
    """Say what one tells or asks about a follow-up; empty where the visit's own questions do."""
    return PROMPTS[item.kind](item) if item.kind in PROMPTS else ""


def maintenance(vehicle: Vehicle | None) -> str:
    if vehicle is None:
        return ""
    day = vehicle.next_maintenance_on
    words = {
        "day": formats.date_format(day, "SHORT_DATE_FORMAT") if day else "",
        "km": f"{vehicle.next_maintenance_km or 0:,}",
    }
    if day and vehicle.next_maintenance_km:
        return _("Next maintenance: %(day)s or at %(km)s km. Shall I book a time?") % words
    if day:
        return _("Next maintenance: %(day)s. Shall I book a time?") % words
    if vehicle.next_maintenance_km:
        return _("Next maintenance: at %(km)s km. Shall I book a time?") % words
    return ""


def _answer(item: FollowUp) -> str:
    if (matter := item.matter) is None:
        return ""
    day = formats.date_format(matter.heard_on, "MONTH_DAY_FORMAT")
    if matter.state == MatterState.SOLVED:
        words = {"day": day, "words": matter.text, "solution": matter.solution}
        return (
            _(
                "On %(day)s you told us: “%(words)s” This is what we do: %(solution)s "
                "Are you content with that? How satisfied are you, from 1 to 10?"
            )
            % words
        )
    words = {"day": day, "words": matter.text, "answer": matter.answer}
    return (
        _(
            "On %(day)s you told us: “%(words)s” We answered: %(answer)s "
            "Are you content with that? How satisfied are you, from 1 to 10?"
        )
        % words
    )


def _notice(item: FollowUp) -> str:
    if item.invitation is None:
        return ""
    words = _occasion(item.invitation.campaign)
    if words["benefit"]:
        return (
            _(
                "We invite you: %(campaign)s, %(days)s at %(place)s. %(content)s "
                "For you: %(benefit)s. Will you come? Shall we send you a letter about it?"
            )
            % words
        )
    return (
        _(
            "We invite you: %(campaign)s, %(days)s at %(place)s. %(content)s "
            "Will you come? Shall we send you a letter about it?"
        )
        % words
    )


def _day_before(item: FollowUp) -> str:
    if item.invitation is None:
        return ""
    words = _occasion(item.invitation.campaign)
    return _("%(campaign)s: %(days)s at %(place)s. We look forward to you. Will you come?") % words


def _change(item: FollowUp) -> str:
    if item.invitation is None:
        return ""
    words = _occasion(item.invitation.campaign)
    if item.invitation.campaign.state == CampaignState.CALLED_OFF:
        return _("%(campaign)s, %(days)s, does not take place. We are sorry.") % words
    return _("%(campaign)s has changed: it is now %(days)s at %(place)s. Will you come?") % words


def _insurance(item: FollowUp) -> str:
    words = _about(item) | {"insurer": item.vehicle.insurer if item.vehicle else ""}
    if words["insurer"]:
        return (
            _(
                "The insurance of %(plate)s with %(insurer)s ends on %(day)s. "
                "Shall we prepare the renewal?"
            )
            % words
        )
    return _("The insurance of %(plate)s ends on %(day)s. Shall we prepare the renewal?") % words


def _inspection(item: FollowUp) -> str:
    words = _about(item)
    return _("The statutory inspection of %(plate)s is due on %(day)s. Shall we see to it?") % words


def _warranty_end(item: FollowUp) -> str:
    words = _about(item)
    return (
        _("The warranty of %(plate)s ends on %(day)s. Shall we look the car over before?") % words
    )


def _declined_work(item: FollowUp) -> str:
    if (declined := item.declined_work) is None:
        return ""
    day = formats.date_format(declined.declined_on, "MONTH_DAY_FORMAT")
    words = {"day": day, "work": declined.work}
    if declined.is_safety:
        return (
            _("On %(day)s we recommended: %(work)s. It matters for safety. Shall we do it now?")
            % words
        )
    return _("On %(day)s we recommended: %(work)s. Shall we do it now?") % words


def _planned_contact(item: FollowUp) -> str:
    words = {"topic": item.customer.get_next_topic_display()}
    return _("We wanted to talk with you about: %(topic)s.") % words if words["topic"] else ""


def _birthday(item: FollowUp) -> str:
    return _("Happy birthday from all of us at %(shop)s!") % {"shop": settings.SHOP["name"]}


def _greeting(item: FollowUp) -> str:
    festival = Festival.objects.filter(day=item.about_on or item.fact_on).first()
    words = {"shop": settings.SHOP["name"], "festival": festival}
    if festival:
        return _("%(festival)s: best wishes from all of us at %(shop)s!") % words
    return _("Best wishes from all of us at %(shop)s!") % words


PROMPTS: dict[str, Callable[[FollowUp], str]] = {
    Kind.ANSWER: _answer,
    Kind.CAMPAIGN_NOTICE: _notice,
    Kind.CAMPAIGN_REMINDER: _day_before,
    Kind.CAMPAIGN_CHANGE: _change,
    Kind.MAINTENANCE: lambda item: maintenance(item.vehicle),
    Kind.INSURANCE: _insurance,
    Kind.INSPECTION: _inspection,
    Kind.WARRANTY_END: _warranty_end,
    Kind.DECLINED_WORK: _declined_work,
    Kind.PLANNED_CONTACT: _planned_contact,
    Kind.BIRTHDAY: _birthday,
    Kind.GREETING: _greeting,
}


def _about(item: FollowUp) -> dict[str, str]:
    day = formats.date_format(item.about_on, "SHORT_DATE_FORMAT") if item.about_on else ""
    return {"plate": str(item.vehicle or ""), "day": day}


def _occasion(campaign: Campaign) -> dict[str, str]:
    return {
        "campaign": campaign.title,
        "days": days_of(campaign.starts_on, campaign.ends_on),
        "place": campaign.place,
        "content": campaign.content,
        "benefit": campaign.benefit,
    }
