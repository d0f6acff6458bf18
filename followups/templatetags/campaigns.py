"""How the state of a campaign, and what somebody said to an invitation, look."""

from datetime import date

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from aftersales.templatetags.ui import icon
from followups.models import Campaign, CampaignState, Ending, InvitationAnswer

register = template.Library()

ANSWERS = {
    InvitationAnswer.COMES: ("done", "check"),
    InvitationAnswer.UNDECIDED: ("note", "circle-question-mark"),
    InvitationAnswer.DECLINES: ("", "x"),
}


@register.simple_tag
def campaign_state(campaign: Campaign, today: date) -> SafeString:
    """Show how far a campaign is, as a badge."""
    if campaign.state == CampaignState.DRAFT:
        look = "due", "pencil", pgettext("campaign", "Draft")
    elif campaign.state == CampaignState.CALLED_OFF:
        look = "overdue", "ban", pgettext("campaign", "Called off")
    elif campaign.ends_on < today:
        look = "", "check", pgettext("campaign", "Over")
    elif campaign.has_begun(today):
        look = "done", "play", pgettext("campaign", "Taking place")
    else:
        look = "note", "phone-outgoing", pgettext("campaign", "Decided, being called")
    tone, icon_name, words = look
    return _badge(tone, icon_name, words)


@register.simple_tag
def invitation_answer(answer: str) -> SafeString:
    """Show what somebody said to an invitation; nothing as long as he said nothing."""
    if not answer:
        return SafeString("")
    tone, icon_name = ANSWERS[InvitationAnswer(answer)]
    return _badge(tone, icon_name, str(InvitationAnswer(answer).label))


@register.filter
def ending_label(ending: str | None) -> str:
    """Say how a follow-up ended; nothing as long as it is open, or if there is none."""
    return str(Ending(ending).label) if ending else ""


def _badge(tone: str, icon_name: str, words: str) -> SafeString:
    return format_html(
        '<span class="badge" data-tone="{}">{}{}</span>', tone, icon(icon_name), words
    )
