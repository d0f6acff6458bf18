"""Customers named in an uploaded file: file numbers, phone numbers, plates, VINs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from workshop.imports import files


def people_in(upload: UploadedFile[bytes]) -> list[str]:
    """Return the first cell of each row.

    Raises:
        FileRefused: it is neither CSV nor XLSX, damaged, or too large.
    """
    with NamedTemporaryFile() as kept:
        for chunk in upload.chunks():
            kept.write(chunk)
        kept.flush()
        path = Path(kept.name)
        form = files.recognize(path)
        if not form.is_xlsx:
            encoding = files.candidates(path, form)[0]
            delimiter = files.sniff_delimiter(path, form, encoding)
            form = replace(form, encoding=encoding, delimiter=delimiter)
        cells = [_text(row[0]) for _row_no, row in files.rows(path, form)]
    return [cell for cell in cells if cell]


def _text(cell: Any) -> str:
    """Return a cell as it is read: workbooks keep telephone numbers as numbers."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
