"""Why: which follow-ups a customer has and which not, and the rule behind each.

Every sentence is whole and names its rule, so that nobody has to believe the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import prefetch_related_objects
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aftersales import days
from customers.models import Customer
from followups import contact
from followups.facts import Facts
from followups.models import CALLS, Ending, FollowUp, Kind, Policy, State
from followups.models.ending import TAKEN_BACK
from followups.proxies import stand_ins
from followups.sweeps.running import NOT_RETAIL
from workshop.models import RepairOrder
from workshop.states import OrderState

MAKES = {Kind.CUSTOMER_FILE: "FIL-01", Kind.FIRST_CALL: "FUP-02", Kind.SECOND_CALL: "FUP-09"}
ENDED: dict[str, tuple[str, str | Promise]] = {
    Ending.REACHED: ("FUP-03", gettext_lazy("%(what)s: the customer was reached on %(day)s.")),
    Ending.COMPLETE: ("FIL-05", gettext_lazy("%(what)s: the file was complete on %(day)s.")),
    Ending.UNREACHABLE: (
        "R-37",
        gettext_lazy("%(what)s: given up on %(day)s, the customer could not be reached."),
    ),
    Ending.REFUSED: (
        "FUP-11",
        gettext_lazy("%(what)s: on %(day)s the customer said that he wants no calls."),
    ),
    Ending.DO_NOT_CONTACT: (
        "FUP-11",
        gettext_lazy("%(what)s: cancelled on %(day)s, because the customer must not be called."),
    ),
    Ending.SUPERSEDED: (
        "R-38",
        gettext_lazy("%(what)s: cancelled on %(day)s, because the car came again and left."),
    ),
    Ending.ORDER_CANCELLED: (
        "FUP-02",
        gettext_lazy("%(what)s: cancelled on %(day)s, because the order was cancelled."),
    ),
    Ending.RELEASE_UNDONE: (
        "FUP-02",
        gettext_lazy("%(what)s: cancelled on %(day)s, because the release was undone."),
    ),
    Ending.CORRECTED: (
        "FUP-02",
        gettext_lazy("%(what)s: cancelled on %(day)s, because the order was corrected."),
    ),
    Ending.MERGED: (
        "R-45",
        gettext_lazy("%(what)s: cancelled on %(day)s, because two files became one that owes it."),
    ),
}


@dataclass(frozen=True)
class Sentence:
    """One thing that is so, with the id of the rule behind it and what it is about, if that is."""

    rule: str
    text: str
    follow_up: FollowUp | None = None


def explain(customer: Customer, *, now: datetime) -> list[Sentence]:
    """Say which follow-ups a customer has, which not, whether he is in the queue, and why.

    The queue comes first, then what exists, the newest fact first, then what does not.
    """
    case = _Case(customer, now)
    return [
        *case.place_in_queue(),
        *(case.promise(item) for item in case.facts.follow_ups),
        *case.second_calls_to_come(),
        *case.visits_without_calls(),
        *case.file(),
    ]


class _Case:
    """One customer with all that was done for him and is owed to him."""

    def __init__(self, customer: Customer, now: datetime) -> None:
        prefetch_related_objects([customer], "phones", "vehicle_relations__vehicle")
        self.customer, self.now = customer, now
        self.today = days.local_date(now)
        self.local = now.astimezone(days.shop_zone())
        self.policy = Policy.objects.current()
        self.facts = Facts(customer, go_live=days.start_of_day(self.policy.go_live_on))

    @cached_property
    def open_calls(self) -> list[FollowUp]:
        return [
            item
            for item in self.facts.follow_ups
            if item.state == State.OPEN and item.kind in CALLS
        ]

    def place_in_queue(self) -> list[Sentence]:
        """Say whether somebody can call the customer now."""
        if not self.open_calls:
            text = _("Not in the queue: no call is owed to this customer.")
            return [Sentence("FUP-01", text)]
        due = [item for item in self.open_calls if self._is_due(item)]
        if not due:
            return [self._later(min(self.open_calls, key=self._comes_at))]
        return [self._in_queue_of(due[0]), *self._held_off(due)]

    def _is_due(self, item: FollowUp) -> bool:
        if item.callback_at is not None:
            return item.callback_at <= self.now
        return item.opens_on <= self.today

    @staticmethod
    def _comes_at(item: FollowUp) -> datetime:
        return item.callback_at or days.start_of_day(item.opens_on)

    def _later(self, item: FollowUp) -> Sentence:
        if item.callback_at is not None:
            when = contact.moment_text(item.callback_at, self.local)
            text = _("Not in the queue before %(when)s: the customer asked for that time.")
            return Sentence("FUP-13", text % {"when": when}, item)
        text = _("Not in the queue before %(day)s, when the window opens.")
        return Sentence(MAKES[Kind(item.kind)], text % {"day": _day(item.opens_on)}, item)

    def _in_queue_of(self, item: FollowUp) -> Sentence:
        person = item.promised_by or item.owner
        if person is None:
            return Sentence("FUP-01", _("Due, but nobody owns it yet."), item)
        proxy = self.facts.person(stand_ins(self.today).get(person.pk))
        if proxy is None:
            text = _("In the queue of %(name)s.") % {"name": person}
            return Sentence("FUP-01", text, item)
        text = _("In the queue of %(proxy)s, who stands in for %(name)s today.")
        return Sentence("PRX-01", text % {"proxy": proxy, "name": person}, item)

    def _held_off(self, due: list[FollowUp]) -> list[Sentence]:
        """Say who calls just now, or what forbids a call."""
        claim = self.facts.claim
        if claim is not None and claim.is_held(self.now):
            text = _("%(name)s is calling this customer just now.") % {"name": claim.claimed_by}
            return [Sentence("FUP-01", text)]
        found = contact.obstacle(
            self.customer,
            policy=self.policy,
            now=self.now,
            not_before=claim.not_before if claim else None,
            agenda=due,
        )
        if found is None:
            return [Sentence("FUP-12", _("Nothing speaks against a call now."))]
        skipped = self.facts.skip_until(found.until)
        if skipped is None:
            return [Sentence(found.rule, found.text)]
        text = _("Put off by %(name)s until %(when)s: %(reason)s")
        values = {
            "name": skipped.skipped_by,
            "when": contact.moment_text(skipped.until, self.local),
            "reason": skipped.reason,
        }
        return [Sentence("FUP-01", text % values)]

    def promise(self, item: FollowUp) -> Sentence:
        """Say why a follow-up exists, or how it ended."""
        if item.state != State.OPEN:
            rule, ended = ENDED[item.ending]
            text = str(ended) % {"what": _what(item), "day": _day(item.closed_on)}
            return Sentence(rule, text, item)
        if item.kind == Kind.CUSTOMER_FILE:
            text = _("%(what)s: owed until %(due)s, it lacks %(missing)s.")
        else:
            text = _("%(what)s: owed from %(opens)s to %(due)s.")
        values = {
            "what": _what(item),
            "opens": _day(item.opens_on),
            "due": _day(item.due_on),
            "missing": self._missing,
        }
        return Sentence(MAKES[Kind(item.kind)], text % values, item)

    def second_calls_to_come(self) -> list[Sentence]:
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
            Sentence(rule, text % {"what": _what(item), **days_after}, item)
            for item in self.facts.follow_ups
            if item.kind == Kind.FIRST_CALL and item.pk not in followed and item.ending in why
            for rule, text in [why[item.ending]]
        ]

    def visits_without_calls(self) -> list[Sentence]:
        """Say of each visit without a first call why that is."""
        found = [self._order(order) for order in self.facts.orders_without_call]
        for talk in self.facts.consultations_without_call:
            text = _("Consultation of %(day)s: the first call will be written within a minute.")
            day = _day(days.local_date(talk.ended_at))
            found.append(Sentence("FUP-14", text % {"day": day}))
        if many := self.facts.visits_before_go_live:
            text = ngettext(
                "%(count)s visit before go-live on %(day)s: nothing is owed for it.",
                "%(count)s visits before go-live on %(day)s: nothing is owed for them.",
                many,
            )
            day = _day(self.policy.go_live_on)
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

    def file(self) -> list[Sentence]:
        """Say why no customer file is owed, if none is."""
        if any(
            item.kind == Kind.CUSTOMER_FILE and item.state == State.OPEN
            for item in self.facts.follow_ups
        ):
            return []
        if not self.customer.missing():
            return [Sentence("R-45", _("No customer file is owed: it is complete."))]
        values = {"missing": self._missing}
        if self.facts.owes_file:
            text = _("Customer file: it lacks %(missing)s, and will be owed within a minute.")
            return [Sentence("FIL-01", text % values)]
        text = _("No customer file is owed before the next visit; it lacks %(missing)s.")
        return [Sentence("R-45", text % values)]

    @cached_property
    def _missing(self) -> str:
        return ", ".join(str(need.label) for need in self.customer.missing())


def _what(item: FollowUp) -> str:
    """Name a follow-up by what it follows from."""
    values = {"kind": item.get_kind_display(), "day": _day(item.fact_on)}
    if item.kind == Kind.SECOND_CALL:
        return _("%(kind)s after the first one of %(day)s") % values
    if item.order is None:
        return _("%(kind)s after the consultation of %(day)s") % values
    values["order"] = item.order.number
    if item.kind == Kind.CUSTOMER_FILE:
        return _("%(kind)s for order %(order)s, authorized %(day)s") % values
    return _("%(kind)s for order %(order)s, left %(day)s") % values


def _day(day: date | None) -> str:
    return formats.date_format(day, "SHORT_DATE_FORMAT") if day else ""
