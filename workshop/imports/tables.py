"""INSERT and UPDATE from documents, for any of the tracked models, noted for the undo."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.backends.utils import CursorWrapper

from customers.models import Customer, Vehicle
from workshop.models import ImportKind, RepairOrder

INSERT = """
    WITH blank AS MATERIALIZED (
        SELECT jsonb_populate_record(NULL::<table>, %(blank)s) AS record
    ), source AS (<source>), made AS (
        INSERT INTO <table> (<columns>)
        SELECT <values> FROM blank, source,
            LATERAL jsonb_populate_record(blank.record, source.doc) AS record
        RETURNING id
    )
    INSERT INTO workshop_importchange (batch_id, model, object_id, version)
    SELECT %(batch)s, %(model)s, id, 1 FROM made
"""
UPDATE = """
    WITH source AS (<source>), after AS MATERIALIZED (
        SELECT record.*, to_jsonb(t) AS before
        FROM source JOIN <table> t ON t.id = source.id,
            LATERAL jsonb_populate_record(t, source.doc) AS record
        WHERE record IS DISTINCT FROM t
    ), noted AS (
        INSERT INTO workshop_importchange (batch_id, model, object_id, version, before)
        SELECT %(batch)s, %(model)s, id, version + 1, before FROM after
    )
    UPDATE <table> t SET <assignments> FROM after WHERE after.id = t.id
"""
# What a file of each kind is about.
MAIN: dict[str, type[models.Model]] = {
    ImportKind.ORDERS: RepairOrder,
    ImportKind.VEHICLES: Vehicle,
    ImportKind.CUSTOMERS: Customer,
}
COUNTED_BY_THE_DATABASE = ("id", "version")


def columns_of(model: type[models.Model]) -> list[str]:
    """Return the columns that are written: not those that the database fills itself."""
    return [
        field.get_attname()
        for field in model._meta.concrete_fields
        if not isinstance(field, models.GeneratedField) and field.name != "created_at"
    ]


def blank(model: type[models.Model], **known: Any) -> dict[str, Any]:
    """Return the values that a new row has unless its document says otherwise."""
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.has_default():
            values[field.get_attname()] = field.get_default()
        elif isinstance(field, models.CharField | models.TextField) and not field.null:
            values[field.get_attname()] = ""
    return values | known


def insert(
    cursor: CursorWrapper,
    model: type[models.Model],
    source: str,
    blanks: dict[str, Any],
    params: dict[str, Any],
    *,
    with_ids: bool = False,
) -> None:
    """Insert a row for each `doc` of a query, and note it.

    Args:
        with_ids: the documents hold the ids; otherwise the database counts on.
    """
    columns = [name for name in columns_of(model) if with_ids or name != "id"]
    values = [f"record.{name}" for name in columns]
    statement = _filled(INSERT, model, source)
    statement = statement.replace("<columns>", ", ".join(columns))
    cursor.execute(
        statement.replace("<values>", ", ".join(values)),
        params
        | {"model": model._meta.label_lower, "blank": json.dumps(blanks, cls=DjangoJSONEncoder)},
    )


def update(
    cursor: CursorWrapper, model: type[models.Model], source: str, params: dict[str, Any]
) -> None:
    """Lay each `doc` of a query over the row with its `id`, and note how the row was."""
    assignments = [
        f"{name} = after.{name}"
        for name in columns_of(model)
        if name not in COUNTED_BY_THE_DATABASE
    ]
    statement = _filled(UPDATE, model, source).replace("<assignments>", ", ".join(assignments))
    cursor.execute(statement, params | {"model": model._meta.label_lower})


def _filled(statement: str, model: type[models.Model], source: str) -> str:
    return statement.replace("<table>", model._meta.db_table).replace("<source>", source)
