"""How the state of a repair order looks."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from aftersales.templatetags.ui import icon
from workshop.models import RepairOrder
from workshop.states import OrderState

register = template.Library()

# Tone and icon of the badge.
LOOKS: dict[str, tuple[str, str]] = {
    OrderState.CHECKED_IN: ("due", "clock"),
    OrderState.AUTHORIZED: ("note", "wrench"),
    OrderState.RELEASED: ("done", "check"),
    OrderState.CANCELLED: ("", "x"),
}


@register.simple_tag
def order_state(order: RepairOrder) -> SafeString:
    """Show the state of an order as a badge."""
    tone, icon_name = LOOKS[order.state]
    return format_html(
        '<span class="badge" data-tone="{}">{}{}</span>',
        tone,
        icon(icon_name),
        order.get_state_display(),
    )
