"""Lists as files: CSV for spreadsheets and XLSX. No cell of them is ever a formula (CWE-1236)."""

from __future__ import annotations

import csv
import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import IO, Any

import xlsxwriter
from django.db.models import Field as ModelField
from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.resources import ModelResource

from aftersales import keyset
from aftersales.lists import ListPage
from aftersales.models import User

log = logging.getLogger(__name__)

BATCH = 2000
BOM = "\ufeff"
# What spreadsheets take for the beginning of a formula or step over before one.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
INVISIBLE = " \u00a0\u2007\u202f\u3000\u200b\u200c\u200d\u2060\ufeff"
LONGEST_CELL = 32_767
ROWS_OF_A_SHEET = 1_048_576
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ListResource(ModelResource):
    """The columns of an export, under the names that pages give them, choices in words."""

    @classmethod
    def field_from_django_field(
        cls, field_name: str, django_field: ModelField[Any, Any], readonly: bool
    ) -> Field:
        field = super().field_from_django_field(field_name, django_field, readonly)
        field.column_name = django_field.verbose_name
        if django_field.choices:
            field.attribute = f"get_{field_name}_display"
        return field

    def get_export_headers(self, selected_fields: Any = None) -> list[str]:
        return [capfirst(heading) for heading in super().get_export_headers(selected_fields)]

    def exporters(self) -> list[Callable[[Any], Any]]:
        """Return what gives the cell of each column, looked up once for all rows."""
        return [
            getattr(self, f"dehydrate_{name}", None)
            or partial(self.fields[name].export, force_native_type=True)
            for name in self.get_export_order()
        ]


def harmless(text: str) -> str:
    """Return `text` so that no spreadsheet runs it: with an apostrophe before it if need be."""
    return f"'{text}" if text.lstrip(INVISIBLE).startswith(DANGEROUS) else text


def export(
    page: ListPage, resource: ListResource, *, file_format: str, by: User
) -> HttpResponseBase:
    """Answer with the whole list that an address asks for, as a file.

    Source: F40.
    """
    if page.has_wrong_filters:
        raise Http404
    name = page.listing.route.partition(":")[2]
    rows = _values(page, resource, by, translation.get_language())
    return as_file(name, resource.get_export_headers(), rows, file_format=file_format)


def as_file(
    name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], *, file_format: str
) -> HttpResponseBase:
    """Answer with a table as a file under `name`.

    Raises:
        Http404: nobody writes this format.
    """
    write = {"csv": _csv, "xlsx": _xlsx}.get(file_format)
    if write is None:
        raise Http404
    return write(name, headings, rows)


def _values(
    page: ListPage, resource: ListResource, by: User, language: str | None
) -> Iterator[list[Any]]:
    """Give the cells of every row in the order of the list, and note who took how many."""
    exporters = resource.exporters()
    rows = 0
    # The answer is sent after the request, and with it its language, has ended.
    with translation.override(language):
        for row in keyset.walk(page.found, page.order, size=BATCH):
            yield [exporter(row) for exporter in exporters]
            rows += 1
    log.info("list exported: user=%s list=%s rows=%s", by.pk, page.listing.route, rows)


class _Echo:
    """A file for the csv module that hands every line back."""

    def write(self, line: str) -> str:
        return line


def _csv(name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_NONNUMERIC)
    lines = (writer.writerow([_plain(value) for value in row]) for row in rows)
    response = StreamingHttpResponse(
        _chunks(BOM + writer.writerow(headings), lines), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _chunks(head: str, lines: Iterable[str]) -> Iterator[str]:
    """Join lines into pieces of a size that is worth sending."""
    piece = [head]
    for number, line in enumerate(lines, 1):
        piece.append(line)
        if number % BATCH == 0:
            yield "".join(piece)
            piece = []
    yield "".join(piece)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return harmless("" if value is None else str(value))


def _xlsx(name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    target = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    write_workbook(target, headings, rows)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def write_workbook(
    target: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write rows as a workbook, going on to the next sheet where one is full."""
    # Row by row: the whole workbook never stands in memory.
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True})
        formats = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        sheet, line = None, ROWS_OF_A_SHEET
        for row in rows:
            if line == ROWS_OF_A_SHEET:
                sheet, line = _new_sheet(book, headings, bold), 1
            for column, value in enumerate(row):
                _write(sheet, line, column, value, formats)
            line += 1
        if sheet is None:
            _new_sheet(book, headings, bold)


def _new_sheet(book: Any, headings: Sequence[str], bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, bold)
    return sheet


def _write(sheet: Any, line: int, column: int, value: Any, formats: dict[type[date], Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(line, column, value)
    elif isinstance(value, date):
        sheet.write_datetime(line, column, value, formats[type(value)])
    else:
        sheet.write_string(line, column, str(value)[:LONGEST_CELL])
