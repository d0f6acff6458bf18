"""Carrying out what the preview said, in one transaction of set-based statements.

The triggers of the history see every row as they do on any other path.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from customers import names
from customers.models import Customer, Phone, Vehicle, VehicleRelation
from workshop.imports import sources
from workshop.imports.judging import judge, parameters
from workshop.imports.refusals import ChangedWhileWriting
from workshop.imports.tables import MAIN, blank, insert, update
from workshop.models import Import, RepairOrder

CHUNK = 20_000
NAMES = 2_000


def write(
    cursor: CursorWrapper,
    batch: Import,
    *,
    today: date,
    progress: Callable[[int], None],
) -> None:
    """Write what the rows of an import say; the caller has opened the transaction.

    Args:
        progress: is told how many orders are written, 0 when the writing begins.

    Raises:
        ChangedWhileWriting: somebody changed what the rows were compared with.
    """
    judge(cursor, batch, today=today)
    progress(0)
    model = MAIN[batch.kind]
    params = parameters(batch, today=today)
    _lock_known(cursor, model)
    _write_customers(cursor, batch, params)
    _write_vehicles(cursor, batch, params)
    if model is RepairOrder:
        _write_orders(cursor, batch, params, progress)
    update(cursor, model, sources.CHANGED, params)


def _lock_known(cursor: CursorWrapper, model: type[models.Model]) -> None:
    """Lock what is changed and whom orders and vehicles get, unless somebody was faster."""
    lock_changed = sources.LOCK_CHANGED.replace("<table>", model._meta.db_table)
    for statement in (lock_changed, sources.LOCK_CUSTOMERS):
        cursor.execute(statement)
        locked, expected = cursor.fetchone()
        if locked != expected:
            raise ChangedWhileWriting


def _write_customers(cursor: CursorWrapper, batch: Import, params: dict[str, Any]) -> None:
    _compute_search_keys(cursor, params)
    cursor.execute(sources.SEARCH_KEYS_OF_CHANGED, params)
    blanks = {
        "kind": batch.layout["customer_kind"],
        "language": batch.layout["customer_language"],
        "opened_on": params["today"],
        "created_by_id": batch.confirmed_by_id,
    }
    insert(
        cursor, Customer, sources.NEW_CUSTOMERS, blank(Customer, **blanks), params, with_ids=True
    )
    insert(cursor, Phone, sources.NEW_PHONES, blank(Phone), params)


def _compute_search_keys(cursor: CursorWrapper, params: dict[str, Any]) -> None:
    """Fill `search_key` for the names of new and renamed customers."""
    cursor.execute(sources.SEARCH_KEY)
    with connection.chunked_cursor() as found:
        found.execute(sources.NAMES, params)
        while chunk := found.fetchmany(NAMES):
            lines = (
                "\t".join((name, contact, names.sort_key(name), names.search_keys(name, contact)))
                for name, contact in chunk
            )
            text = "".join(line.replace("\\", "\\\\") + "\n" for line in lines)
            cursor.copy_expert("COPY search_key FROM STDIN", io.StringIO(text))
    cursor.execute("ANALYZE search_key")


def _write_vehicles(cursor: CursorWrapper, batch: Import, params: dict[str, Any]) -> None:
    blanks = blank(Vehicle, created_by_id=batch.confirmed_by_id)
    cursor.execute(sources.LAST_READINGS)
    cursor.execute(sources.LOCK_VEHICLES)
    insert(cursor, Vehicle, sources.NEW_VEHICLES, blanks, params, with_ids=True)
    insert(cursor, VehicleRelation, sources.NEW_OWNERS, blank(VehicleRelation), params)
    update(cursor, Vehicle, sources.MILEAGES, params)


def _write_orders(
    cursor: CursorWrapper, batch: Import, params: dict[str, Any], progress: Callable[[int], None]
) -> None:
    blanks = blank(RepairOrder, created_by_id=batch.confirmed_by_id)
    cursor.execute("SELECT coalesce(max(row_no), 0) FROM judged")
    [last] = cursor.fetchone()
    for first in range(0, last + 1, CHUNK):
        chunk = {"first": first, "last": first + CHUNK - 1}
        insert(cursor, RepairOrder, sources.NEW_ORDERS, blanks, params | chunk)
        progress(min(first + CHUNK, last))
