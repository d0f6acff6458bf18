"""How a file is to be read: which column is what, in which forms, and what its words mean.

Stored as JSON in an import and in a profile:

    {"columns": {"order.number": "RO No", …}, "date_form": "YYYY-MM-DD", "decimal_sign": ",",
     "kind_rules": [{"column": "Reason", "contains": true, "text": "REWORK", "kind": "rework"}],
     "other_kind": "", "states": {"closed": "released"}, "customer_kind": "company",
     "customer_language": "en", "zero_hours_unknown": true}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from django.utils.translation import gettext as _

from aftersales.models import Language
from aftersales.refusals import Refusal
from customers.models import CustomerKind
from workshop.imports import headings, moments, words
from workshop.imports.fields import REQUIRED, TARGETS, VEHICLE_IDS, WIDGETS, label_of
from workshop.imports.widgets import folded
from workshop.models import ImportKind, OrderKind
from workshop.states import OrderState

DECIMAL_SIGNS = (".", ",")


class LayoutRefused(Refusal):
    """The layout does not fit the file, or is not complete."""


@dataclass(frozen=True)
class KindRule:
    """Rows whose cell is, or contains, a text are orders of this kind."""

    column: str
    contains: bool
    text: str
    kind: str

    def fits(self, cell: str) -> bool:
        return folded(self.text) in cell if self.contains else folded(self.text) == cell


@dataclass(frozen=True)
class Layout:
    """How a file is to be read.

    Of the rules for the order type the first that fits wins; without any the order is of
    `other_kind`, and if that is empty the row is rejected. Customers known by no number are
    companies, which their name identifies, or private people, who are known with their car.
    """

    columns: Mapping[str, str]
    date_form: str = "YYYY-MM-DD"
    decimal_sign: str = "."
    kind_rules: Sequence[KindRule] = ()
    other_kind: str = ""
    states: Mapping[str, str] = field(default_factory=dict)
    customer_kind: str = CustomerKind.PRIVATE
    customer_language: str = Language.CHINESE
    zero_hours_unknown: bool = False

    @property
    def payers(self) -> Mapping[str, str]:
        return words.PAYER_OF

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Any) -> Layout:
        """Build a layout from what a profile says.

        Raises:
            LayoutRefused: it is not a profile.
        """
        known = {each.name for each in fields(cls)}
        try:
            values = {name: value for name, value in stored.items() if name in known}
            values["kind_rules"] = tuple(KindRule(**rule) for rule in values.get("kind_rules", []))
            values["states"] = {
                folded(word): state for word, state in values.get("states", {}).items()
            }
            layout = cls(**values)
            layout._refuse_unknown_choices()
        except (AttributeError, TypeError, ValueError, KeyError) as error:
            raise LayoutRefused(
                _("This is not an import profile (%(why)s).") % {"why": error}
            ) from error
        return layout

    def _refuse_unknown_choices(self) -> None:
        choices: list[tuple[str, str, Sequence[str]]] = [
            ("date_form", self.date_form, list(moments.LABELS)),
            ("decimal_sign", self.decimal_sign, DECIMAL_SIGNS),
            ("other_kind", self.other_kind, ["", *OrderKind.values]),
            ("customer_kind", self.customer_kind, CustomerKind.values),
            ("customer_language", self.customer_language, Language.values),
            *(("kind_rules", rule.kind, OrderKind.values) for rule in self.kind_rules),
            *(("states", state, OrderState.values) for state in self.states.values()),
            *(("columns", target, list(WIDGETS)) for target in self.columns),
        ]
        for name, value, allowed in choices:
            if value not in allowed:
                raise ValueError(f"{name}: {value}")

    def fitted(self, found: Sequence[str]) -> Layout:
        """Return the layout without the columns that a file does not have."""
        return replace(
            self,
            columns={
                target: heading for target, heading in self.columns.items() if heading in found
            },
            kind_rules=[rule for rule in self.kind_rules if rule.column in found],
        )

    def check(self, kind: str, found: Sequence[str]) -> None:
        """Refuse a layout with which no row of such a file can be read.

        Raises:
            LayoutRefused: a needed column is not chosen, or a chosen one is not in the file.
        """
        for needed in REQUIRED[ImportKind(kind)]:
            if needed not in self.columns:
                raise LayoutRefused(
                    _("Choose the column for “%(field)s”.") % {"field": label_of(needed)}
                )
        if kind != ImportKind.CUSTOMERS and not VEHICLE_IDS & self.columns.keys():
            raise LayoutRefused(_("Choose the column for the VIN, the plate or the unit number."))
        wanted = {*self.columns.values(), *(rule.column for rule in self.kind_rules)}
        if missing := [name for name in wanted if name not in found]:
            raise LayoutRefused(
                _("The file has no column “%(name)s”.") % {"name": "”, “".join(sorted(missing))}
            )


def suggest(kind: str, found: Sequence[str], values: Mapping[str, Sequence[str]]) -> Layout:
    """Return the layout that the headings and the words of a file suggest.

    Args:
        values: heading → the different texts in the column, for columns with few of them.
    """
    labels = {target: str(label_of(target)) for target in TARGETS[ImportKind(kind)]}
    columns = headings.suggested(found, labels, kind)
    kinds = columns.get("order.kind", "")
    states = columns.get("order.state", "")
    return Layout(
        columns=columns,
        other_kind="" if kinds else OrderKind.GENERAL,
        kind_rules=[
            KindRule(kinds, contains=False, text=text, kind=words.KIND_OF[folded(text)])
            for text in values.get(kinds, [])
            if folded(text) in words.KIND_OF
        ],
        states={
            folded(text): words.STATE_OF[folded(text)]
            for text in values.get(states, [])
            if folded(text) in words.STATE_OF
        },
    )
