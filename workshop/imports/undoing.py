"""Taking an import back: what it created goes, what it changed becomes what it was.

Except for what somebody has changed or used since: that stays, and is listed before anything
happens. "Changed" means that the row has another version than the import left behind, "used"
that a row points at it which stays as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.backends.utils import CursorWrapper
from django.db.models.fields.reverse_related import ForeignObjectRel

from customers.models import Customer, Phone, Vehicle, VehicleRelation
from workshop.imports.refusals import ChangedWhileWriting
from workshop.imports.tables import COUNTED_BY_THE_DATABASE, columns_of
from workshop.models import Import, RepairOrder

# What points at others goes before them.
MODELS: tuple[type[models.Model], ...] = (RepairOrder, Vehicle, VehicleRelation, Customer, Phone)
DELETED_IN_TURN = (RepairOrder, VehicleRelation, Phone, Vehicle, Customer)
# Goes with the vehicle or the customer it belongs to, and stays with the one that stays.
PARTS: dict[type[models.Model], tuple[str, type[models.Model]]] = {
    VehicleRelation: ("vehicle_id", Vehicle),
    Phone: ("customer_id", Customer),
}

PLAN = """
    DROP TABLE IF EXISTS undoing;
    CREATE TEMP TABLE undoing ON COMMIT DROP AS
    SELECT model, object_id, version, before, ''::text AS kept
    FROM workshop_importchange WHERE batch_id = %s;
    CREATE UNIQUE INDEX ON undoing (model, object_id);
    ANALYZE undoing
"""
GONE = """
    DELETE FROM undoing u WHERE model = %(model)s
        AND NOT EXISTS (SELECT FROM <table> t WHERE t.id = u.object_id)
"""
CHANGED_SINCE = """
    UPDATE undoing u SET kept = 'changed' FROM <table> t
    WHERE u.model = %(model)s AND t.id = u.object_id AND t.version <> u.version
"""
USED_SINCE = """
    UPDATE undoing u SET kept = 'used'
    WHERE u.model = %(model)s AND u.before IS NULL AND u.kept = '' AND EXISTS (
        SELECT FROM <other> r
        LEFT JOIN undoing mine ON mine.model = %(other)s AND mine.object_id = r.id
            AND mine.before IS NULL AND mine.kept = ''
        WHERE r.<column> = u.object_id AND mine.object_id IS NULL
    )
"""
STAYS_WITH_OWNER = """
    UPDATE undoing u SET kept = 'used' FROM <table> t, undoing owner
    WHERE u.model = %(model)s AND u.before IS NULL AND u.kept = '' AND t.id = u.object_id
        AND owner.model = %(owner)s AND owner.object_id = t.<column>
        AND owner.before IS NULL AND owner.kept <> ''
"""
RESTORE = """
    WITH before AS MATERIALIZED (
        SELECT record.* FROM undoing u JOIN <table> t ON t.id = u.object_id,
            LATERAL jsonb_populate_record(t, u.before) AS record
        WHERE u.model = %(model)s AND u.kept = '' AND u.before IS NOT NULL
            AND t.version = u.version
    )
    UPDATE <table> t SET <assignments> FROM before WHERE before.id = t.id
"""
# An earlier import that left these rows as they are again can be undone itself.
HAND_BACK = """
    UPDATE workshop_importchange c SET version = t.version
    FROM undoing u JOIN <table> t ON t.id = u.object_id
    WHERE u.model = %(model)s AND u.kept = '' AND u.before IS NOT NULL
        AND c.model = u.model AND c.object_id = u.object_id AND c.batch_id <> %(batch)s
        AND c.version = (u.before ->> 'version')::integer
"""
DELETE = """
    DELETE FROM <table> t USING undoing u
    WHERE u.model = %(model)s AND u.kept = '' AND u.before IS NULL
        AND t.id = u.object_id AND t.version = u.version
"""
DELETE_WHAT_HANGS_ON_IT = """
    DELETE FROM <other> r USING undoing u
    WHERE u.model = %(model)s AND u.kept = '' AND u.before IS NULL AND r.<column> = u.object_id
"""
COUNTS = """
    SELECT count(*) FILTER (WHERE kept = '' AND before IS NULL),
        count(*) FILTER (WHERE kept = '' AND before IS NOT NULL),
        count(*) FILTER (WHERE kept <> '')
    FROM undoing WHERE model = %s
"""
KEPT = """
    SELECT model, object_id, kept FROM undoing WHERE kept <> '' AND model <> ALL(%s)
    ORDER BY model, object_id LIMIT %s
"""


@dataclass(frozen=True)
class UndoCount:
    """How many rows of a model are deleted, restored, and kept."""

    model: str
    deleted: int
    restored: int
    kept: int


@dataclass(frozen=True)
class Kept:
    """A row that stays because it was "changed" or "used" since."""

    model: str
    object_id: int
    why: str


def plan(cursor: CursorWrapper, batch: Import) -> list[UndoCount]:
    """Fill the temporary table `undoing` with what undoing would do; nothing is changed."""
    cursor.execute(PLAN, [batch.pk])
    for model in MODELS:
        _execute(cursor, GONE, model)
        _execute(cursor, CHANGED_SINCE, model)
    for model in MODELS:
        _keep_used(cursor, model)
    counts = []
    for model in MODELS:
        cursor.execute(COUNTS, [model._meta.label_lower])
        counts.append(UndoCount(model._meta.label_lower, *cursor.fetchone()))
    return [each for each in counts if each.deleted or each.restored or each.kept]


def _keep_used(cursor: CursorWrapper, model: type[models.Model]) -> None:
    if model in PARTS:
        column, owner = PARTS[model]
        statement = STAYS_WITH_OWNER.replace("<column>", column)
        _execute(cursor, statement, model, owner=owner._meta.label_lower)
    for other, column, is_use in _pointing_at(model):
        if is_use:
            statement = USED_SINCE.replace("<other>", other._meta.db_table)
            statement = statement.replace("<column>", column)
            _execute(cursor, statement, model, other=other._meta.label_lower)


def kept(cursor: CursorWrapper, limit: int) -> list[Kept]:
    """Return the first customers, vehicles and orders that stay."""
    parts = [model._meta.label_lower for model in PARTS]
    cursor.execute(KEPT, [parts, limit])
    return [Kept(*row) for row in cursor.fetchall()]


def undo(cursor: CursorWrapper, batch: Import) -> list[UndoCount]:
    """Do what `plan` says; the caller has opened the transaction.

    Raises:
        ChangedWhileWriting: somebody changed one of the rows after they were planned.
    """
    counts = plan(cursor, batch)
    planned = {each.model: each for each in counts}
    for model in MODELS:
        expected = planned.get(model._meta.label_lower)
        if expected and _restore(cursor, batch, model) != expected.restored:
            raise ChangedWhileWriting
    for model in DELETED_IN_TURN:
        expected = planned.get(model._meta.label_lower)
        if expected and _delete(cursor, model) != expected.deleted:
            raise ChangedWhileWriting
    return counts


def _restore(cursor: CursorWrapper, batch: Import, model: type[models.Model]) -> int:
    assignments = [
        f"{name} = before.{name}"
        for name in columns_of(model)
        if name not in COUNTED_BY_THE_DATABASE
    ]
    _execute(cursor, RESTORE.replace("<assignments>", ", ".join(assignments)), model)
    restored: int = cursor.rowcount
    _execute(cursor, HAND_BACK, model, batch=batch.pk)
    return restored


def _delete(cursor: CursorWrapper, model: type[models.Model]) -> int:
    for other, column, is_use in _pointing_at(model):
        if not is_use:
            statement = DELETE_WHAT_HANGS_ON_IT.replace("<other>", other._meta.db_table)
            _execute(cursor, statement.replace("<column>", column), model)
    _execute(cursor, DELETE, model)
    deleted: int = cursor.rowcount
    return deleted


def _execute(
    cursor: CursorWrapper, statement: str, model: type[models.Model], **params: Any
) -> None:
    statement = statement.replace("<table>", model._meta.db_table)
    cursor.execute(statement, {"model": model._meta.label_lower, **params})


def _pointing_at(
    model: type[models.Model],
) -> Iterator[tuple[type[models.Model], str, bool]]:
    """Give the tables of all apps whose rows point at a model, by which column, and if as a use.

    What hangs on a row without a history of its own, like a likely duplicate that a sweep
    finds again, is no use of it.
    """
    for relation in model._meta.get_fields(include_hidden=True):
        on_delete = getattr(relation, "on_delete", None)
        if isinstance(relation, ForeignObjectRel) and on_delete in {models.PROTECT, models.CASCADE}:
            other = relation.related_model
            keeps_history = any(field.name == "version" for field in other._meta.fields)
            is_use = on_delete is models.PROTECT or keeps_history
            yield other, relation.field.get_attname(), is_use
