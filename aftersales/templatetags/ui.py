"""The components of the design system that need more than markup."""

from datetime import date
from functools import cache, lru_cache
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.template import RequestContext
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from lucide.templatetags.lucide import lucide

register = template.Library()


@register.simple_tag
@cache  # Lists show the same few icons hundreds of times.
def icon(name: str) -> str:
    """Draw a Lucide icon; the word that it illustrates stands beside it."""
    return lucide(name, size=16, **{"class": "icon", "aria_hidden": "true", "focusable": "false"})


@register.inclusion_tag("components/_field.html")
def field(bound: BoundField, unit: str = "", size: str = "") -> dict[str, Any]:
    """Render a form field with label, help and errors.

    Args:
        unit: what a number counts, shown after the input.
        size: "wide" for the whole width of a grid, "short" for a number or a code.
    """
    is_check = isinstance(bound.field.widget, CheckboxInput)
    return {"field": bound, "unit": unit, "size": size, "is_check": is_check}


@register.simple_tag
def deadline(opens_on: date, due_on: date, today: date, done_on: date | None = None) -> SafeString:
    """Show a window as a bar that fills, in words too; both ends belong to the window."""
    return _deadline(opens_on, due_on, today, done_on, language=get_language())


@lru_cache(maxsize=1000)  # A list shows the same few windows in all its rows.
def _deadline(
    opens_on: date, due_on: date, today: date, done_on: date | None, *, language: str
) -> SafeString:
    ended_on = done_on or today
    days_left = (due_on - ended_on).days
    if done_on:
        state = "done"
    elif days_left < 0:
        state = "overdue"
    else:
        state = "ahead" if days_left else "due"
    length = max((due_on - opens_on).days, 1)
    passed = min(max((today - opens_on).days, 0), length)
    words = {
        "done": _("Done"),
        "overdue": ngettext("%(days)d day late", "%(days)d days late", -days_left),
        "due": _("Due today"),
        "ahead": ngettext("%(days)d day left", "%(days)d days left", days_left),
    }
    shown = {
        "state": state,
        "text": words[state] % {"days": abs(days_left)},
        "due_on": due_on,
        "length": length,
        "passed": passed,
    }
    return render_to_string("components/_deadline.html", shown)


@register.simple_tag
def attempts(made: int, allowed: int) -> SafeString:
    """Show the tries so far as filled dots among those allowed."""
    return _attempts(made, allowed, language=get_language())


@lru_cache(maxsize=100)
def _attempts(made: int, allowed: int, *, language: str) -> SafeString:
    shown = {"made": made, "allowed": allowed, "dots": [n < made for n in range(allowed)]}
    return render_to_string("components/_attempts.html", shown)


@register.inclusion_tag("components/_sort_heading.html", takes_context=True)
def sort_heading(
    context: RequestContext, column: str, label: str, numeric: bool = False
) -> dict[str, Any]:
    """Head a column whose link sorts by it; a second click turns the order around.

    The order is the parameter `order` of the address, `-` before it for descending, or else
    the `usual_order` of the context.
    """
    query = context["request"].GET.copy()
    ordered_by: str = query.get("order") or context.get("usual_order") or ""
    direction = {column: "ascending", f"-{column}": "descending"}.get(ordered_by, "")
    query["order"] = f"-{column}" if direction == "ascending" else column
    for position in ("after", "before"):
        query.pop(position, None)
    return {
        "label": label,
        "numeric": numeric,
        "direction": direction,
        "address": f"?{query.urlencode()}",
    }


@register.simple_tag
def customer_class(letter: str) -> SafeString:
    """Show the class A to D, or N for new."""
    words = _("New customer") if letter == "N" else _("Class %(letter)s") % {"letter": letter}
    return format_html(
        '<span class="customer-class" data-class="{0}" title="{1}">'
        '<span aria-hidden="true">{0}</span><span class="visually-hidden">{1}</span></span>',
        letter,
        words,
    )
