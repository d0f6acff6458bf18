"""How a line of the call register and a survey read, and how the state of a matter looks."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from aftersales.templatetags.ui import icon
from followups.models import Call, MatterState, SurveyAnswer
from followups.registers.call_record import Answered, answered
from followups.registers.call_register import main_points as points_of

register = template.Library()

# Tone and icon of the badge.
LOOKS: dict[str, tuple[str, str]] = {
    MatterState.OPEN: ("due", "clock"),
    MatterState.UNDER_STUDY: ("due", "search"),
    MatterState.REPORTED: ("overdue", "inbox"),
    MatterState.SOLVED: ("due", "phone-outgoing"),
    MatterState.ANSWERED: ("note", "message-square"),
    MatterState.CLOSED: ("done", "check"),
}


@register.filter
def main_points(call: Call) -> list[str]:
    """Return what was said, each with the name of its field."""
    return points_of(call)


@register.filter
def in_words(survey: SurveyAnswer) -> list[Answered]:
    """Return what was answered to each question."""
    return answered(survey.scores, survey.score_reasons)


@register.simple_tag
def matter_state(state: str) -> SafeString:
    """Show the state of a matter as a badge."""
    tone, icon_name = LOOKS[state]
    return format_html(
        '<span class="badge" data-tone="{}">{}{}</span>',
        tone,
        icon(icon_name),
        MatterState(state).label,
    )
