"""History that no write path escapes: triggers in the database write it.

`@tracked` on a model records every INSERT, UPDATE and DELETE with the row as it then
was, refuses TRUNCATE, and counts `version` up on every change, whoever makes it: a
page, the API, an import, or a person with SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pghistory
import pgtrigger
from django.db import models, transaction

if TYPE_CHECKING:
    from aftersales.models import User


@contextmanager
def changes_by(user: User) -> Iterator[UUID]:
    """Do one business action: all of it or nothing, with `user` named in the history.

    Gives the id under which the history keeps the action together (`pgh_context_id`).
    """
    with transaction.atomic(), pghistory.context(user=user.pk) as context:
        yield context.id


def changed_since(row: models.Model, version: int, fields: Iterable[str]) -> bool:
    """Say whether one of the fields was different when the row had this version."""
    events: Any = row.pgh_event_model  # type: ignore[attr-defined]
    seen = events.objects.filter(pgh_obj_id=row.pk, version=version).first()
    return seen is None or any(getattr(seen, name) != getattr(row, name) for name in fields)


def tracked(
    *, exclude: list[str] | None = None
) -> Callable[[type[models.Model]], type[models.Model]]:
    """Return a decorator that keeps the history of a model without the `exclude`d columns."""

    def decorate(model: type[models.Model]) -> type[models.Model]:
        pgtrigger.register(
            pgtrigger.Trigger(
                name="no_truncate",
                operation=pgtrigger.Truncate,
                when=pgtrigger.Before,
                level=pgtrigger.Statement,
                func=f"RAISE EXCEPTION '{model._meta.db_table} keeps a history: no TRUNCATE';",
            ),
            pgtrigger.Trigger(
                name="count_version",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                # PostgreSQL computes generated columns after this trigger.
                condition=pgtrigger.AnyChange(
                    *(
                        field.name
                        for field in model._meta.fields
                        if not isinstance(field, models.GeneratedField)
                        and field.name not in (exclude or [])
                    )
                ),
                func="NEW.version = OLD.version + 1; RETURN NEW;",
            ),
        )(model)
        decorated: type[models.Model] = pghistory.track(
            pghistory.InsertEvent(),
            # A statement-level trigger would join the rows before and after by nested loops.
            pghistory.UpdateEvent(level=pgtrigger.Row),
            pghistory.DeleteEvent(),
            exclude=exclude,
        )(model)
        return decorated

    return decorate
