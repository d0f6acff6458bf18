"""Consultations: somebody came to ask, without a car to repair."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from aftersales import days
from aftersales.history import changed_since, changes_by
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile
from customers.models import Consultation
from customers.services.files import lock_file


def record_consultation(
    *, by: User, fields: Mapping[str, Any], ended_at: datetime, now: datetime
) -> Consultation:
    """Record who came, about what, and who talked to them: `by` unless `fields` say otherwise.

    Raises:
        ValidationError: it has not ended yet, or decades ago.
        FileWasMerged: the customer's file is part of another one.

    Source: FUP-14, R-04.
    """
    _refuse_wrong_time(ended_at, now=now)
    with changes_by(by):
        lock_file(fields["customer"].pk)
        consultation = Consultation.objects.create(**{"held_by": by, **fields}, ended_at=ended_at)
    consultation.refresh_from_db()
    return consultation


def correct_consultation(
    consultation_id: int, *, by: User, version: int, changes: Mapping[str, Any], now: datetime
) -> Consultation:
    """Correct what a consultation says, unless somebody else corrected the same since.

    Args:
        version: the version that the writer saw when he began to type.
        changes: new values of `topic`, `notes`, `vehicle` and `ended_at`.

    Raises:
        ChangedMeanwhile: one of these fields was changed since `version`.
        ValidationError: it has not ended yet, or decades ago.
    """
    if "ended_at" in changes:
        _refuse_wrong_time(changes["ended_at"], now=now)
    with changes_by(by):
        consultation = Consultation.objects.select_for_update().get(pk=consultation_id)
        if consultation.version != version and changed_since(consultation, version, changes):
            raise ChangedMeanwhile(consultation)
        for name, value in changes.items():
            setattr(consultation, name, value)
        consultation.save(update_fields=list(changes))
        consultation.refresh_from_db()
    return consultation


def _refuse_wrong_time(ended_at: datetime, *, now: datetime) -> None:
    if ended_at > now:
        raise ValidationError({"ended_at": _("This time has not come yet.")})
    if ended_at < days.start_of_day(days.FIRST_DAY):
        raise ValidationError({"ended_at": _("This is too long ago to be right.")})
