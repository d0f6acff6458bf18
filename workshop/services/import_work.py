"""What a worker does for an import: read the file, write the rows, take them back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import partial

import pghistory
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.db.backends.utils import CursorWrapper
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from aftersales import days
from aftersales.refusals import Refusal
from workshop.imports import judging, progress, report, staging, undoing, writing
from workshop.imports.refusals import ChangedWhileWriting
from workshop.imports.undoing import Kept, UndoCount
from workshop.models import Import, ImportKind, ImportState
from workshop.services.imports import delete_file, path_of

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
# First key of the advisory locks: the second is the import that has a worker, or what follows.
WORKER_LOCK = 0x696D70
THE_ONE_THAT_WRITES = 0
WRITTEN = (
    "customers_customer, customers_phone, customers_vehicle, customers_vehiclerelation, "
    "workshop_repairorder"
)


def unfinished() -> list[int]:
    """Return the imports that are owed work, the oldest first; perhaps a worker is at it."""
    return list(Import.objects.at_work().order_by("pk").values_list("pk", flat=True))


def work_on(import_id: int, *, now: datetime) -> None:
    """Do what the state of an import asks for, until a person has to decide.

    Returns at once if another worker is at it, or if another import is being written: the
    next ring finds it again. Work that is interrupted, even by the end of the process or of the
    database, is done again from the last whole step.

    Raises:
        DatabaseError: the database went away; call again when it is back.
    """
    with _lock(import_id) as is_mine:
        while is_mine and (batch := Import.objects.at_work().filter(pk=import_id).first()):
            if batch.state == ImportState.READING:
                _attempt(batch, now)
                continue
            # Two that write would wait for each other's rows.
            with _lock(THE_ONE_THAT_WRITES) as is_turn:
                if not is_turn:
                    return
                _attempt(batch, now)


def _attempt(batch: Import, now: datetime) -> None:
    if batch.attempts >= MOST_ATTEMPTS:
        _give_up(batch, _("It was interrupted or overtaken too often."))
        return
    Import.objects.filter(pk=batch.pk).update(attempts=F("attempts") + 1)
    try:
        _WORK[batch.state](batch, now)
    except Refusal as refusal:
        _give_up(batch, str(refusal))
    except (ChangedWhileWriting, IntegrityError) as error:
        log.info("import overtaken: import=%s error=%s", batch.pk, error)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("import failed: import=%s", batch.pk)
        _give_up(batch, _("An error of ours stopped it; the log says which."))


def plan_undo(import_id: int, *, limit: int) -> tuple[list[UndoCount], list[Kept]]:
    """Return what undoing an import would do, and the first rows it would leave as they are."""
    batch = Import.objects.get(pk=import_id)
    with _long_transaction() as cursor:
        return undoing.plan(cursor, batch), undoing.kept(cursor, limit)


@contextmanager
def _lock(number: int) -> Iterator[bool]:
    """Try to hold a lock that the database frees whatever becomes of this process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [WORKER_LOCK, number])
        [is_held] = cursor.fetchone()
    try:
        yield is_held
    finally:
        if is_held:
            _unlock(number)


def _unlock(number: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [WORKER_LOCK, number])
    except (DatabaseError, InterfaceError):
        connection.close()  # the lock ends with the session


def _give_up(batch: Import, problem: str) -> None:
    """Let a person decide: nothing was written, or nothing was taken back."""
    state = ImportState.DONE if batch.state == ImportState.UNDOING else ImportState.FAILED
    Import.objects.filter(pk=batch.pk).update(state=state, problem=problem)


def _read(batch: Import, now: datetime) -> None:
    rows = batch.inspection["rows"]
    tell = partial(progress.tell, batch.pk, "reading", of=rows)
    tell(batch.rows_read)
    staging.stage(batch, path_of(batch), now=now, progress=tell)
    progress.tell(batch.pk, "comparing")
    with _long_transaction() as cursor:
        cursor.execute("ANALYZE workshop_importrow")
        judging.judge(cursor, batch, today=days.local_date(now))
        batch.counts = report.counts(cursor, batch)
        _leave(batch, ImportState.PREVIEW, "counts")


def _write(batch: Import, now: datetime) -> None:
    rows = batch.inspection["rows"]
    of = rows if batch.kind == ImportKind.ORDERS else 0
    progress.tell(batch.pk, "comparing")
    with _long_transaction(batch.pk, batch.confirmed_by_id) as cursor:
        writing.write(
            cursor,
            batch,
            today=days.local_date(now),
            progress=lambda done: progress.tell(batch.pk, "writing", min(done, rows), of),
        )
        batch.counts = report.counts(cursor, batch)
        delete_file_after = partial(delete_file, Import(stored_as=batch.stored_as))
        batch.finished_at, batch.stored_as = Now(), ""
        _leave(batch, ImportState.DONE, "counts", "finished_at", "stored_as")
        transaction.on_commit(delete_file_after)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {WRITTEN}")


def _take_back(batch: Import, now: datetime) -> None:
    progress.tell(batch.pk, "undoing")
    with _long_transaction(batch.pk, batch.undone_by_id) as cursor:
        undone = undoing.undo(cursor, batch)
        batch.counts = batch.counts | {"undone": [asdict(each) for each in undone]}
        _leave(batch, ImportState.UNDONE, "counts")


_WORK: dict[str, Callable[[Import, datetime], None]] = {
    ImportState.READING: _read,
    ImportState.WRITING: _write,
    ImportState.UNDOING: _take_back,
}


@contextmanager
def _long_transaction(
    import_id: int | None = None, user_id: int | None = None
) -> Iterator[CursorWrapper]:
    """Open a transaction without the limits of a request; the history names the import."""
    context = {"import": import_id, "user": user_id} if import_id else {}
    with transaction.atomic(), pghistory.context(**context), connection.cursor() as cursor:
        judging.prepare_transaction(cursor)
        yield cursor


def _leave(batch: Import, state: ImportState, *changed: str) -> None:
    batch.state, batch.attempts = state, 0
    batch.save(update_fields=["state", "attempts", *changed])
