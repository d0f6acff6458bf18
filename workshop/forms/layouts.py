"""The form in which somebody says how a file is read: columns, forms of values, words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from aftersales.models import Language
from customers.models import CustomerKind
from workshop.imports import moments, words
from workshop.imports.fields import REQUIRED, TARGETS, label_of
from workshop.imports.layout import DECIMAL_SIGNS, KindRule, Layout, LayoutRefused
from workshop.imports.widgets import folded
from workshop.models import Import, ImportKind, OrderKind
from workshop.states import OrderState

SPARE_RULES = 2
ENTITIES = {"order": _("Repair order"), "vehicle": _("Vehicle"), "customer": _("Customer")}


class LayoutForm(forms.Form):
    """How the file of an import is read.

    Which words it asks about depends on the columns chosen: what the browser did not know of
    yet is filled in as suggested, and `has_new_words` says so.
    """

    date_form = forms.ChoiceField(label=_("Dates are written"), choices=moments.CHOICES)
    decimal_sign = forms.ChoiceField(
        label=_("Decimal sign"), choices=[(sign, f"1{sign}50") for sign in DECIMAL_SIGNS]
    )
    zero_hours_unknown = forms.BooleanField(label=_("0 labor hours means unknown"), required=False)
    other_kind = forms.ChoiceField(
        label=_("Other orders are"),
        choices=[("", _("rejected")), *OrderKind.choices],
        required=False,
    )
    customer_kind = forms.ChoiceField(
        label=_("Customers without a number are"),
        choices=[
            (CustomerKind.PRIVATE, _("private people, known by their name and their car")),
            (CustomerKind.COMPANY, _("companies, known by their name")),
        ],
    )
    customer_language = forms.ChoiceField(
        label=_("Language of new customers"), choices=Language.choices
    )
    save_as = forms.CharField(
        label=_("Keep this as a profile named"),
        max_length=60,
        required=False,
        help_text=_("For the next file of the same system. The same name is overwritten."),
    )

    def __init__(self, batch: Import, layout: Layout, data: QueryDict | None = None) -> None:
        super().__init__(data.copy() if data else None, label_suffix="")
        self._kind = ImportKind(batch.kind)
        self._headings: list[str] = batch.inspection["headings"]
        self._values: Mapping[str, list[str]] = batch.inspection["values"]
        self.has_new_words = False
        for name in (
            "date_form", "decimal_sign", "zero_hours_unknown", "other_kind", "customer_kind",
            "customer_language",
        ):  # fmt: skip
            self.fields[name].initial = getattr(layout, name)
        self._add_columns(layout)
        if self._kind == ImportKind.ORDERS:
            self._add_rules(layout)
            self._add_words(layout)
        else:
            for name in ("zero_hours_unknown", "other_kind"):
                del self.fields[name]

    def _add_columns(self, layout: Layout) -> None:
        columns = [("", "—"), *((heading, heading) for heading in self._headings)]
        for target in TARGETS[self._kind]:
            self.fields[_name(target)] = forms.ChoiceField(
                label=capfirst(str(label_of(target))),
                choices=columns,
                required=target in REQUIRED[self._kind],
                initial=layout.columns.get(target, ""),
            )

    def _add_rules(self, layout: Layout) -> None:
        rules = [rule for rule in layout.kind_rules if rule.contains]
        sent = sum(name.startswith("rule_text_") for name in self.data)
        for number in range(max(len(rules) + SPARE_RULES, sent)):
            rule = rules[number] if number < len(rules) else None
            self.fields[f"rule_column_{number}"] = forms.ChoiceField(
                label=_("If column"),
                choices=[("", "—"), *((heading, heading) for heading in self._headings)],
                required=False,
                initial=rule and rule.column,
            )
            self.fields[f"rule_text_{number}"] = forms.CharField(
                label=_("contains"), required=False, max_length=100, initial=rule and rule.text
            )
            self.fields[f"rule_kind_{number}"] = forms.ChoiceField(
                label=_("the order is"),
                choices=[("", "—"), *OrderKind.choices],
                required=False,
                initial=rule and rule.kind,
            )

    def _add_words(self, layout: Layout) -> None:
        kinds = {
            (rule.column, folded(rule.text)): rule.kind
            for rule in layout.kind_rules
            if not rule.contains
        }
        for name, word, heading in self._words("order.kind", layout):
            known = kinds.get((heading, folded(word)), words.KIND_OF.get(folded(word), ""))
            self._add_word(name, word, OrderKind.choices, known)
        for name, word, _heading in self._words("order.state", layout):
            known = layout.states.get(folded(word), words.STATE_OF.get(folded(word), ""))
            self._add_word(name, word, OrderState.choices, known)

    def _words(self, target: str, layout: Layout) -> Iterator[tuple[str, str, str]]:
        """Give the name of the field, the word and the heading for each word of a column."""
        chosen = self.data.get(_name(target)) if self.is_bound else layout.columns.get(target)
        if chosen in self._headings:
            place = self._headings.index(chosen)
            for number, word in enumerate(filter(None, self._values.get(chosen, []))):
                yield f"{_name(target)}_{place}_{number}", word, chosen

    def _add_word(self, name: str, word: str, choices: list[Any], known: str) -> None:
        self.fields[name] = forms.ChoiceField(
            label=word, choices=[("", _("rejected")), *choices], required=False, initial=known
        )
        if self.is_bound and name not in self.data:
            self.data[name] = known  # type: ignore[index]
            self.has_new_words = True

    def columns(self) -> Iterator[tuple[str | Promise, list[BoundField]]]:
        """Give the selects of the columns, grouped by what a field belongs to."""
        for entity, label in ENTITIES.items():
            targets = [t for t in TARGETS[self._kind] if t.startswith(f"{entity}.")]
            if targets:
                yield label, [self[_name(target)] for target in targets]

    def rules(self) -> list[list[BoundField]]:
        """Return the rules about a part of a cell, three fields each."""
        numbers = range(sum(name.startswith("rule_text_") for name in self.fields))
        return [
            [self[f"rule_{part}_{number}"] for part in ("column", "text", "kind")]
            for number in numbers
        ]

    def kind_words(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith("order_kind_")]

    def state_words(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith("order_state_")]

    def unused(self) -> list[str]:
        """Return the headings of columns that nothing is taken from."""
        used = {
            field.value()
            for name in self.fields
            if name.startswith("rule_column_") or name in map(_name, TARGETS[self._kind])
            for field in [self[name]]
        }
        return [heading for heading in self._headings if heading not in used]

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            layout = self._layout()
            try:
                layout.check(self._kind, self._headings)
            except LayoutRefused as refusal:
                self.add_error(None, str(refusal))
            self.cleaned_data["layout"] = layout
        return self.cleaned_data

    def _layout(self) -> Layout:
        said = self.cleaned_data
        columns = {t: said[_name(t)] for t in TARGETS[self._kind] if said[_name(t)]}
        return Layout(
            columns=columns,
            date_form=said["date_form"],
            decimal_sign=said["decimal_sign"],
            kind_rules=list(self._rules(columns.get("order.kind", ""))),
            other_kind=said.get("other_kind", ""),
            states={
                folded(str(field.label)): said[field.name]
                for field in self.state_words()
                if said[field.name]
            },
            customer_kind=said["customer_kind"],
            customer_language=said["customer_language"],
            zero_hours_unknown=said.get("zero_hours_unknown", False),
        )

    def _rules(self, kind_column: str) -> Iterator[KindRule]:
        """Give the rules: parts of a cell come before whole words."""
        for fields in self.rules():
            column, text, kind = (self.cleaned_data[field.name] for field in fields)
            if column and text and kind:
                yield KindRule(column, contains=True, text=text, kind=kind)
        for field in self.kind_words():
            if kind := self.cleaned_data[field.name]:
                yield KindRule(kind_column, contains=False, text=str(field.label), kind=kind)


def _name(target: str) -> str:
    return target.replace(".", "_")
