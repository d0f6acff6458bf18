"""The cells of one entity become a document; equal cells are read once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from workshop.imports.fields import WIDGETS
from workshop.imports.findings import Finding, Unreadable, finding
from workshop.imports.layout import Layout

# How much of a file is remembered; then it is forgotten and read again.
MOST_REMEMBERED = 20_000

encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, default=str).encode


class Document(dict[str, Any]):
    """Values by column. Rows about the same vehicle or customer share one: it is not changed."""

    _encoded = ""

    def as_json(self) -> str:
        """Return the document as JSON; it must not change any more."""
        if not self._encoded:
            self._encoded = encode(self)
        return self._encoded


class Column:
    """A column of the file that is read into one field."""

    def __init__(self, target: str, heading: str, place: int) -> None:
        self.name = target.split(".")[1]
        self.heading, self.place = heading, place
        self.widget = WIDGETS[target]
        self.known: dict[Any, tuple[Any, Finding | None]] = {}


class Columns:
    """The columns that tell of one entity: the order, the vehicle or the customer."""

    def __init__(
        self, entity: str, layout: Layout, place_of: Mapping[str, int], *, now: datetime
    ) -> None:
        self._layout, self._now = layout, now
        self._columns = [
            Column(target, heading, place_of[heading])
            for target, heading in layout.columns.items()
            if target.startswith(f"{entity}.") and target != "order.kind"
        ]
        self._places = [column.place for column in self._columns]
        self._known: dict[tuple[Any, ...], tuple[Document, list[Finding]]] = {}

    def read_once(self, cells: Sequence[Any]) -> tuple[Document, list[Finding]]:
        """Return the document of the row, and what is wrong with it or odd about it.

        The document is the same object for all rows with the same cells.
        """
        ours = tuple([cells[place] for place in self._places])
        known = self._known.get(ours)
        if known is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            known = self._known[ours] = self.read(cells)
        return known

    def read(self, cells: Sequence[Any]) -> tuple[Document, list[Finding]]:
        """Return a document of its own for the row, and what is wrong or odd."""
        document = Document()
        wrong = []
        for column in self._columns:
            cell = cells[column.place]
            value, problem = column.known.get(cell) or self._read(column, cell)
            if value is not None:
                document[column.name] = value
            if problem:
                wrong.append(problem)
        return document, wrong

    def _read(self, column: Column, cell: Any) -> tuple[Any, Finding | None]:
        if len(column.known) >= MOST_REMEMBERED:
            column.known.clear()
        column.known[cell] = found = self._clean(column, cell)
        return found

    def _clean(self, column: Column, cell: Any) -> tuple[Any, Finding | None]:
        try:
            value = column.widget.clean(cell, layout=self._layout, now=self._now)
        except Unreadable as error:
            return None, finding(error.reason, column.heading, cell, **error.details)
        odd = column.widget.odd(value) if value is not None else None
        return value, finding(odd.reason, column.heading, cell, **odd.details) if odd else None
