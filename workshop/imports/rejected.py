"""The rejected rows as a file: the columns as they came, and why each row was rejected."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from aftersales.exports import BOM, harmless
from workshop.imports.findings import NOTES, sentence
from workshop.models import Import, ImportRow, Verdict

CHUNK = 1_000


def file_name(batch: Import) -> str:
    """Return the name of the file of an import with a word added."""
    stem = Path(batch.file_name).name.split(".")[0]
    return f"{stem}-{_('rejected')}.csv"


def lines(batch: Import) -> Iterator[str]:
    """Give the file piece by piece; no cell of it is a formula (F40)."""
    language = translation.get_language()
    yield BOM + _csv([[*batch.inspection["headings"], _("Why it was rejected")]])
    last = 0
    while rows := list(
        ImportRow.objects.filter(batch=batch, verdict=Verdict.REJECTED, row_no__gt=last).order_by(
            "row_no"
        )[:CHUNK]
    ):
        last = rows[-1].row_no
        # The answer is sent after the language of the request has ended.
        with translation.override(language or "en"):
            yield _csv([[*row.cells, _why(row)] for row in rows])


def _why(row: ImportRow) -> str:
    """Return what rejects a row, each column by its name."""
    return " ".join(
        f"{each['column']}: {sentence(each)}" if each["column"] else sentence(each)
        for each in [*row.findings, *row.conflicts]
        if each["reason"] not in NOTES
    )


def _csv(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([harmless(str(cell)) for cell in row] for row in rows)
    return text.getvalue()
