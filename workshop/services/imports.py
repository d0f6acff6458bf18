"""The life of an import: uploaded, read, confirmed, written, undone.

A person decides, a worker does the work. What a worker owes stands in the state of the row:
one that dies leaves its last whole step behind, and the next one goes on from there.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerSilent

from aftersales.models import User
from aftersales.refusals import Refusal
from workshop.imports import inspection
from workshop.imports.layout import Layout
from workshop.imports.refusals import FileRefused
from workshop.models import NOTHING_WRITTEN, Import, ImportProfile, ImportRow, ImportState

log = logging.getLogger(__name__)

KEPT_UNCONFIRMED = timedelta(hours=24)


class NotNow(Refusal):
    """The import is in a state that does not allow this."""

    def __init__(self, batch: Import) -> None:
        super().__init__(
            _("This import is in another state by now: %(state)s.")
            % {"state": batch.get_state_display()}
        )
        self.current = batch


def folder() -> Path:
    """Return the folder of the uploaded files; it is made if need be."""
    path = Path(settings.MEDIA_ROOT) / "imports"
    path.mkdir(parents=True, exist_ok=True)
    return path


def path_of(batch: Import) -> Path:
    """Return where the file of an import lies."""
    return folder() / batch.stored_as


def upload(
    file: File,  # type: ignore[type-arg]
    *,
    kind: str,
    by: User | None,
    layout: Layout | None = None,
) -> Import:
    """Keep a file under a random name and look what is in it; nothing is imported yet.

    Args:
        layout: how such files are read, as far as it is known already.

    Raises:
        FileRefused: it cannot be imported as it is.
    """
    stored_as = secrets.token_hex(16)
    path = folder() / stored_as
    digest = hashlib.sha256()
    try:
        with path.open("xb") as target:
            for chunk in file.chunks():
                digest.update(chunk)
                target.write(chunk)
        found = inspection.inspect(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Import.objects.create(
        kind=kind,
        file_name=Path(file.name or "").name[-200:],
        stored_as=stored_as,
        file_hash=digest.hexdigest(),
        inspection=found,
        layout=layout.as_json() if layout else {},
        created_by=by,
    )


def choose_encoding(import_id: int, encoding: str) -> Import:
    """Read the file in the encoding that a person recognized.

    Raises:
        FileRefused: the encoding was not among those offered, or the file is damaged.
        NotNow: the columns are chosen already.
    """
    with _locked(import_id, ImportState.UPLOADED) as batch:
        if encoding not in batch.inspection["encodings"]:
            raise FileRefused(_("The file is not written in the chosen encoding."))
        batch.inspection = inspection.inspect(path_of(batch), encoding)
        batch.save(update_fields=["inspection"])
    return batch


def start_reading(import_id: int, layout: Layout) -> Import:
    """Let a worker read the file by a layout and compare it with what is known.

    Raises:
        LayoutRefused: the layout does not fit the file.
        NotNow: the import is at work, or written.
    """
    with _locked(import_id, *NOTHING_WRITTEN) as batch:
        layout.check(batch.kind, batch.inspection.get("headings", []))
        ImportRow.objects.filter(batch=batch).delete()
        batch.layout, batch.rows_read, batch.counts = layout.as_json(), 0, {}
        _enter(batch, ImportState.READING, "layout", "rows_read", "counts")
    return batch


def confirm(import_id: int, *, by: User | None, now: datetime) -> Import:
    """Let a worker write what the preview shows."""
    with _locked(import_id, ImportState.PREVIEW) as batch:
        batch.confirmed_by, batch.confirmed_at = by, now
        _enter(batch, ImportState.WRITING, "confirmed_by", "confirmed_at")
    return batch


def undo(import_id: int, *, by: User | None, now: datetime) -> Import:
    """Let a worker take back what an import wrote."""
    with _locked(import_id, ImportState.DONE) as batch:
        batch.undone_by, batch.undone_at = by, now
        _enter(batch, ImportState.UNDOING, "undone_by", "undone_at")
    return batch


def discard(import_id: int) -> None:
    """Delete an import that has written nothing, with its file."""
    with _locked(import_id, *NOTHING_WRITTEN) as batch:
        delete_file(batch)
        batch.delete()


def save_profile(kind: str, name: str, layout: Layout) -> ImportProfile:
    """Keep a layout under a name; the same name is overwritten."""
    profile, _created = ImportProfile.objects.update_or_create(
        kind=kind, name=name, defaults={"layout": layout.as_json()}
    )
    return profile


def discard_forgotten(*, now: datetime) -> int:
    """Discard imports that nobody confirmed within a day, and return how many (F41)."""
    forgotten = Import.objects.nothing_written().filter(created_at__lt=now - KEPT_UNCONFIRMED)
    ids = list(forgotten.values_list("pk", flat=True))
    for import_id in ids:
        discard(import_id)
    _delete_orphans(now=now)
    return len(ids)


def _delete_orphans(*, now: datetime) -> None:
    """Delete files that no import knows any more: a process died before it could."""
    known = set(Import.objects.exclude(stored_as="").values_list("stored_as", flat=True))
    for path in folder().iterdir():
        is_old = path.stat().st_mtime < (now - KEPT_UNCONFIRMED).timestamp()
        if is_old and path.name not in known:
            path.unlink(missing_ok=True)


@contextmanager
def _locked(import_id: int, *allowed: str) -> Iterator[Import]:
    with transaction.atomic():
        batch = Import.objects.select_for_update(of=("self",)).get(pk=import_id)
        if batch.state not in allowed:
            raise NotNow(batch)
        yield batch


def _enter(batch: Import, state: ImportState, *changed: str) -> None:
    """Hand the import to a worker, who is rung when the transaction has ended."""
    batch.state, batch.attempts, batch.problem = state, 0, ""
    batch.save(update_fields=["state", "attempts", "problem", *changed])
    transaction.on_commit(partial(_ring, batch.pk))


def _ring(import_id: int) -> None:
    try:
        current_app.send_task("workshop.work_on_import", args=[import_id], retry=False)
    except BrokerSilent as error:
        log.warning("no doorbell: import=%s error=%s", import_id, error)


def delete_file(batch: Import) -> None:
    """Delete the file of an import; what its rows said stays."""
    if batch.stored_as:
        path_of(batch).unlink(missing_ok=True)
