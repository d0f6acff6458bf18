"""Rows of an import as a page shows them: what a row is about and what becomes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from aftersales.changes import readable
from workshop.imports.fields import MODELS, label_of
from workshop.imports.findings import NOTES, general_sentence
from workshop.imports.sample import Remark, remarks, shown
from workshop.models import Import, ImportKind, ImportRow

ENTITY = {
    ImportKind.ORDERS: "order",
    ImportKind.VEHICLES: "vehicle",
    ImportKind.CUSTOMERS: "customer",
}
# What tells a row from others, at a glance.
ABOUT = {
    ImportKind.ORDERS: (
        "order.number", "vehicle", "customer.name", "order.checked_in_at", "order.kind",
        "order.state",
    ),
    ImportKind.VEHICLES: ("vehicle", "vehicle.model", "customer.name"),
    ImportKind.CUSTOMERS: ("customer.name", "customer.phone", "customer.file_no"),
}  # fmt: skip
IDENTITY = ("plate", "unit_no", "vin")
# Follows from other columns.
UNSAID = frozenset({"total_amount", "version"})


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class PreviewRow:
    """A row, in words."""

    row_no: int
    verdict: str
    verdict_label: str
    about: Sequence[str]
    changes: Sequence[Change]
    remarks: Sequence[Remark]


def labels(batch: Import) -> list[str]:
    """Return the headings over what `PreviewRow.about` holds."""
    return [
        _("Vehicle") if target == "vehicle" else capfirst(str(label_of(target)))
        for target in ABOUT[ImportKind(batch.kind)]
    ]


def rows(batch: Import, found: Iterable[ImportRow]) -> list[PreviewRow]:
    """Return rows in words; two queries more if they point at customers and vehicles."""
    found = list(found)
    kind = ImportKind(batch.kind)
    model = MODELS[ENTITY[kind]]
    names = _names(model, found)
    return [
        PreviewRow(
            row_no=row.row_no,
            verdict=row.verdict,
            verdict_label=row.get_verdict_display(),
            about=[_about(row, target) for target in ABOUT[kind]],
            changes=_changes(model, row.changes or {}, names),
            remarks=remarks([*row.findings, *row.conflicts]),
        )
        for row in found
    ]


def odd(batch: Import) -> list[dict[str, Any]]:
    """Return what is wrong or odd in the whole file, by sentence and column."""
    return [
        each | {"text": general_sentence(each["reason"]), "rejects": each["reason"] not in NOTES}
        for each in batch.counts.get("odd", [])
    ]


def undone(batch: Import) -> dict[str, int]:
    """Return what undoing the import did, in all."""
    return {
        name: sum(each[name] for each in batch.counts.get("undone", []))
        for name in ("deleted", "restored", "kept")
    }


def _about(row: ImportRow, target: str) -> str:
    entity = target.partition(".")[0]
    if target == "vehicle":
        return str(next((row.vehicle[name] for name in IDENTITY if name in row.vehicle), ""))
    return shown(target, row.repair_order if entity == "order" else getattr(row, entity))


def _changes(
    model: type[models.Model], changes: dict[str, list[Any]], names: dict[Any, str]
) -> list[Change]:
    return [
        Change(label, *(_readable(column, value, names) for value in pair))
        for name, pair in changes.items()
        if name not in UNSAID
        for label, column in [_labeled(model, name)]
    ]


def _labeled(model: type[models.Model], name: str) -> tuple[str, models.Field[Any, Any] | None]:
    """Return what a changed column is called; owner and phone stand in tables of their own."""
    if name in {"owner", "phone"}:
        return {"owner": _("Owner"), "phone": _("New phone number")}[name], None
    column = next(field for field in model._meta.concrete_fields if field.get_attname() == name)
    return capfirst(str(column.verbose_name)), column


def _readable(column: models.Field[Any, Any] | None, value: Any, names: dict[Any, str]) -> str:
    if column is None or value is None:
        return "" if value is None else str(value)
    return readable(column, column.to_python(value), names)


def _names(model: type[models.Model], found: Sequence[ImportRow]) -> dict[Any, str]:
    """Look up whom and what the changed rows point at."""
    wanted: dict[type[models.Model], set[int]] = defaultdict(set)
    for column in model._meta.concrete_fields:
        if isinstance(column, models.ForeignKey):
            related: Any = column.related_model
            for row in found:
                wanted[related] |= set((row.changes or {}).get(column.get_attname(), []))
    return {
        (related, pk): str(each)
        for related, ids in wanted.items()
        if ids - {None}
        for pk, each in related._base_manager.in_bulk(ids - {None}).items()
    }
