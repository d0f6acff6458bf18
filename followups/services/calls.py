"""What came of a call: one line in the register, and everything that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from aftersales import days
from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import Refusal
from customers.models import Channel, ContactPurpose, ContactRefusal, Customer
from customers.services import files
from followups import contact, rules
from followups.models import (
    ENDED_AS,
    AgendaItem,
    Call,
    CallDraft,
    CallKind,
    Claim,
    Direction,
    Ending,
    FollowUp,
    Kind,
    Policy,
)
from followups.outcomes import OUTCOMES, Outcome, Retry
from followups.services import survey
from followups.services.claims import ClaimLost, lock_claim
from followups.services.matters import open_matters

# What the caller writes down; everything else on the line the house knows itself.
WORDS = (
    "contact_name",
    "vehicle_use",
    "opinion",
    "new_needs",
    "requests",
    "hopes",
    "complaints",
    "told",
    "answered_now",
    "to_study",
    "note",
)
ANSWERS = (*WORDS, "scores", "score_reasons", "promise_kept")


class NotOnTheAgenda(Refusal):
    """A follow-up was named that this customer doesn't have open."""

    def __init__(self) -> None:
        super().__init__(_("Not everything on the agenda is still open for this customer."))


class AlreadyCorrected(Refusal):
    """Another line corrects this one; correct that one."""

    def __init__(self, call: Call) -> None:
        super().__init__(
            _("This line is corrected already by %(number)s. Correct that one instead.")
            % {"number": call.record_no}
        )
        self.correction = call


@dataclass(frozen=True)
class Told:
    """What somebody tells of a call.

    Attributes:
        operation: a number of the sender's; sent twice, the call is written once.
        agenda: follow-up → whether this call settles it. None: all that is due, if the
            outcome closes.
        callback_at: when the customer wants to be called.
        answers: values of `ANSWERS`.
        phone_used: the number dialed, or that called.
    """

    outcome: str
    started_at: datetime
    operation: UUID
    phone_used: str = ""
    agenda: Mapping[int, bool] | None = None
    callback_at: datetime | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    kind: str = CallKind.OTHER

    @property
    def result(self) -> Outcome:
        return OUTCOMES[self.outcome]


def record_call(customer_id: int, *, number: int, told: Told, by: User, now: datetime) -> Call:
    """Record a call that one made to a customer one holds, and set him free.

    Args:
        number: the claim's, as one got it; it was another one's since if it is older.

    Raises:
        ClaimLost: somebody else took over, or it is recorded already.
        NotOnTheAgenda: a follow-up is not open any more.
        ValidationError: a note, a date, or a required answer is missing; names the field.

    Source: FUP-03, FUP-04, REG-01, R-37.
    """
    with changes_by(by):
        if known := _recorded_before(told, by=by):
            return known
        held = lock_claim(customer_id, number=number, by=by)
        recording = _Recording(held, told, by=by, now=now, direction=Direction.OUTBOUND)
        return recording.write()


def record_inbound(
    customer_id: int, *, told: Told, by: User, now: datetime, number: int | None = None
) -> Call:
    """Record a call that came in; what was due may be settled with it if one holds the customer.

    Raises: as `record_call`.

    Source: REG-01, R-44.
    """
    with changes_by(by):
        if known := _recorded_before(told, by=by):
            return known
        held = None if number is None else lock_claim(customer_id, number=number, by=by)
        if held is None and told.agenda:
            raise ClaimLost
        if held is None:
            held = Claim(customer_id=customer_id)
        recording = _Recording(held, told, by=by, now=now, direction=Direction.INBOUND)
        return recording.write()


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
        if known := Call.objects.filter(operation=operation, handler=by).first():
            return known
        call = Call.objects.select_for_update().get(pk=call_id)
        if later := Call.objects.filter(corrects=call).first():
            raise AlreadyCorrected(later)
        call.pk, call._state.adding = None, True
        for name in ANSWERS:
            if name in changes:
                setattr(call, name, changes[name])
        call.year = days.local_date(now).year
        call.corrects_id, call.correction_reason = call_id, reason.strip()
        call.operation, call.handler = operation, by
        return _written(call)


@transaction.atomic
def save_draft(customer_id: int, *, by: User, fields: Mapping[str, Any], now: datetime) -> None:
    """Keep what somebody has typed about a customer until the call is recorded."""
    CallDraft.objects.update_or_create(
        user=by, customer_id=customer_id, defaults={"fields": dict(fields), "saved_at": now}
    )


class _Recording:
    """One call on its way into the register: its customer, his agenda, and what it changes."""

    def __init__(
        self, held: Claim, told: Told, *, by: User, now: datetime, direction: Direction
    ) -> None:
        self.held, self.told, self.by, self.now, self.direction = held, told, by, now, direction
        self.today = days.local_date(now)
        self.policy = Policy.objects.current()
        self.customer = Customer.objects.prefetch_related("phones").get(pk=held.customer_id)
        self.agenda = self._agenda()
        self.outcome = told.result

    def write(self) -> Call:
        closing = {item.pk for item in self.agenda if self._is_settled(item)}
        survey.refuse_incomplete(
            self.told,
            is_first_call=any(
                item.kind == Kind.FIRST_CALL and item.pk in closing for item in self.agenda
            ),
            now=self.now,
        )
        self._note_number()
        attempts = {item.pk: item.attempts + 1 for item in self.agenda}
        for item in self.agenda:
            self._carry_on(item, is_settled=item.pk in closing)
        if self.outcome.forbids_calls:
            self._take_at_his_word()
        call = _written(self._line(attempts))
        AgendaItem.objects.bulk_create(
            AgendaItem(
                call=call,
                follow_up=item,
                attempt=attempts[item.pk],
                closed=item.closed_at is not None,
            )
            for item in self.agenda
        )
        open_matters(call, owner=self.by, today=self.today, days=self.policy.report_days)
        CallDraft.objects.filter(user=self.by, customer=self.customer).delete()
        self._set_free()
        return call

    def _agenda(self) -> list[FollowUp]:
        """Lock what the call is about: what was named, or all that is due."""
        related = FollowUp.objects.filter(customer=self.customer).open().calls()
        if self.told.agenda is not None:
            related = related.filter(pk__in=self.told.agenda)
        elif self.direction == Direction.INBOUND:
            return []
        else:
            related = related.due(today=self.today, now=self.now)
        found = list(
            related.select_for_update(of=("self",))
            .select_related(
                "order__vehicle",
                "consultation__vehicle",
                "first_call__order__vehicle",
                "first_call__consultation__vehicle",
            )
            .order_by("due_on", "pk")
        )
        if self.told.agenda is not None and len(found) != len(self.told.agenda):
            raise NotOnTheAgenda
        return found

    def _is_settled(self, item: FollowUp) -> bool:
        named = True if self.told.agenda is None else self.told.agenda[item.pk]
        return self.outcome.closes and named

    def _carry_on(self, item: FollowUp, *, is_settled: bool) -> None:
        """Close a follow-up, count the try, or note the promise."""
        if self.outcome.counts:
            item.attempts += 1
            if item.tried_on != self.today:
                item.days_tried += 1
            item.tried_on = self.today
        if is_settled:
            self._close(item, Ending.REACHED)
        elif self.outcome.forbids_calls:
            self._close(item, Ending.REFUSED)
        elif self.outcome.counts and self._was_the_last(item):
            self._close(item, Ending.UNREACHABLE)
        elif self.told.callback_at is not None:
            item.callback_at = self.told.callback_at
            item.promised_by = None if item.owner_id == self.by.pk else self.by
        item.save()

    def _was_the_last(self, item: FollowUp) -> bool:
        if not any(phone.is_usable for phone in self.customer.phones.all()):
            return True
        if self.outcome.most is not None:
            before = item.calls.filter(call__outcome=self.told.outcome).count()
            if before + 1 >= self.outcome.most:
                return True
        return rules.is_last_try(
            days_tried=item.days_tried,
            most_attempts=self.policy.most_attempts,
            day=self.today,
            due_on=item.due_on if item.callback_at is None else days.LAST_DAY,
        )

    def _close(self, item: FollowUp, ending: Ending) -> None:
        item.state, item.ending = ENDED_AS[ending], ending
        item.closed_at, item.closed_on, item.closed_by = self.now, self.today, self.by

    def _note_number(self) -> None:
        if self.outcome.marks_number_bad:
            files.mark_number_bad(self.customer.pk, e164=self.told.phone_used, by=self.by)
            self.customer = Customer.objects.prefetch_related("phones").get(pk=self.customer.pk)

    def _take_at_his_word(self) -> None:
        """Put the customer on the do-not-contact list; what else he was owed by phone ends."""
        forbidden = ContactRefusal.objects.filter(
            contact.refuses_calls(), customer=self.customer
        ).exists()
        if not forbidden:
            files.refuse_contact(
                self.customer.pk,
                by=self.by,
                today=self.today,
                purpose=ContactPurpose.SERVICE,
                channel=Channel.PHONE,
                reason=self.told.answers["note"],
            )
        for item in FollowUp.objects.filter(customer=self.customer).open().calls():
            if item.pk not in {each.pk for each in self.agenda}:
                self._close(item, Ending.DO_NOT_CONTACT)
                item.save()

    def _set_free(self) -> None:
        if self.held.pk is None:
            return
        self.held.number += 1
        self.held.leased_until = None
        self.held.left_by = None
        self.held.not_before = self._not_before()
        self.held.save()

    def _not_before(self) -> datetime | None:
        """Return when the customer may be tried again (R-37)."""
        local = self.now.astimezone(days.shop_zone())
        spaced = {
            Retry.NEVER: None,
            Retry.PROMISED: None,
            Retry.OTHER_NUMBER: None,
            Retry.SPACED: rules.another_part_of_day(local, hours=self.policy.spacing_hours),
            Retry.NEXT_DAY: rules.another_day(local),
        }[self.outcome.retry]
        free = contact.free_again_at(self.customer, policy=self.policy, now=self.now)
        moments = [moment for moment in (spaced, free) if moment and moment > self.now]
        return max(moments, default=None)

    def _line(self, attempts: Mapping[int, int]) -> Call:
        about = self.agenda[0].visit if self.agenda else None
        visit = about and (about.order or about.consultation)
        vehicle = visit.vehicle if visit else None
        orders = [item.visit.order for item in self.agenda if item.visit.order is not None]
        owner = next((item.owner for item in self.agenda if item.owner_id), None)
        answers = {name: value for name, value in self.told.answers.items() if name in ANSWERS}
        return Call(
            year=self.today.year,
            direction=self.direction,
            kind=_kind(self.agenda, self.told),
            customer=self.customer,
            customer_name=self.customer.name,
            vehicle=vehicle,
            plate=vehicle.plate if vehicle else "",
            vehicle_model=vehicle.model if vehicle else "",
            order_number=", ".join(order.number for order in orders)[:200],
            left_on=about.fact_on if about and about.order_id else None,
            phone_used=self.told.phone_used,
            started_at=min(self.told.started_at, self.now),
            ended_at=self.now,
            attempt=(
                max(attempts.values(), default=1) if self.direction == Direction.OUTBOUND else None
            ),
            outcome=self.told.outcome,
            callback_at=self.told.callback_at,
            handler=self.by,
            on_behalf_of=owner if owner != self.by else None,
            operation=self.told.operation,
            **answers,
        )


def _kind(agenda: list[FollowUp], told: Told) -> str:
    """Return what the register calls it: after the first thing on the agenda."""
    kinds = {item.kind for item in agenda}
    for kind in (Kind.FIRST_CALL, Kind.SECOND_CALL):
        if kind in kinds:
            return CallKind(kind)
    return CallKind(told.kind)


def _recorded_before(told: Told, *, by: User) -> Call | None:
    return Call.objects.filter(operation=told.operation, handler=by).first()


def _written(call: Call) -> Call:
    """Add a line and read what the database made of it: number and hash."""
    call.number, call.previous_hash, call.hash, call.recorded_at = 0, "", "", Now()
    call.save(force_insert=True)
    call.refresh_from_db()
    return call
