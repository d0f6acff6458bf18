"""Reading the history: who changed what and when, before and after, in words for people.

The rows come from the tables that the triggers of `aftersales.history` write.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from aftersales.models import User

# What nobody asks for: the event says itself which row it is about, and when it was made.
UNSAID = frozenset({"id", "created_at"})

Names: TypeAlias = dict[tuple[type[models.Model], Any], str]


@dataclass(frozen=True)
class FieldChange:
    """One field of a change, readable; empty where there was or is nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One row that was added (insert), changed (update) or deleted (delete).

    `values` are the readable values of the row by field, as the change left or found it.
    """

    at: datetime
    pk: int
    model: type[models.Model]
    action: str
    by: str
    is_direct: bool
    fields: Sequence[FieldChange]
    values: Mapping[str, str]


def changes(
    model: type[models.Model], of: Q, *, before: Q | None = None, limit: int
) -> list[Change]:
    """Return the newest changes of the rows of a tracked model, newest first.

    Args:
        of: which rows, as a condition on the event table.
        before: only events for which this holds.
    """
    event_model: Any = model.pgh_event_model  # type: ignore[attr-defined]
    earlier = event_model.objects.filter(
        pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id")
    ).order_by("-pgh_id")
    events = list(
        event_model.objects.filter(of, before or Q())
        .annotate(earlier_id=Subquery(earlier.values("pgh_id")[:1]))
        .order_by("-pgh_created_at", "-pgh_id")[:limit]
    )
    predecessors = event_model.objects.in_bulk([event.earlier_id for event in events])
    pairs = [(event, predecessors.get(event.earlier_id)) for event in events]
    names = _names(model, [row for pair in pairs for row in pair if row])
    return [_change(model, event, earlier, names) for event, earlier in pairs]


def readable(column: models.Field[Any, Any], value: Any, names: Names | None = None) -> str:
    """Return the value of a model field as people write it, empty if there is none."""
    if value in (None, "", []):
        return ""
    if isinstance(column, ArrayField):
        return ", ".join(readable(column.base_field, item) for item in value)
    if isinstance(column, DateRangeField):
        return _readable_range(value)
    if isinstance(column, models.JSONField):
        return _readable_json(value)
    if isinstance(column, models.ForeignKey):
        is_loaded = isinstance(value, models.Model)
        return (
            str(value)
            if is_loaded
            else (names or {}).get((column.related_model, value), f"#{value}")
        )
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    words = {True: _("yes"), False: _("no")} if isinstance(value, bool) else column.flatchoices
    return str(dict(words).get(value) or formats.localize(local))


def _readable_json(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_readable_json(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(_readable_json, value))
    return str(value)


def _readable_range(value: Any) -> str:
    first, end = (value.lower and formats.localize(value.lower), value.upper)
    if end is None:
        return _("since %(day)s") % {"day": first}
    return _("from %(day)s until %(end)s") % {"day": first, "end": formats.localize(end)}


def _by(context: Mapping[str, Any], names: Names) -> str:
    name = names.get((User, context.get("user")), "")
    if "link" in context:
        return _("the customer, by a link of %(name)s") % {"name": name}
    return name


def _change(model: type[models.Model], event: Any, earlier: Any | None, names: Names) -> Change:
    context = event.pgh_context
    values = {
        column.name: readable(column, getattr(event, column.attname), names)
        for column in _columns(model)
    }
    return Change(
        at=event.pgh_created_at,
        pk=event.pgh_id,
        model=model,
        action=event.pgh_label,
        by=_by(context, names) if context else "",
        is_direct=context is None,
        fields=list(_differences(model, event, earlier, names)),
        values=values,
    )


def _differences(
    model: type[models.Model], event: Any, earlier: Any | None, names: Names
) -> Iterable[FieldChange]:
    before, after = {
        "insert": (None, event),
        "update": (earlier, event),
        "delete": (event, None),
    }[event.pgh_label]
    for column in _columns(model):
        was, now = (row and getattr(row, column.attname) for row in (before, after))
        written = readable(column, was, names), readable(column, now, names)
        if was != now and any(written):
            yield FieldChange(capfirst(str(column.verbose_name)), *written)


def _columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return the columns that the history keeps and that people write."""
    kept = {column.name for column in model.pgh_event_model._meta.fields}  # type: ignore[attr-defined]
    written = kept - UNSAID
    columns = model._meta.concrete_fields
    return [column for column in columns if column.editable and column.name in written]


def _names(model: type[models.Model], events: Sequence[Any]) -> Names:
    """Look up, model by model, the names of everybody and everything the events point at."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for event in events:
        if event.pgh_context and event.pgh_context.get("user"):
            wanted[User].add(event.pgh_context["user"])
        for column in model._meta.concrete_fields:
            if isinstance(column, models.ForeignKey):
                related: Any = column.related_model
                wanted[related].add(getattr(event, column.attname))
    return {
        (related, pk): str(found)
        for related, pks in wanted.items()
        for pk, found in related._base_manager.in_bulk(pks - {None}).items()
    }
