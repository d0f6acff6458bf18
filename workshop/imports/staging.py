"""Rows of a file on their way into `ImportRow`, by COPY, a chunk at a time.

Each chunk is a transaction of its own: a worker that dies goes on after the last one.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from workshop.imports import files
from workshop.imports.cleaning import Row, RowReader
from workshop.imports.columns import encode
from workshop.imports.files import FileFormat
from workshop.imports.layout import Layout
from workshop.models import Import, ImportRow, Verdict

CHUNK = 5_000
COLUMNS = (
    "batch_id", "row_no", "customer_key", "customer", "vehicle_key", "vehicle", "repair_order",
    "readable", "verdict", "findings", "cells",
)  # fmt: skip


def stage(batch: Import, path: Path, *, now: datetime, progress: Callable[[int], None]) -> None:
    """Read the rows of a file that are not staged yet.

    Args:
        progress: is told after each chunk how many rows are read.
    """
    inspection = batch.inspection
    reader = RowReader(batch.kind, Layout.from_json(batch.layout), inspection["headings"], now=now)
    staged = ImportRow.objects.filter(batch=batch)
    last = staged.aggregate(last=Max("row_no"))["last"] or inspection["heading_row"]
    source = files.rows(path, FileFormat(**inspection["form"]))
    unread = ((row_no, cells) for row_no, cells in source if row_no > last)
    lines = (_line(batch.pk, reader.read(row_no, cells)) for row_no, cells in unread)
    copy = f"COPY {ImportRow._meta.db_table} ({', '.join(COLUMNS)}) FROM STDIN"
    while chunk := list(islice(lines, CHUNK)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.copy_expert(copy, io.StringIO("".join(chunk)))
            batch.rows_read += len(chunk)
            batch.save(update_fields=["rows_read"])
        progress(batch.rows_read)


def _line(batch_id: int, row: Row) -> str:
    readable = row.is_readable
    values: tuple[Any, ...] = (
        str(batch_id),
        str(row.row_no),
        row.customer_key,
        row.customer.as_json(),
        row.vehicle_key,
        row.vehicle.as_json(),
        row.order.as_json(),
        "t" if readable else "f",
        Verdict.NEW.value if readable else Verdict.REJECTED.value,
        encode(row.findings) if row.findings else "[]",
        encode(row.cells),
    )
    # JSON leaves no line breaks and tabs; what is left to escape for COPY are backslashes.
    return "\t".join(values).replace("\\", "\\\\") + "\n"
