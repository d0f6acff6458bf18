"""Naming a vehicle in a form by whatever somebody remembers of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.models import User
from customers import rules
from customers.models import Vehicle
from customers.search import search

MOST_NAMED = 8


class KnownVehicleField(forms.CharField):
    """A vehicle that `user` may see, by its plate, VIN or unit number, or by a part of one."""

    user: User

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("Plate or VIN"))
        typing = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        super().__init__(max_length=40, widget=typing, **options)

    def prepare_value(self, value: Any) -> Any:
        """Return by what the field knows a vehicle."""
        if isinstance(value, Vehicle):
            return value.plate or value.vin or value.unit_no
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Vehicle | None:
        """Return the vehicle that is meant; the one that fits is, if it is the only one."""
        typed: str = super().clean(value)
        if not typed:
            return None
        visible = Vehicle.objects.visible_to(self.user)
        plate, vin = rules.normalized_plate(typed), rules.normalized_vin(typed)
        named = Q(unit_no=typed) | (Q(plate=plate) & ~Q(plate="")) | (Q(vin=vin) & ~Q(vin=""))
        if known := visible.filter(named).first():
            return known
        hits = search(typed, user=self.user, limit=MOST_NAMED)
        fitting = visible.filter(pk__in=[hit.vehicle_id for hit in hits if hit.vehicle_id])
        match list(fitting):
            case []:
                raise forms.ValidationError(_("No vehicle with this plate or VIN is known here."))
            case [only]:
                return only
            case several:
                raise forms.ValidationError(
                    _("Several vehicles fit: %(vehicles)s. Please say which one.")
                    % {"vehicles": ", ".join(map(str, several))}
                )
