"""Consultations: somebody came to ask, without a car to repair."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from aftersales import days
from aftersales.history import changes_by
from aftersales.models import User
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
    if ended_at > now:
        raise ValidationError({"ended_at": _("This time has not come yet.")})
    if ended_at < days.start_of_day(days.FIRST_DAY):
        raise ValidationError({"ended_at": _("This is too long ago to be right.")})
    with changes_by(by):
        lock_file(fields["customer"].pk)
        consultation = Consultation.objects.create(**{"held_by": by, **fields}, ended_at=ended_at)
    consultation.refresh_from_db()
    return consultation
