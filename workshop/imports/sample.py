"""The first rows of a file as a layout would read them, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.text import capfirst

from aftersales.changes import readable
from workshop.imports.cleaning import RowReader
from workshop.imports.fields import MODELS, WIDGETS, label_of
from workshop.imports.findings import NOTES, sentence
from workshop.imports.inspection import sample_of
from workshop.imports.layout import Layout
from workshop.models import Import


@dataclass(frozen=True)
class Remark:
    """What is wrong with a row, or odd about it, in words."""

    column: str
    value: str
    text: str
    rejects: bool


@dataclass(frozen=True)
class SampleRow:
    """A row as it is read: readable values, and what is wrong."""

    row_no: int
    values: Sequence[str]
    remarks: Sequence[Remark]


def labels(layout: Layout) -> list[str]:
    """Return the headings of the sample: the fields that a layout reads."""
    return [capfirst(str(label_of(target))) for target in _targets(layout)]


def rows(batch: Import, layout: Layout, *, now: datetime) -> list[SampleRow]:
    """Return the first rows of the file of an import, read by a layout that fits it."""
    reader = RowReader(batch.kind, layout, batch.inspection["headings"], now=now)
    targets = _targets(layout)
    read = [reader.read(row_no, cells) for row_no, cells in sample_of(batch.inspection)]
    return [
        SampleRow(
            row.row_no,
            [shown(target, getattr(row, target.split(".")[0])) for target in targets],
            remarks(row.findings),
        )
        for row in read
    ]


def remarks(findings: Sequence[dict[str, Any]]) -> list[Remark]:
    """Return findings in words."""
    return [
        Remark(each["column"], each["value"], sentence(each), each["reason"] not in NOTES)
        for each in findings
    ]


def shown(target: str, document: dict[str, Any]) -> str:
    """Return the value that a document has for a target, as people write it."""
    entity, name = target.split(".")
    value = document.get(name)
    if value is None:
        return ""
    if isinstance(value, dict):
        return str(value["typed"])
    column = MODELS[entity]._meta.get_field(name)
    assert isinstance(column, models.Field)
    return readable(column, column.to_python(value))


def _targets(layout: Layout) -> list[str]:
    """Return what is shown of a row, in the order of the fields."""
    is_about_orders = "order.number" in layout.columns
    shown = {*layout.columns} | ({"order.kind", "order.state"} if is_about_orders else set())
    return [target for target in WIDGETS if target in shown - {"order.amount", "order.payer"}]
