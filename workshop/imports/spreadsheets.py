"""XLSX: looked at from outside before it is opened, because a small one can be a bomb."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

from workshop.imports.refusals import FileRefused

MOST_ENTRIES = 1_000
MOST_UNPACKED = 200_000_000
MOST_RATIO = 50
RATIO_MATTERS_ABOVE = 5_000_000
MOST_ROWS = 50_000
MOST_COLUMNS = 200
CHUNK = 1 << 20

# The largest row and column of a sheet: where its cells say that they stand.
CELL = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})([0-9]{1,7})"')
LONGEST_TAG = 200


def rows(path: Path) -> Iterator[list[Any]]:
    """Give the rows of the first sheet that has any, as text, numbers, dates and times.

    Raises:
        FileRefused: damaged, protected, a bomb, or with too many rows or columns.

    Source: F43.
    """
    _refuse_bombs(path)
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as workbook:
            for name in workbook.sheet_names:
                sheet = workbook.get_sheet_by_name(name)
                if sheet.height:
                    yield from sheet.iter_rows()
                    return
    except python_calamine.CalamineError as error:
        raise FileRefused(_("This XLSX is damaged or protected. Save it once more.")) from error


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            is_dense = unpacked > RATIO_MATTERS_ABOVE and (
                unpacked > MOST_RATIO * path.stat().st_size
            )
            if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or is_dense:
                raise FileRefused(
                    _("This XLSX unpacks to far more than it seems. Save the sheet as CSV.")
                )
            for entry in entries:
                if entry.filename.startswith("xl/worksheets/"):
                    _refuse_far_cells(archive, entry)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise FileRefused(_("This XLSX is damaged or protected. Save it once more.")) from error


def _refuse_far_cells(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Refuse a sheet whose last cell stands so far out that its empty cells fill the memory."""
    most_row, most_column, rest = 0, 0, b""
    with archive.open(entry) as sheet:
        while chunk := sheet.read(CHUNK):
            for letters, digits in CELL.findall(rest + chunk):
                most_row = max(most_row, int(digits))
                most_column = max(most_column, _column(letters))
            rest = chunk[-LONGEST_TAG:]
    if most_row > MOST_ROWS + 1 or most_column > MOST_COLUMNS:
        raise FileRefused(
            _(
                "The sheet reaches to row %(row)s and column %(column)s; at most %(rows)s rows "
                "and %(columns)s columns are taken from XLSX. Save the sheet as CSV."
            )
            % {
                "row": most_row,
                "column": most_column,
                "rows": MOST_ROWS,
                "columns": MOST_COLUMNS,
            }
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
