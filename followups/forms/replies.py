"""What the customer says to each thing on the agenda, as fields and as strips of keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from followups.models import FollowUp, InvitationAnswer, Kind
from followups.services.invitations import MOST_GUESTS
from followups.services.replies import INVITED
from followups.services.told import Reply


@dataclass(frozen=True)
class Asked:
    """What one asks about a follow-up, ready to be drawn; None where one doesn't."""

    item: FollowUp
    satisfied: BoundField | None = None
    invited: BoundField | None = None
    letter: BoundField | None = None
    guests: BoundField | None = None

    @property
    def must_answer(self) -> bool:
        return self.item.kind in {Kind.ANSWER, Kind.CAMPAIGN_NOTICE}


def yes_no_field(label: Any, *, unasked: bool = False) -> forms.TypedChoiceField:
    """Return a question with yes and no, and if `unasked` a key that takes the answer back."""
    choices = [("1", pgettext_lazy("answer", "Yes")), ("0", pgettext_lazy("answer", "No"))]
    if unasked:
        choices.insert(0, ("", pgettext_lazy("answer", "Not asked")))
    return forms.TypedChoiceField(
        label=label,
        choices=choices,
        coerce=lambda answer: answer == "1",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )


def reply_fields(agenda: Iterable[FollowUp]) -> dict[str, forms.Field]:
    """Return the fields for what is to be asked about each follow-up."""
    fields: dict[str, forms.Field] = {}
    for item in agenda:
        if item.kind == Kind.ANSWER:
            fields[f"satisfied_{item.pk}"] = yes_no_field(_("Satisfied with the answer?"))
        elif item.kind in INVITED:
            fields |= _invitation_fields(item)
    return fields


def asked_about(form: forms.Form, item: FollowUp) -> Asked:
    names = {name: f"{name}_{item.pk}" for name in ("satisfied", "invited", "letter", "guests")}
    return Asked(item, **{name: form[key] for name, key in names.items() if key in form.fields})


def replies_of(cleaned: Mapping[str, Any], agenda: Collection[int]) -> dict[int, Reply]:
    """Return follow-up → what was said to it."""
    return {
        key: Reply(
            satisfied=cleaned.get(f"satisfied_{key}"),
            answer=cleaned.get(f"invited_{key}") or "",
            guests=cleaned.get(f"guests_{key}") or 0,
            wants_letter=cleaned.get(f"letter_{key}"),
        )
        for key in agenda
    }


def _invitation_fields(item: FollowUp) -> dict[str, forms.Field]:
    return {
        f"invited_{item.pk}": forms.ChoiceField(
            label=_("Will the customer come?"),
            choices=InvitationAnswer.choices,
            required=False,
            widget=forms.RadioSelect,
        ),
        f"guests_{item.pk}": forms.IntegerField(
            label=_("Guests"), required=False, min_value=0, max_value=MOST_GUESTS
        ),
        f"letter_{item.pk}": yes_no_field(_("Letter wanted?")),
    }
