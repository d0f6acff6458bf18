"""How the state of a repair order looks."""

from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

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
    return _badge(OrderState(order.state), language=get_language())


@lru_cache(maxsize=100)  # A list shows the same few states in all its rows.
def _badge(state: OrderState, *, language: str) -> SafeString:
    tone, icon_name = LOOKS[state]
    return format_html(
        '<span class="badge" data-tone="{}">{}{}</span>', tone, icon(icon_name), state.label
    )
