"""Imports in tests: a file from rows, read, written and undone without a worker."""

import csv
import io
from datetime import UTC, date, datetime

import xlsxwriter
from django.core.files.base import ContentFile

from workshop.imports.layout import Layout, suggest
from workshop.models import ImportRow
from workshop.services import import_work, imports

NINE_OR_SO = datetime(2025, 3, 31, 9, 5)  # noqa: DTZ001 - spreadsheets know no zones
NOW = datetime(2025, 6, 30, 4, 0, tzinfo=UTC)


def as_csv(rows, *, encoding="utf-8", delimiter=","):
    """Return rows, the first of them headings, as the bytes of a CSV file."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def workbook(path, rows, *, options=None, sheets=1):
    """Write rows into the last of some sheets."""
    with xlsxwriter.Workbook(str(path), options or {}) as book:
        for _number in range(sheets):
            sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for line, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(line, column, value, day)
                else:
                    sheet.write(line, column, value)
    return path


def uploaded(content, *, kind="orders", name="file.csv", by=None):
    return imports.upload(ContentFile(content, name=name), kind=kind, by=by)


def previewed(rows, *, kind="orders", by=None, now=NOW, **options):
    """Upload rows and read them by the layout that their headings suggest."""
    batch = uploaded(as_csv(rows), kind=kind, by=by)
    found = batch.inspection
    layout = suggest(kind, found["headings"], found["values"])
    imports.start_reading(batch.pk, Layout(**(vars(layout) | options)))
    import_work.work_on(batch.pk, now=now)
    batch.refresh_from_db()
    return batch


def imported(rows, *, by=None, now=NOW, **options):
    """Import rows to the end."""
    batch = previewed(rows, by=by, now=now, **options)
    imports.confirm(batch.pk, by=by, now=now)
    import_work.work_on(batch.pk, now=now)
    batch.refresh_from_db()
    assert batch.state == "done", batch.problem
    return batch


def undone(batch, *, now=NOW):
    imports.undo(batch.pk, by=None, now=now)
    import_work.work_on(batch.pk, now=now)
    batch.refresh_from_db()
    return batch


def verdicts(batch):
    """Return row number → verdict."""
    return dict(ImportRow.objects.filter(batch=batch).values_list("row_no", "verdict"))


def reasons(batch):
    """Return what is wrong or odd: row, reason, column, value."""
    return [
        (row.row_no, each["reason"], each["column"], each["value"])
        for row in ImportRow.objects.filter(batch=batch).order_by("row_no")
        for each in [*row.findings, *row.conflicts]
    ]
