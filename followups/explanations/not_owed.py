"""What a customer is not owed, and why not."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aftersales import days
from customers.models import ContactPurpose
from followups.explanations.facts import Facts
from followups.explanations.sentences import Sentence, day_text, what
from followups.models import REMINDERS, Ending, Kind, Policy, State
from followups.models.ending import TAKEN_BACK
from followups.sweeps.running import NOT_RETAIL
from workshop.models import RepairOrder
from workshop.states import OrderState


class NotOwed:
    """The sentences about what the facts of one customer do not make, or not yet."""

    def __init__(self, facts: Facts, policy: Policy) -> None:
        self.facts, self.policy = facts, policy

    @property
    def sentences(self) -> list[Sentence]:
        return [
            *self._second_calls_to_come(),
            *self._visits_without_calls(),
            *self._file(),
            *self._matters_without_answer(),
            *self._reminders(),
        ]

    def _second_calls_to_come(self) -> list[Sentence]:
        """Say of each first call without a second one why that is."""
        followed = {
            item.first_call_id for item in self.facts.follow_ups if item.ending not in TAKEN_BACK
        }
        refused = _("%(what)s: no second call, because the customer wants no calls.")
        written = _("%(what)s: the second call will be written within a minute.")
        to_come = _("%(what)s: the second call is owed %(from)s to %(to)s days after it is closed.")
        why = {
            "": ("FUP-09", to_come),
            Ending.REFUSED: ("FUP-11", refused),
            Ending.DO_NOT_CONTACT: ("FUP-11", refused),
            Ending.REACHED: ("FUP-09", written),
            Ending.UNREACHABLE: ("R-37", written),
        }
        days_after = {
            "from": self.policy.second_call_opens_days,
            "to": self.policy.second_call_due_days,
        }
        return [
            Sentence(rule, text % {"what": what(item), **days_after}, item)
            for item in self.facts.follow_ups
            if item.kind == Kind.FIRST_CALL and item.pk not in followed and item.ending in why
            for rule, text in [why[item.ending]]
        ]

    def _visits_without_calls(self) -> list[Sentence]:
        """Say of each visit without a first call why that is."""
        found = [self._order(order) for order in self.facts.orders_without_call]
        for talk in self.facts.consultations_without_call:
            text = _("Consultation of %(day)s: the first call will be written within a minute.")
            day = day_text(days.local_date(talk.ended_at))
            found.append(Sentence("FUP-14", text % {"day": day}))
        if many := self.facts.visits_before_go_live:
            text = ngettext(
                "%(count)s visit before go-live on %(day)s: nothing is owed for it.",
                "%(count)s visits before go-live on %(day)s: nothing is owed for them.",
                many,
            )
            day = day_text(self.policy.go_live_on)
            found.append(Sentence("R-47", text % {"count": many, "day": day}))
        return found

    def _order(self, order: RepairOrder) -> Sentence:
        values = {"order": order.number, "kind": order.get_kind_display()}
        if order.kind in NOT_RETAIL:
            text = _("Order %(order)s: no calls, because its type is “%(kind)s”.")
            return Sentence("R-46", text % values)
        if order.state == OrderState.CANCELLED:
            text = _("Order %(order)s: no calls, because it was cancelled.")
        elif order.state == OrderState.RELEASED:
            text = _("Order %(order)s: the first call will be written within a minute.")
        else:
            text = _("Order %(order)s: the first call is owed as soon as the car has left.")
        return Sentence("FUP-02", text % values)

    def _file(self) -> list[Sentence]:
        """Say why no customer file is owed, if none is."""
        if any(
            item.kind == Kind.CUSTOMER_FILE and item.state == State.OPEN
            for item in self.facts.follow_ups
        ):
            return []
        if not self.facts.customer.missing():
            return [Sentence("R-45", _("No customer file is owed: it is complete."))]
        values = {"missing": self.facts.missing}
        if self.facts.owes_file:
            text = _("Customer file: it lacks %(missing)s, and will be owed within a minute.")
            return [Sentence("FIL-01", text % values)]
        text = _("No customer file is owed before the next visit; it lacks %(missing)s.")
        return [Sentence("R-45", text % values)]

    def _matters_without_answer(self) -> list[Sentence]:
        """Say of each unsolved matter when the customer is called about it."""
        text = _(
            "“%(words)s”: the answer is owed on the day a solution is found; without one it is "
            "reported by %(day)s."
        )
        return [
            Sentence(
                "FUP-07",
                text
                % {"words": Truncator(matter.text).chars(60), "day": day_text(matter.report_by)},
            )
            for matter in self.facts.unsolved_matters
        ]

    def _reminders(self) -> list[Sentence]:
        """Say which reminders a customer never had, and why not."""
        if refusal := self.facts.refusal_of(ContactPurpose.REMINDER):
            text = _("No reminders: the customer refused them on %(day)s.")
            return [Sentence("FUP-11", text % {"day": day_text(refusal.refused_on)})]
        had = {item.kind for item in self.facts.follow_ups}
        is_on = self.facts.reminders_made
        off = [kind.label for kind in REMINDERS if kind not in had and kind not in is_on]
        none = [kind.label for kind in REMINDERS if kind not in had and kind in is_on]
        found = []
        if none:
            text = _("%(kinds)s: none so far, no day for it is known or it is still far away.")
            found.append(Sentence("SET-06", text % {"kinds": _joined(none)}))
        if off:
            text = _("%(kinds)s: none, such reminders are switched off.")
            found.append(Sentence("SET-06", text % {"kinds": _joined(off)}))
        return found


def _joined(labels: Iterable[object]) -> str:
    return ", ".join(map(str, labels))
