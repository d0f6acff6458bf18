"""How a file is to be read, as a client says it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from aftersales.api.serializers import StrictInput
from aftersales.models import Language
from customers.models import CustomerKind
from workshop.imports import layout, moments
from workshop.imports.layout import DECIMAL_SIGNS, Layout
from workshop.models import Import, ImportProfile, OrderKind
from workshop.states import OrderState


class KindRuleSerializer(StrictInput):
    """Rows whose cell is, or contains, a text are orders of this kind."""

    column = serializers.CharField()
    contains = serializers.BooleanField()
    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=OrderKind.choices)


class LayoutSerializer(StrictInput):
    """How the file is read; what is left out keeps the value that is suggested."""

    columns = serializers.DictField(
        required=False, child=serializers.CharField(), help_text="our field → heading of the file"
    )
    date_form = serializers.ChoiceField(required=False, choices=moments.CHOICES)
    decimal_sign = serializers.ChoiceField(required=False, choices=DECIMAL_SIGNS)
    kind_rules = KindRuleSerializer(required=False, many=True)
    other_kind = serializers.ChoiceField(
        required=False, choices=OrderKind.choices, allow_blank=True
    )
    states = serializers.DictField(
        required=False,
        child=serializers.ChoiceField(choices=OrderState.choices),
        help_text="word of the file → state of the order",
    )
    customer_kind = serializers.ChoiceField(required=False, choices=CustomerKind.choices)
    customer_language = serializers.ChoiceField(required=False, choices=Language.choices)
    zero_hours_unknown = serializers.BooleanField(required=False)

    def validate_states(self, states: dict[str, str]) -> dict[str, str]:
        if any("\0" in word for word in states):
            raise serializers.ValidationError(_("Null characters are not allowed."))
        return states


class ReadInput(StrictInput):
    """Without a profile the layout is the suggested one; `layout` changes parts of it."""

    profile = serializers.CharField(required=False, max_length=60)
    layout = LayoutSerializer(required=False)
    save_as = serializers.CharField(
        required=False, max_length=60, help_text="keep the layout as a profile of this name"
    )


def suggested_layout(batch: Import) -> Layout:
    """Return the layout that headings and words suggest, as far as they are known yet."""
    known = batch.inspection
    return layout.suggest(batch.kind, known.get("headings", []), known.get("values", {}))


def chosen_layout(batch: Import, said: dict[str, Any]) -> Layout:
    """Return what the profile or else the suggestion says, changed by what the client says.

    Raises:
        LayoutRefused: it is no layout.
    """
    stored = suggested_layout(batch).as_json()
    if name := said.get("profile"):
        profile = ImportProfile.objects.filter(kind=batch.kind, name=name).first()
        if profile is None:
            raise serializers.ValidationError({"profile": _("There is no profile of this name.")})
        stored = profile.layout
    return Layout.from_json(stored | said.get("layout", {}))
