"""What a person has to see of a file before its columns can be chosen.

An inspection is stored as JSON with the import:

    {"form": {…}, "encodings": {}, "heading_row": 1, "headings": […], "rows": 332420,
     "values": {"Status": ["CLOSED", …]}, "sample": [[…], …],
     "sample_rows": [2, …], "sample_cells": [[…], …]}

The sample is text to look at; its cells are what a spreadsheet keeps, dates as [ISO text].
As long as nobody has chosen the encoding, "encodings" holds the first rows in each that is
possible, and the rest is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from workshop.imports import encodings, files, headings
from workshop.imports.files import Cell, FileFormat
from workshop.imports.refusals import FileRefused

SAMPLE = 10
TITLES_ABOVE_HEADINGS = 10
# A column with more different texts than this is no list of words.
MOST_WORDS = 60
LONGEST_WORD = 100
LONGEST_SHOWN = 200


def inspect(path: Path, encoding: str = "") -> dict[str, Any]:
    """Return the inspection of a file, read once from the beginning to the end.

    Args:
        encoding: what a person chose; without it the file has to be certain.

    Raises:
        FileRefused: it cannot be imported.
    """
    form = files.recognize(path)
    if form.is_xlsx:
        return _contents(path, form)
    possible = [encoding] if encoding else files.candidates(path, form)
    forms = {name: _with_encoding(path, form, name) for name in possible}
    if not encoding and (len(possible) > 1 or possible[0] not in encodings.CERTAIN):
        first_rows = {
            name: [_shown(cells) for _no, cells in islice(files.rows(path, each), SAMPLE)]
            for name, each in forms.items()
        }
        return {"form": form.as_json(), "encodings": first_rows}
    return _contents(path, forms[possible[0]])


def _with_encoding(path: Path, form: FileFormat, encoding: str) -> FileFormat:
    delimiter = files.sniff_delimiter(path, form, encoding)
    return replace(form, encoding=encoding, delimiter=delimiter)


def _contents(path: Path, form: FileFormat) -> dict[str, Any]:
    source = files.rows(path, form)
    first = list(islice(source, TITLES_ABOVE_HEADINGS))
    if not first:
        raise FileRefused(_("The file is empty."))
    place = headings.row_of_headings([_shown(cells) for _row_no, cells in first])
    heading_row, cells = first[place]
    names = headings.named(_shown(cells))
    words: list[set[str] | None] = [set() for _name in names]
    sample: list[tuple[int, list[Cell]]] = []
    rows = 0
    for row_no, row in chain(first[place + 1 :], source):
        rows += 1
        if len(sample) < SAMPLE:
            sample.append((row_no, row))
        _note_words(words, row)
    if not rows:
        raise FileRefused(_("The file has headings, but no rows."))
    return {
        "form": form.as_json(),
        "encodings": {},
        "heading_row": heading_row,
        "headings": names,
        "rows": rows,
        "values": {name: sorted(found) for name, found in zip(names, words, strict=True) if found},
        "sample": [_padded(_shown(row), len(names)) for _row_no, row in sample],
        "sample_rows": [row_no for row_no, _row in sample],
        "sample_cells": [[_kept(cell) for cell in row] for _row_no, row in sample],
    }


def sample_of(inspection: dict[str, Any]) -> list[tuple[int, list[Cell]]]:
    """Return the first rows with their numbers, as they would be read from the file."""
    return [
        (row_no, [_as_read(cell) for cell in row])
        for row_no, row in zip(inspection["sample_rows"], inspection["sample_cells"], strict=True)
    ]


def _kept(cell: Cell) -> str | float | list[str]:
    if isinstance(cell, date):
        return [cell.isoformat()]
    return cell if isinstance(cell, str | float | int) else str(cell)


def _as_read(cell: str | float | list[str]) -> Cell:
    if not isinstance(cell, list):
        return cell
    [text] = cell
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _note_words(words: list[set[str] | None], row: Sequence[Cell]) -> None:
    for place, (found, cell) in enumerate(zip(words, row, strict=False)):
        if found is not None and isinstance(cell, str) and cell not in found:
            found.add(cell)
            if len(found) > MOST_WORDS or len(cell) > LONGEST_WORD:
                words[place] = None


def _shown(cells: Sequence[Cell]) -> list[str]:
    return [
        str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)[:LONGEST_SHOWN]
        for cell in cells
    ]


def _padded(cells: list[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))][:width]
