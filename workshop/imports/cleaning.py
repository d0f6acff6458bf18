"""One row of a file becomes documents: of its customer, its vehicle and its repair order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from customers.models import CustomerKind
from workshop.imports.columns import Columns, Document
from workshop.imports.fields import REQUIRED, VEHICLE_IDS
from workshop.imports.findings import Finding, finding, rejects
from workshop.imports.layout import Layout
from workshop.imports.moments import Moment
from workshop.imports.orders import LONG_IN_SHOP, settle_amounts, settle_state
from workshop.imports.widgets import folded
from workshop.models import ImportKind


@dataclass(slots=True)
class Row:
    """What a row says: documents, keys by which its customer and vehicle are known, findings."""

    row_no: int
    cells: Sequence[Any]
    order: Document = field(default_factory=Document)
    vehicle: Document = field(default_factory=Document)
    customer: Document = field(default_factory=Document)
    vehicle_key: str = ""
    customer_key: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_readable(self) -> bool:
        return not self.findings or not rejects(self.findings)


class RowReader:
    """Reads the rows of one file by its layout; `now` says what lies in the future."""

    def __init__(
        self, kind: str, layout: Layout, headings: Sequence[str], *, now: datetime
    ) -> None:
        self._kind, self._layout, self._now = ImportKind(kind), layout, now
        self._width = len(headings)
        self._place = {heading: place for place, heading in enumerate(headings)}
        self._order = Columns("order", layout, self._place, now=now)
        self._vehicle = Columns("vehicle", layout, self._place, now=now)
        self._customer = Columns("customer", layout, self._place, now=now)
        self._required = [(target, *target.split(".")) for target in REQUIRED[self._kind]]
        # The columns that the rules look at, each once.
        self._ruling = list(dict.fromkeys(rule.column for rule in layout.kind_rules))
        self._ruling_places = [self._place[heading] for heading in self._ruling]
        self._order_kinds: dict[tuple[Any, ...], str] = {}
        self._long_ago = Moment.at(now - LONG_IN_SHOP)
        self._gate_out_is_told = "order.gate_out_at" in layout.columns

    def read(self, row_no: int, cells: Sequence[Any]) -> Row:
        """Return what a row says; whatever is wrong stands among its findings."""
        if len(cells) < self._width:
            cells = [*cells, *[""] * (self._width - len(cells))]
        elif len(cells) > self._width and any(cells[self._width :]):
            wrong = finding("cells", cells=len(cells), headings=self._width)
            return Row(row_no, cells, findings=[wrong])
        # Cars and their owners come again and again, orders hardly ever.
        order, wrong_order = self._order.read(cells)
        vehicle, wrong_vehicle = self._vehicle.read_once(cells)
        customer, wrong_customer = self._customer.read_once(cells)
        row = Row(row_no, cells, order, vehicle, customer)
        if wrong_order or wrong_vehicle or wrong_customer:
            row.findings = [*wrong_order, *wrong_vehicle, *wrong_customer]
        if row.is_readable:
            self._interpret(row)
        return row

    def _interpret(self, row: Row) -> None:
        documents = {"order": row.order, "vehicle": row.vehicle, "customer": row.customer}
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
        wrong = settle_state(
            row.order, gate_out_is_told=self._gate_out_is_told, long_ago=self._long_ago
        )
        for reason, target in wrong:
            self._find(row, reason, target)

    def _find(self, row: Row, reason: str, target: str) -> None:
        """Note what is wrong with the row as a whole, at the cell of a target."""
        heading = self._layout.columns.get(target, "")
        value = row.cells[self._place[heading]] if heading else ""
        row.findings.append(finding(reason, heading, value))

    def _order_kind(self, row: Row) -> str:
        """Return the type of the first rule that fits."""
        cells = tuple([row.cells[place] for place in self._ruling_places])
        if cells not in self._order_kinds:
            words = [folded(str(cell)) for cell in cells]
            word_in = dict(zip(self._ruling, words, strict=True))
            rules = self._layout.kind_rules
            fitting = (rule.kind for rule in rules if rule.fits(word_in[rule.column]))
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
