"""What may stand in braces in the text of a letter. Nothing else in it is interpreted (F47)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

IN_BRACES = re.compile(r"\{([^{}]*)\}")
ONE_IN_ANOTHER = re.compile(r"\{[^{}]*\{[^{}]*\}[^{}]*\}?")

PLACEHOLDERS: dict[str, str | Promise] = {
    "customer": gettext_lazy("name of the customer"),
    "title": gettext_lazy("title of the customer"),
    "contact": gettext_lazy("contact person"),
    "plate": gettext_lazy("plate of the customer's newest vehicle"),
    "vehicle": gettext_lazy("model of the customer's newest vehicle"),
    "date": gettext_lazy("day on which the letter is issued"),
    "handler": gettext_lazy("who issues the letter"),
    "shop": gettext_lazy("name of the shop"),
    "shop_address": gettext_lazy("address of the shop"),
    "shop_phone": gettext_lazy("telephone of the shop"),
    "campaign": gettext_lazy("title of the campaign"),
    "content": gettext_lazy("content of the campaign"),
    "first_day": gettext_lazy("first day of the campaign"),
    "last_day": gettext_lazy("last day of the campaign"),
    "place": gettext_lazy("place of the campaign"),
    "benefit": gettext_lazy("benefit of the campaign"),
    "matter": gettext_lazy("what the customer said, in the customer's words"),
    "heard_on": gettext_lazy("day on which the customer said it"),
    "answer": gettext_lazy("the answer to it"),
}
# The sentence stands without them.
MAY_BE_EMPTY = {"title", "contact", "shop_address", "shop_phone", "benefit"}


def check(text: str) -> None:
    """Refuse a text in which something else stands in braces.

    Raises:
        ValidationError: it names each of them.
    """
    problems = [
        _("Placeholders cannot stand inside each other: %(text)s") % {"text": nested}
        for nested in ONE_IN_ANOTHER.findall(text)
    ]
    if not problems:
        problems = [
            _("There is no placeholder {%(name)s}.") % {"name": name}
            for name in dict.fromkeys(IN_BRACES.findall(text))
            if name not in PLACEHOLDERS
        ]
    if not problems and set(IN_BRACES.sub("", text)) & {"{", "}"}:
        problems = [_("A brace stands alone; braces belong around a placeholder only.")]
    if problems:
        raise ValidationError(problems)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with the values in it, in one pass: braces in a value stay braces."""
    return IN_BRACES.sub(lambda found: values.get(found[1], found[0]), text)


def gaps(text: str, values: Mapping[str, str]) -> Iterator[str]:
    """Give the placeholders of the text for which nothing stands although it speaks of it."""
    for name in dict.fromkeys(IN_BRACES.findall(text)):
        if name not in MAY_BE_EMPTY and not values.get(name):
            yield name
