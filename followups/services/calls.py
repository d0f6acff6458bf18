"""What came of a call: one line in the register, and everything that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from aftersales import days
from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import Refusal
from customers.services import files
from followups.models import Call, CallDraft, Direction
from followups.services import survey
from followups.services.claims import ClaimLost, lock_claim
from followups.services.recording import Recording, written
from followups.services.told import ANSWERS, Told


class AlreadyCorrected(Refusal):
    """Another line corrects this one; correct that one."""

    def __init__(self, call: Call) -> None:
        super().__init__(
            _("This line is corrected already by %(number)s. Correct that one instead.")
            % {"number": call.record_no}
        )
        self.correction = call


def record_call(customer_id: int, *, number: int, told: Told, by: User, now: datetime) -> Call:
    """Record a call that one made to a customer one holds, and set him free.

    Args:
        number: the claim's, as one got it; it was another one's since if it is older.

    Raises:
        ClaimLost: somebody else took over, or it is recorded already.
        FileWasMerged: the file became part of another one meanwhile.
        NotOnTheAgenda: a follow-up is not open any more.
        ValidationError: a note, a date, or a required answer is missing; names the field.

    Source: FUP-03, FUP-04, REG-01, R-37.
    """
    return _record(customer_id, told, number=number, by=by, now=now, direction=Direction.OUTBOUND)


def record_inbound(
    customer_id: int, *, told: Told, by: User, now: datetime, number: int | None = None
) -> Call:
    """Record a call that came in; what was due may be settled with it if one holds the customer.

    Raises: as `record_call`.

    Source: REG-01, R-44.
    """
    if number is None and told.agenda:
        raise ClaimLost
    return _record(customer_id, told, number=number, by=by, now=now, direction=Direction.INBOUND)


def correct_call(
    call_id: int,
    *,
    by: User,
    changes: Mapping[str, Any],
    reason: str,
    operation: UUID,
    now: datetime,
) -> Call:
    """Write a line that corrects an earlier one; both stay in the register.

    What follows from the call, follow-ups and matters, stays as it is.

    Args:
        changes: values of `ANSWERS`.

    Raises:
        AlreadyCorrected: a later line corrects it.
        ValidationError: no reason was given, or an answer can't be right.

    Source: REG-01.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is corrected.")})
    survey.refuse_wrong_scores(changes.get("scores", {}))
    with changes_by(by):
        call = Call.objects.select_for_update().get(pk=call_id)
        if known := Call.objects.filter(operation=operation, handler=by).first():
            return known
        if later := Call.objects.filter(corrects=call).first():
            raise AlreadyCorrected(later)
        call.pk, call._state.adding = None, True
        for name in ANSWERS:
            if name in changes:
                setattr(call, name, changes[name])
        call.year = days.local_date(now).year
        call.corrects_id, call.correction_reason = call_id, reason.strip()
        call.operation, call.handler, call.recorded_at = operation, by, now
        return written(call)


@transaction.atomic
def save_draft(
    customer_id: int,
    *,
    by: User,
    fields: Mapping[str, Any],
    now: datetime,
    operation: UUID | None = None,
) -> None:
    """Keep what somebody has typed about a customer until the call is recorded.

    Args:
        operation: the number of the call; what still arrives after it was recorded is old.
    """
    if operation is None or not Call.objects.filter(operation=operation).exists():
        CallDraft.objects.update_or_create(
            user=by, customer_id=customer_id, defaults={"fields": dict(fields), "saved_at": now}
        )


def _record(
    customer_id: int,
    told: Told,
    *,
    number: int | None,
    by: User,
    now: datetime,
    direction: Direction,
) -> Call:
    same = Call.objects.filter(operation=told.operation, handler=by)
    with changes_by(by):
        try:
            # Who sends it twice at the same moment waits here.
            customer = files.lock_file(customer_id)
        except files.FileWasMerged:
            if known := same.first():
                return known
            raise
        if known := same.first():
            return known
        held = None if number is None else lock_claim(customer_id, number=number, by=by)
        recording = Recording(customer, told, held=held, by=by, now=now, direction=direction)
        return recording.write()
