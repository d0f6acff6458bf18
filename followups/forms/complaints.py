"""The handling report of a complaint, its extension, and what it repeats."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.widgets import DayInput
from customers.forms.customer import VersionedForm
from followups.matters.complaint_codes import CATEGORIES
from followups.models import Complaint
from followups.models.complaint import ComplaintQuerySet
from followups.services.complaints import REPORT

# Category and subcategory are chosen together: "price", "price:opaque".
ABOUT = [
    ("", "---------"),
    *(
        (
            category.label,
            [
                (key, _("In general")),
                *((f"{key}:{name}", label) for name, label in category.subcategories.items()),
            ],
        )
        for key, category in CATEGORIES.items()
    ),
]


class HandlingForm(VersionedForm, forms.ModelForm):  # type: ignore[type-arg]
    """Form F14."""

    about = forms.ChoiceField(
        label=pgettext_lazy("complaint", "Category"), required=False, choices=ABOUT
    )

    class Meta:
        model = Complaint
        fields = tuple(name for name in REPORT if name not in ("category", "subcategory"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].initial = about(self.instance)

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed into the fields that are columns."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}

    @property
    def changes(self) -> dict[str, Any]:
        category, _colon, subcategory = self.cleaned_data["about"].partition(":")
        return self.typed | {"category": category, "subcategory": subcategory}


class ExtensionForm(VersionedForm, forms.ModelForm):  # type: ignore[type-arg]
    """Until when, and why."""

    class Meta:
        model = Complaint
        fields = ("close_by", "extended_because")
        widgets: ClassVar = {"close_by": DayInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["extended_because"].required = True

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("close_by", "extended_because")}


class RepeatForm(VersionedForm):
    """Which earlier complaint it repeats; none is one of the answers."""

    repeats = forms.ModelChoiceField(
        Complaint.objects.none(), label=_("Repeats"), required=False, empty_label=_("None")
    )

    def __init__(self, *args: Any, earlier: ComplaintQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["repeats"]
        choice.queryset = earlier
        choice.label_from_instance = in_one_line


def about(complaint: Complaint) -> str:
    """Return category and subcategory as the form chooses them."""
    return ":".join(filter(None, (complaint.category, complaint.subcategory)))


def in_one_line(complaint: Complaint) -> str:
    """Return number, category and first words of a complaint."""
    matter = complaint.matter
    said = (matter.record_no, complaint.category_label, matter.text[:80])
    return " · ".join(filter(None, said))
