"""Naming a customer in a form by whatever somebody remembers of him."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.models import User
from customers import people
from customers.models import Customer
from customers.search import search

MOST_OFFERED = 8


def customers_like(typed: str, *, user: User) -> list[Customer]:
    """Return the current customers whom a phone, plate, VIN or name may mean, the best first."""
    keys = dict.fromkeys(hit.customer_id for hit in search(typed, user=user, limit=MOST_OFFERED))
    found = _choosable(user).in_bulk([key for key in keys if key])
    return [found[key] for key in keys if key in found]


def _choosable(user: User) -> QuerySet[Customer]:
    current = Customer.objects.visible_to(user).current()
    return current.annotate(plate=people.plate(), phone_tail=people.phone_tail())


class CustomerChoiceForm(forms.Form):
    """Asks for a customer: typed words, then one of those whom they may mean.

    `offered` are the customers to choose from; one alone is taken without a question.
    """

    customer = forms.ModelChoiceField(
        Customer.objects.none(), required=False, widget=forms.HiddenInput
    )
    who = forms.CharField(
        label=gettext_lazy("Customer"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Phone, plate, VIN or name"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    must_choose = True

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.offered: list[Customer] = []
        choice: Any = self.fields["customer"]
        choice.queryset = _choosable(user)
        chosen = str(self.initial.get("customer", ""))
        if not self.is_bound and chosen.isdecimal():
            self.offered = list(choice.queryset.filter(pk=chosen))

    @property
    def chosen(self) -> Customer | None:
        """The one who is marked in the list."""
        return self.offered[0] if len(self.offered) == 1 else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = cleaned.get("who", "").strip()
        if customer := cleaned.get("customer"):
            self.offered = [customer]
        elif typed:
            self.offered = customers_like(typed, user=self.user)
            cleaned["customer"] = self.chosen
        if not cleaned.get("customer") and (typed or self.must_choose):
            self.add_error("who", self._what_is_missing(typed))
        return cleaned

    def _what_is_missing(self, typed: str) -> str:
        if self.offered:
            return _("Several customers fit. Please choose one of them.")
        if typed:
            return _("No customer fits. Try a number, a plate or another part of the name.")
        return _("Please choose a customer.")
