"""Measures: entered in the weekly meeting, changed, checked off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile
from followups.models import Matter
from reports.models import Measure


def enter_measure(
    *,
    week: date,
    department: str,
    text: str,
    owner: User,
    due_on: date,
    matter: Matter | None = None,
    by: User,
    today: date,
) -> Measure:
    """Enter what was decided about the week that begins on `week`.

    Raises:
        ValidationError: nothing is said, or the day is over.

    Source: FUP-17.
    """
    _refuse_empty(text)
    _refuse_past(due_on, today)
    with changes_by(by):
        return Measure.objects.create(
            week=week,
            department=department,
            text=text.strip(),
            owner=owner,
            due_on=due_on,
            matter=matter,
        )


def change_measure(
    measure_id: int, *, by: User, version: int, changes: Mapping[str, Any], today: date
) -> Measure:
    """Change what is done, by whom and until when; a day that stays may be over.

    Raises:
        ChangedMeanwhile
        ValidationError: as `enter_measure`.
    """
    with changes_by(by):
        measure = _lock(measure_id, version)
        if changes["due_on"] != measure.due_on:
            _refuse_past(changes["due_on"], today)
        _refuse_empty(changes["text"])
        for name, value in changes.items():
            setattr(measure, name, value)
        measure.save(update_fields=list(changes))
        measure.refresh_from_db()
    return measure


def check_off(measure_id: int, *, by: User, version: int, today: date) -> Measure:
    """Set the check mark: it is done.

    Raises:
        ChangedMeanwhile
    """
    return _mark(measure_id, by=by, version=version, done={"done_on": today, "done_by": by})


def take_back_check(measure_id: int, *, by: User, version: int) -> Measure:
    """Take the check mark away: it was not done after all.

    Raises:
        ChangedMeanwhile
    """
    return _mark(measure_id, by=by, version=version, done={"done_on": None, "done_by": None})


def _mark(measure_id: int, *, by: User, version: int, done: Mapping[str, Any]) -> Measure:
    with changes_by(by):
        measure = _lock(measure_id, version)
        measure.done_on, measure.done_by = done["done_on"], done["done_by"]
        measure.save(update_fields=["done_on", "done_by"])
        measure.refresh_from_db()
    return measure


def _lock(measure_id: int, version: int) -> Measure:
    measure = Measure.objects.select_for_update().get(pk=measure_id)
    if measure.version != version:
        raise ChangedMeanwhile(measure)
    return measure


def _refuse_empty(text: str) -> None:
    if not text.strip():
        raise ValidationError({"text": _("Write down what is to be done.")})


def _refuse_past(due_on: date, today: date) -> None:
    if due_on < today:
        raise ValidationError({"due_on": _("This day is over.")})
