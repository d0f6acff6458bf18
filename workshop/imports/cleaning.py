"""One row of a file becomes documents: of its customer, its vehicle and its repair order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from customers.models import CustomerKind
from workshop.imports.fields import FIELDS, REQUIRED, VEHICLE_IDS
from workshop.imports.findings import Finding, Unreadable, finding, rejects
from workshop.imports.layout import Layout
from workshop.imports.orders import settle_amounts, settle_state, wrong_mileages
from workshop.imports.widgets import folded
from workshop.models import ImportKind

# How many different cells of a column are remembered; then they are forgotten and read again.
MOST_REMEMBERED = 20_000


@dataclass
class Row:
    """What a row says: documents, keys by which its customer and vehicle are known, findings."""

    row_no: int
    cells: Sequence[Any]
    order: dict[str, Any] = field(default_factory=dict)
    vehicle: dict[str, Any] = field(default_factory=dict)
    customer: dict[str, Any] = field(default_factory=dict)
    vehicle_key: str = ""
    customer_key: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_readable(self) -> bool:
        return not self.findings or not rejects(self.findings)


class Column:
    """A column of the file that is read into one field; equal cells are read once."""

    def __init__(self, target: str, heading: str, place: int, layout: Layout) -> None:
        self.entity, self.name = target.split(".")
        self.heading, self.place = heading, place
        self._field, self._layout = FIELDS[target], layout
        self._read: dict[Any, tuple[Any, Finding | None]] = {}

    def value(self, cell: Any, now: datetime) -> tuple[Any, Finding | None]:
        """Return the value of a cell, and what is wrong with it or odd about it."""
        known = self._read.get(cell)
        if known is None:
            if len(self._read) >= MOST_REMEMBERED:
                self._read.clear()
            known = self._read[cell] = self._clean(cell, now)
        return known

    def _clean(self, cell: Any, now: datetime) -> tuple[Any, Finding | None]:
        try:
            value = self._field.clean({self._field.column_name: cell}, layout=self._layout, now=now)
        except Unreadable as error:
            return None, finding(error.reason, self.heading, cell, **error.details)
        odd = self._field.widget.odd(value) if value is not None else None
        return value, finding(odd.reason, self.heading, cell, **odd.details) if odd else None


class RowReader:
    """Reads the rows of one file by its layout; `now` says what lies in the future."""

    def __init__(
        self, kind: str, layout: Layout, headings: Sequence[str], *, now: datetime
    ) -> None:
        self._kind, self._layout, self._width, self._now = (
            ImportKind(kind), layout, len(headings), now,
        )  # fmt: skip
        self._place = {heading: place for place, heading in enumerate(headings)}
        self._columns = [
            Column(target, heading, self._place[heading], layout)
            for target, heading in layout.columns.items()
            if target != "order.kind"
        ]
        self._required = [(target, *target.split(".")) for target in REQUIRED[self._kind]]
        self._rules = [(self._place[rule.column], rule) for rule in layout.kind_rules]
        self._order_kinds: dict[tuple[Any, ...], str] = {}
        self._gate_out_is_told = "order.gate_out_at" in layout.columns

    def read(self, row_no: int, cells: Sequence[Any]) -> Row:
        """Return what a row says; whatever is wrong stands among its findings."""
        if len(cells) < self._width:
            cells = [*cells, *[""] * (self._width - len(cells))]
        row = Row(row_no, cells)
        if len(cells) > self._width and any(cells[self._width :]):
            row.findings.append(finding("cells", cells=len(cells), headings=self._width))
            return row
        documents = {"order": row.order, "vehicle": row.vehicle, "customer": row.customer}
        for column in self._columns:
            value, problem = column.value(cells[column.place], self._now)
            if value is not None:
                documents[column.entity][column.name] = value
            if problem:
                row.findings.append(problem)
        if row.is_readable:
            self._interpret(row, documents)
        return row

    def _interpret(self, row: Row, documents: dict[str, dict[str, Any]]) -> None:
        for target, entity, name in self._required:
            if name not in documents[entity]:
                self._find(row, "empty", target)
        if self._kind != ImportKind.CUSTOMERS:
            row.vehicle_key = self._vehicle_key(row)
        if "name" in row.customer:
            row.customer_key = self._customer_key(row)
        if self._kind == ImportKind.ORDERS and "checked_in_at" in row.order:
            self._interpret_order(row)

    def _interpret_order(self, row: Row) -> None:
        if kind := self._order_kind(row):
            row.order["kind"] = kind
            settle_amounts(row.order)
        else:
            self._find(row, "order_kind", "order.kind")
        if self._layout.zero_hours_unknown and row.order.get("labor_hours") == "0.00":
            del row.order["labor_hours"]
        wrong = settle_state(row.order, gate_out_is_told=self._gate_out_is_told, now=self._now)
        for reason, target in [*wrong, *wrong_mileages(row.order)]:
            self._find(row, reason, target)

    def _find(self, row: Row, reason: str, target: str) -> None:
        """Note what is wrong with the row as a whole, at the cell of a target."""
        heading = self._layout.columns.get(target, "")
        value = row.cells[self._place[heading]] if heading else ""
        row.findings.append(finding(reason, heading, value))

    def _order_kind(self, row: Row) -> str:
        """Return the type of the first rule that fits."""
        cells = tuple([row.cells[place] for place, _rule in self._rules])
        if cells not in self._order_kinds:
            words = [folded(str(cell)) for cell in cells]
            fitting = (
                rule.kind
                for word, (_place, rule) in zip(words, self._rules, strict=True)
                if rule.fits(word)
            )
            self._order_kinds[cells] = next(fitting, self._layout.other_kind)
        return self._order_kinds[cells]

    def _vehicle_key(self, row: Row) -> str:
        for name in ("vin", "plate", "unit_no"):
            if name in row.vehicle:
                return f"{name}:{row.vehicle[name]}"
        target = next(target for target in self._layout.columns if target in VEHICLE_IDS)
        self._find(row, "unidentified_vehicle", target)
        return ""

    def _customer_key(self, row: Row) -> str:
        """Return what tells this customer from others of the same name.

        A name alone identifies a company. A private person without a number is known with
        the car: the same name with another car may be somebody else.
        """
        customer = row.customer
        name = folded(customer["name"])
        if "file_no" in customer:
            return f"file:{customer['file_no']}"
        if number := customer.get("phone", {}).get("e164"):
            return f"phone:{number}:{name}"
        if self._layout.customer_kind == CustomerKind.COMPANY:
            return f"name:{name}"
        if row.vehicle_key:
            return f"owner:{name}:{row.vehicle_key}"
        self._find(row, "unidentified_customer", "customer.name")
        return ""
