"""Why: which follow-ups a customer has and which not, and the rule behind each.

Every sentence is whole and names its rule, so that nobody has to believe the machine.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from aftersales import days
from customers.models import Customer
from followups.calling import contact
from followups.calling.proxies import stand_ins
from followups.calling.waiting import Waiting, can_wait, why_waiting
from followups.explanations.facts import Facts
from followups.explanations.not_owed import NotOwed
from followups.explanations.sentences import ENDED, MAKES, Sentence, day_text, what
from followups.models import CALLS, FollowUp, Kind, Policy, State


def explain(customer: Customer, *, now: datetime) -> list[Sentence]:
    """Say which follow-ups a customer has, which not, whether he is in the queue, and why.

    The queue comes first, then what exists, the newest fact first, then what does not.
    """
    case = _Case(customer, now)
    return [
        *case.place_in_queue(),
        *(case.promise(item) for item in case.facts.follow_ups),
        *NotOwed(case.facts, case.policy).sentences,
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
        if due:
            return [self._in_queue_of(due[0]), *self._held_off(due)]
        if waiting := [item for item in self.open_calls if self._has_opened(item)]:
            return [self._waits(waiting[0])]
        return [self._later(min(self.open_calls, key=self._comes_at))]

    @cached_property
    def waiting(self) -> Waiting | None:
        """Why nothing may be offered to the customer now, if there is something to offer."""
        if not any(map(can_wait, self.open_calls)):
            return None
        return why_waiting(self.customer, policy=self.policy, now=self.now)

    def _has_opened(self, item: FollowUp) -> bool:
        if item.callback_at is not None:
            return item.callback_at <= self.now
        return item.opens_on <= self.today

    def _is_due(self, item: FollowUp) -> bool:
        is_held_back = self.waiting is not None and can_wait(item)
        return self._has_opened(item) and not is_held_back

    def _waits(self, item: FollowUp) -> Sentence:
        assert self.waiting is not None
        text = _("Not in the queue. %(why)s") % {"why": self.waiting.text}
        return Sentence(self.waiting.rule, text, item)

    @staticmethod
    def _comes_at(item: FollowUp) -> datetime:
        return item.callback_at or days.start_of_day(item.opens_on)

    def _later(self, item: FollowUp) -> Sentence:
        if item.callback_at is not None:
            when = contact.moment_text(item.callback_at, self.local)
            text = _("Not in the queue before %(when)s: the customer asked for that time.")
            return Sentence("FUP-13", text % {"when": when}, item)
        text = _("Not in the queue before %(day)s, when the window opens.")
        return Sentence(MAKES[item.kind], text % {"day": day_text(item.opens_on)}, item)

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
            not_before=claim.pause_before(due) if claim else None,
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
            values = {
                "what": what(item),
                "day": day_text(item.closed_on),
                "evidence": item.evidence,
            }
            return Sentence(rule, (str(ended) % values).strip(), item)
        if item.kind == Kind.CUSTOMER_FILE:
            text = _("%(what)s: owed until %(due)s, it lacks %(missing)s.")
        elif self.waiting is not None and can_wait(item):
            text = _("%(what)s: owed from %(opens)s to %(due)s. %(why)s")
        else:
            text = _("%(what)s: owed from %(opens)s to %(due)s.")
        values = {
            "what": what(item),
            "opens": day_text(item.opens_on),
            "due": day_text(item.due_on),
            "missing": self.facts.missing,
            "why": self.waiting.text if self.waiting else "",
        }
        return Sentence(MAKES[item.kind], text % values, item)
