"""One call on its way into the register, and what it changes for the customer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from aftersales import days
from aftersales.models import User
from aftersales.refusals import Refusal
from customers.models import Customer, Vehicle
from customers.services import files
from followups import rules
from followups.calling import contact
from followups.calling.causes import CAR, ORDER_NUMBER
from followups.calling.outcomes import Retry
from followups.models import (
    CAMPAIGNS,
    ENDED_AS,
    REMINDERS,
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
from followups.services import replies, survey
from followups.services.hearing import open_matters
from followups.services.peace import take_at_his_word
from followups.services.told import ANSWERS, Told

# What a call changes of the follow-ups on its agenda.
CARRIED_ON = (
    "attempts",
    "days_tried",
    "tried_on",
    "callback_at",
    "promised_by_id",
    "state",
    "ending",
    "closed_at",
    "closed_on",
    "closed_by_id",
)

# What the register calls a call about it, the gravest first.
CALLED: dict[Kind, CallKind] = {
    Kind.FIRST_CALL: CallKind.FIRST_CALL,
    Kind.SECOND_CALL: CallKind.SECOND_CALL,
    Kind.ANSWER: CallKind.ANSWER,
    **dict.fromkeys(CAMPAIGNS, CallKind.CAMPAIGN),
    **dict.fromkeys(REMINDERS, CallKind.REMINDER),
}


class NotOnTheAgenda(Refusal):
    """A follow-up was named that this customer doesn't have open."""

    def __init__(self) -> None:
        super().__init__(_("Not everything on the agenda is still open for this customer."))


class Recording:
    """A call with its customer, whose file is locked, and his agenda.

    Args:
        held: the claim of whoever calls, locked; None if nobody had to hold the customer.
    """

    def __init__(
        self,
        customer: Customer,
        told: Told,
        *,
        held: Claim | None,
        by: User,
        now: datetime,
        direction: Direction,
    ) -> None:
        self.held, self.told, self.by, self.now, self.direction = held, told, by, now, direction
        self.today = days.local_date(now)
        self.policy = Policy.objects.current()
        self.customer = customer
        self.agenda = self._agenda()
        self.outcome = told.result

    def write(self) -> Call:
        """Write the line and everything that follows from it.

        Raises:
            ValidationError: a note, a date, or a required answer is missing; names the field.
        """
        settled = [item for item in self.agenda if self._is_settled(item)]
        survey.refuse_incomplete(self.told, settled=settled, now=self.now)
        if self.outcome.marks_number_bad:
            files.mark_number_bad(self.customer.pk, e164=self.told.phone_used, by=self.by)
        prefetch_related_objects([self.customer], "phones")
        attempts = {item.pk: item.attempts + 1 for item in self.agenda}
        self._carry_on({item.pk for item in settled})
        if self.outcome.forbids_calls:
            self._leave_in_peace()
        call = written(self._line(attempts))
        AgendaItem.objects.bulk_create(
            AgendaItem(
                call=call,
                follow_up=item,
                attempt=attempts[item.pk],
                closed=item.closed_at is not None,
            )
            for item in self.agenda
        )
        replies.take_down(call, self.told, settled=settled, by=self.by)
        open_matters(call, owner=self.by, today=self.today, policy=self.policy)
        CallDraft.objects.filter(user=self.by, customer=self.customer).delete()
        if self.held is not None:
            self._set_free(self.held)
        return call

    def _agenda(self) -> list[Any]:
        """Lock what the call is about, first calls first: what was named, or all that is due."""
        related = FollowUp.objects.filter(customer=self.customer).open().calls()
        if self.told.agenda is not None:
            related = related.filter(pk__in=self.told.agenda)
        elif self.direction == Direction.INBOUND:
            return []
        else:
            related = related.due(today=self.today, now=self.now)
        found: Any = (
            related.order_by("pk")
            .select_for_update(of=("self",))
            .select_related("first_call")
            .annotate(car=CAR, order_number=ORDER_NUMBER)
        )
        agenda = sorted(
            found, key=lambda item: (item.kind != Kind.FIRST_CALL, item.due_on, item.pk)
        )
        if self.told.agenda is not None and len(agenda) != len(self.told.agenda):
            raise NotOnTheAgenda
        return agenda

    def _is_settled(self, item: FollowUp) -> bool:
        named = True if self.told.agenda is None else self.told.agenda[item.pk]
        return self.outcome.closes and named

    def _carry_on(self, settled: Collection[int]) -> None:
        """Close what is done with, count the try, note the promise."""
        before = self._failed_alike()
        for item in self.agenda:
            if self.outcome.counts:
                item.attempts += 1
                item.days_tried += item.tried_on != self.today
                item.tried_on = self.today
            if item.pk in settled:
                self._close(item, Ending.REACHED)
            elif self.outcome.forbids_calls:
                self._close(item, Ending.REFUSED)
            elif self.outcome.counts and self._was_the_last(item, before[item.pk] + 1):
                self._close(item, Ending.UNREACHABLE)
            elif self.told.callback_at is not None:
                item.callback_at = self.told.callback_at
                item.promised_by = None if item.owner_id == self.by.pk else self.by
        self._save_agenda()

    def _save_agenda(self) -> None:
        """Write what changed, those alike together: few statements for a fleet's hundreds."""
        alike: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for item in self.agenda:
            alike[tuple(getattr(item, name) for name in CARRIED_ON)].append(item.pk)
        for values, keys in alike.items():
            changed = dict(zip(CARRIED_ON, values, strict=True))
            FollowUp.objects.filter(pk__in=keys).update(**changed)

    def _failed_alike(self) -> Counter[int]:
        """Count the earlier calls with this outcome, where only so many of them are allowed."""
        if self.outcome.most is None:
            return Counter()
        alike = AgendaItem.objects.filter(
            follow_up__in=self.agenda, call__outcome=self.told.outcome
        )
        return Counter(alike.order_by().values_list("follow_up", flat=True))

    def _was_the_last(self, item: FollowUp, alike: int) -> bool:
        if not any(phone.is_usable for phone in self.customer.phones.all()):
            return True
        if self.outcome.most is not None and alike >= self.outcome.most:
            return True
        # A promised call has its own day; an answer stays owed until it is told, and word of a
        # campaign until it begins.
        is_bound = item.callback_at is None and item.kind not in {Kind.ANSWER, *CAMPAIGNS}
        return rules.is_last_try(
            days_tried=item.days_tried,
            most_attempts=self.policy.most_attempts,
            day=self.today,
            due_on=item.due_on if is_bound else days.LAST_DAY,
        )

    def _close(self, item: FollowUp, ending: Ending) -> None:
        for name, value in self._ended(ending).items():
            setattr(item, name, value)

    def _ended(self, ending: Ending) -> dict[str, object]:
        return {
            "state": ENDED_AS[ending],
            "ending": ending,
            "closed_at": self.now,
            "closed_on": self.today,
            "closed_by": self.by,
        }

    def _leave_in_peace(self) -> None:
        """Take the customer at his word; what else he was owed by telephone ends."""
        ended = take_at_his_word(
            self.customer,
            agenda=self.agenda,
            reason=self.told.answers["note"],
            by=self.by,
            today=self.today,
        )
        FollowUp.objects.filter(pk__in=ended).update(**self._ended(Ending.DO_NOT_CONTACT))

    def _set_free(self, held: Claim) -> None:
        held.number += 1
        held.leased_until = None
        held.left_by = None
        held.not_before = self._not_before()
        held.was_reached = self.outcome.is_talk
        held.save(update_fields=["number", "leased_until", "left_by", "not_before", "was_reached"])

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
        car = next((item.car for item in self.agenda if item.car), None)
        vehicle = Vehicle.objects.get(pk=car) if car else None
        orders = [item.order_number for item in self.agenda if item.order_number]
        owner_id = next((item.owner_id for item in self.agenda if item.owner_id), None)
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
            order_number=", ".join(orders)[:200],
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
            on_behalf_of_id=owner_id if owner_id != self.by.pk else None,
            operation=self.told.operation,
            **answers,
        )


def _kind(agenda: list[FollowUp], told: Told) -> str:
    """Return what the register calls it: after the gravest thing on the agenda."""
    kinds = {CALLED[Kind(item.kind)] for item in agenda}
    return next((kind for kind in CALLED.values() if kind in kinds), CallKind(told.kind))


def written(call: Call) -> Call:
    """Add a line to the register and read what the database made of it: number and hash."""
    call.number, call.previous_hash, call.hash = 0, "", ""
    call.save(force_insert=True)  # which reads what has a default in the database
    call.refresh_from_db(fields=["year"])
    return call
