"""Uploaded files, row by row: CSV in any of the known encodings, packed or not, and XLSX.

Whatever is wrong with a file as a whole is said with `FileRefused`; what is wrong with a row
is said later, row by row.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from django.utils.translation import gettext as _

from workshop.imports import encodings, spreadsheets
from workshop.imports.refusals import FileRefused

Cell: TypeAlias = str | float | datetime | date | time

MOST_BYTES = 200_000_000
MOST_BYTES_UNPACKED = 1_000_000_000
MOST_COLUMNS = 200
CHUNK = 1 << 20
DELIMITERS = (",", ";", "\t", "|")

GZIP, ZIP, OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class FileFormat:
    """How the cells of a file are found."""

    is_xlsx: bool = False
    is_packed: bool = False
    encoding: str = ""
    delimiter: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def recognize(path: Path) -> FileFormat:
    """Say what kind of file this is; encoding and delimiter stay open.

    Raises:
        FileRefused: it is empty, too large, or no CSV and no XLSX.
    """
    with path.open("rb") as file:
        start = file.read(8)
    size = path.stat().st_size
    if not size:
        raise FileRefused(_("The file is empty."))
    if size > MOST_BYTES:
        raise FileRefused(
            _("The file has %(size)s MB; at most %(most)s MB are taken. Split it.")
            % {"size": size // 1_000_000, "most": MOST_BYTES // 1_000_000}
        )
    if start.startswith(ZIP):
        return FileFormat(is_xlsx=True)
    if start.startswith(OLD_EXCEL):
        raise FileRefused(
            _("This is a file of an old or protected Excel. Save it as XLSX without a password.")
        )
    return FileFormat(is_packed=start.startswith(GZIP))


def candidates(path: Path, form: FileFormat) -> list[str]:
    """Return the encodings that a text file may have.

    Raises:
        FileRefused: no text, or damaged, or too large when unpacked.
    """

    def read() -> Iterator[bytes]:
        with _opened(path, form) as file:
            while chunk := file.read(CHUNK):
                yield chunk

    with _refusing_damage():
        is_text = not next(read(), b"").startswith((ZIP, OLD_EXCEL))
        found = encodings.candidates(read) if is_text else []
    if not found:
        raise FileRefused(_("This is neither CSV nor XLSX, or it is damaged."))
    return found


def sniff_delimiter(path: Path, form: FileFormat, encoding: str) -> str:
    """Return the delimiter with which the first lines fall into the same number of cells."""
    with _refusing_damage(), _text(path, form, encoding) as text:
        lines = [line for _line, line in zip(range(20), text, strict=False) if line.strip()]
        return max(DELIMITERS, key=lambda delimiter: _fit(lines, delimiter))


def _fit(lines: list[str], delimiter: str) -> tuple[int, int]:
    """Return how many lines have the usual number of cells, and that number."""
    widths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter)]
    usual = max(set(widths), key=widths.count, default=1)
    return (widths.count(usual) if usual > 1 else 0, usual)


def rows(path: Path, form: FileFormat) -> Iterator[tuple[int, list[Cell]]]:
    """Give every row that is not blank, with its number as a spreadsheet counts rows.

    Raises:
        FileRefused: damaged, too large, too many columns.
    """
    with _refusing_damage():
        if form.is_xlsx:
            source: Iterator[list[Any]] = spreadsheets.rows(path)
            yield from ((row_no, cells) for row_no, cells in _not_blank(source))
            return
        with _text(path, form, form.encoding) as text:
            yield from _not_blank(csv.reader(text, delimiter=form.delimiter))


def _not_blank(source: Iterator[list[Any]]) -> Iterator[tuple[int, list[Cell]]]:
    for row_no, cells in enumerate(source, start=1):
        if len(cells) > MOST_COLUMNS:
            raise FileRefused(
                _("Row %(row)s has %(columns)s columns; at most %(most)s are taken.")
                % {"row": row_no, "columns": len(cells), "most": MOST_COLUMNS}
            )
        if not _is_blank(cells):
            yield row_no, cells


def _is_blank(cells: list[Any]) -> bool:
    try:
        joined = "".join(cells)
    except TypeError:  # a workbook has numbers and dates as well
        return False
    return not joined or joined.isspace()


class _Unpacked(gzip.GzipFile):
    """A packed file that stops before it fills the memory or the disk."""

    _given = 0

    def read(self, size: int | None = -1) -> bytes:
        return self._counted(super().read(size))

    def read1(self, size: int = -1) -> bytes:
        return self._counted(super().read1(size))

    def _counted(self, chunk: bytes) -> bytes:
        self._given += len(chunk)
        if self._given > MOST_BYTES_UNPACKED:
            raise FileRefused(
                _("Unpacked the file has more than %(most)s MB. Split it.")
                % {"most": MOST_BYTES_UNPACKED // 1_000_000}
            )
        return chunk


def _opened(path: Path, form: FileFormat) -> BinaryIO:
    return _Unpacked(path) if form.is_packed else path.open("rb")  # type: ignore[return-value]


def _text(path: Path, form: FileFormat, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(_opened(path, form), encoding, errors="strict", newline="")


@contextmanager
def _refusing_damage() -> Iterator[None]:
    """Turn what the readers raise about a bad file into a refusal that says what helps."""
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileRefused(_("The packed file is damaged. Pack it once more.")) from error
    except UnicodeDecodeError as error:
        raise FileRefused(_("The file is not written in the chosen encoding.")) from error
    except csv.Error as error:
        raise FileRefused(
            _("The file cannot be split into cells; perhaps a quotation mark is missing (%(why)s).")
            % {"why": error}
        ) from error
