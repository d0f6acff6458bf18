"""What complaints are about: categories and subcategories, as data (code list 5.4).

The database keeps the keys; a new category is a new line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Category:
    """What a complaint is about, and closer still: key → name of each subcategory."""

    label: str | Promise
    subcategories: Mapping[str, str | Promise] = field(default_factory=dict)


CATEGORIES: dict[str, Category] = {
    "repair_quality": Category(
        _("Repair quality"),
        {
            "mechanical": _("Mechanical and electrical"),
            "body": _("Body"),
            "paint": _("Paint"),
            "not_fixed": _("Not fixed"),
            "repeated_fault": _("The same fault again"),
            "damage": _("Damage caused"),
        },
    ),
    "price": Category(
        pgettext_lazy("complaint", "Price"),
        {
            "labor": _("Labor"),
            "parts": pgettext_lazy("complaint", "Parts"),
            "total": _("Total"),
            "not_told": _("Not told beforehand"),
            "opaque": _("Hard to understand"),
        },
    ),
    "time": Category(
        pgettext_lazy("complaint", "Time"),
        {
            "reception": _("Wait before reception"),
            "mechanical": _("Mechanical and electrical"),
            "body": _("Body"),
            "paint": _("Paint"),
            "wash": pgettext_lazy("complaint", "Car wash"),
            "difficult_fault": _("Difficult fault"),
            "late_delivery": _("Late delivery"),
        },
    ),
    "advisor": Category(
        pgettext_lazy("complaint", "Service advisor"),
        {
            "attitude": _("Attitude"),
            "information": _("Wrong or missing information"),
            "skill": _("Skill"),
            "overselling": _("Overselling"),
        },
    ),
    "technician": Category(
        pgettext_lazy("complaint", "Technician"),
        {"attitude": _("Attitude"), "skill": _("Skill")},
    ),
    "parts": Category(
        pgettext_lazy("complaint", "Parts"),
        {
            "order_time": _("Time to order"),
            "arrival_time": _("Time until they arrive"),
            "quality": pgettext_lazy("complaint about parts", "Quality"),
            "not_genuine": _("Not genuine"),
        },
    ),
    "transparency": Category(
        _("Transparency"),
        {
            "work": _("Work done"),
            "labor_price": _("Price of labor"),
            "parts_price": _("Price of parts"),
        },
    ),
    "facility": Category(
        _("Facility and surroundings"),
        {"lounge": _("Lounge"), "parking": _("Parking"), "outside": _("Outside")},
    ),
    "rules": Category(
        _("Rules"),
        {
            "warranty": _("Warranty decision"),
            "claims": _("Claims"),
            "insurance": pgettext_lazy("complaint", "Insurance"),
        },
    ),
    "product": Category(
        _("Product quality"),
        {"defect": _("Vehicle defect"), "recall": pgettext_lazy("complaint", "Recall")},
    ),
    "wash": Category(pgettext_lazy("complaint", "Car wash")),
    "other": Category(
        pgettext_lazy("complaint", "Other"),
        {"belongings": _("Belongings lost"), "data_protection": _("Data protection")},
    ),
}
CATEGORY_CHOICES = [(key, category.label) for key, category in CATEGORIES.items()]


def category_label(key: str) -> str:
    """Return the name of a category, empty for none."""
    return str(CATEGORIES[key].label) if key in CATEGORIES else key


def subcategory_label(category: str, key: str) -> str:
    """Return the name of a subcategory, empty for none."""
    known = CATEGORIES[category].subcategories if category in CATEGORIES else {}
    return str(known.get(key, key))
