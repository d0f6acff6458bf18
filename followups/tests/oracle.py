"""What the shop owes its customers, told in plain Python straight from the regulation.

It shares nothing with the application: it knows days, visits and promises, and says which
promises there have to be after each look at the facts.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SHOP = ZoneInfo("Asia/Shanghai")
NOBODY_BROUGHT_IT = ("pdi", "internal")


@dataclass
class Person:
    has_address: bool = False
    has_number: bool = True
    refuses: bool = False
    settled_until: datetime | None = None

    @property
    def is_complete(self):
        return self.has_address and self.has_number


@dataclass
class Visit:
    """An order (with a car) or a consultation (with none)."""

    key: tuple[str, int]
    who: int
    came_at: datetime
    left_at: datetime | None
    car: int | None = None
    kind: str = "general"
    state: str = "authorized"

    def owes_call(self):
        return self.kind not in NOBODY_BROUGHT_IT and self.left_at is not None

    def owes_file(self):
        return self.kind not in NOBODY_BROUGHT_IT and self.state != "cancelled"


@dataclass
class Promise:
    kind: str
    cause: Any
    visit: Visit
    who: int
    fact_on: date
    ending: str = ""
    closed_on: date | None = None
    tries: int = 0
    days_tried: set[date] = field(default_factory=set)
    wanted_at: datetime | None = None

    @property
    def window(self):
        opens, due = {"customer_file": (0, 2), "first_call": (3, 7), "second_call": (7, 14)}[
            self.kind
        ]
        return self.fact_on + timedelta(opens), self.fact_on + timedelta(due)

    def end(self, ending, day):
        self.ending, self.closed_on = ending, day


def day_of(moment):
    return moment.astimezone(SHOP).date()


class House:
    """People by number, their visits, and what was promised."""

    def __init__(self, people):
        self.people = {number: Person() for number in people}
        self.visits: list[Visit] = []
        self.promises: list[Promise] = []

    def open(self, *kinds, who=None):
        return [
            each
            for each in self.promises
            if not each.ending and each.kind in kinds and who in {None, each.who}
        ]

    def call(self, who, outcome, now, *, again_at=None):
        """Somebody calls about everything that is due; nothing happens if nothing is."""
        today, person = day_of(now), self.people[who]
        if outcome == "wrong_number":
            person.has_number = False
        for each in self.due(who, now):
            if outcome == "reached":
                each.end("reached", today)
            elif outcome == "refused":
                each.end("refused", today)
            elif outcome == "callback":
                each.wanted_at = again_at
            else:
                each.tries += 1
                each.days_tried.add(today)
                is_over = each.wanted_at is None and today >= each.window[1]
                if len(each.days_tried) >= 3 or is_over or not person.has_number:
                    each.end("unreachable", today)
        if outcome == "refused":
            person.refuses = True
            for each in self.open("first_call", "second_call", who=who):
                each.end("do_not_contact", today)

    def due(self, who, now):
        return [
            each
            for each in self.open("first_call", "second_call", who=who)
            if (each.window[0] <= day_of(now) if each.wanted_at is None else each.wanted_at <= now)
        ]

    def merge(self, kept, gone, today):
        """Everything of one person becomes the other's; of two open files one is enough."""
        if self.open("customer_file", who=kept):
            for each in self.open("customer_file", who=gone):
                each.end("merged", today)
        for each in [*self.visits, *self.promises]:
            if each.who == gone:
                each.who = kept
        one, other = self.people[kept], self.people.pop(gone)
        one.has_address |= other.has_address
        one.has_number |= other.has_number
        one.refuses |= other.refuses
        one.settled_until = one.settled_until or other.settled_until

    def look(self, now):
        """Look at the facts, as the house does every half minute."""
        self._look_at_files(now)
        self._look_at_first_calls(now)
        self._look_at_second_calls(now)

    def _look_at_files(self, now):
        today = day_of(now)
        for each in self.open("customer_file"):
            visit = each.visit
            if visit.state == "cancelled":
                each.end("order_cancelled", today)
            elif not visit.owes_file() or visit.who != each.who:
                each.end("corrected", today)
            else:
                each.fact_on = day_of(visit.came_at)
        for number, person in self.people.items():
            open_ones = self.open("customer_file", who=number)
            unsettled = [visit for visit in self.visits if self._is_unsettled(visit, number)]
            if person.is_complete:
                if open_ones or unsettled:
                    person.settled_until = now
                for each in open_ones:
                    each.end("complete", today)
            elif unsettled and not open_ones:
                first = min(unsettled, key=lambda visit: (visit.came_at, visit.key))
                self._promise("customer_file", first.key, first, day_of(first.came_at))

    def _is_unsettled(self, visit, number):
        settled_until = self.people[number].settled_until
        return (
            visit.who == number
            and visit.owes_file()
            and not self._has("customer_file", visit.key)
            and (settled_until is None or visit.came_at > settled_until)
        )

    def _look_at_first_calls(self, now):
        self._take_back("first_call", day_of(now))
        for each in self.open("first_call"):
            each.fact_on = day_of(each.visit.left_at)
        for visit in self.visits:
            if visit.owes_call() and not self._has("first_call", visit.key):
                self._promise("first_call", visit.key, visit, day_of(visit.left_at))
        self._end_hopeless("first_call", day_of(now))

    def _look_at_second_calls(self, now):
        self._take_back("second_call", day_of(now))
        for first in list(self.promises):
            if (
                first.kind == "first_call"
                and first.ending in {"reached", "unreachable"}
                and first.visit.owes_call()
                and first.visit.who == first.who
                and not self._has("second_call", id(first))
            ):
                self._promise("second_call", id(first), first.visit, first.closed_on)
        self._end_refused("second_call", day_of(now))
        for each in self.open("second_call"):
            later = [visit for visit in self.visits if self._is_later_visit(visit, each.visit)]
            if later:
                came_again = min(day_of(visit.left_at) for visit in later)
                closed_on = max(came_again, each.fact_on)
                if closed_on <= each.window[1] or not self._is_hopeless(each):
                    each.end("superseded", closed_on)
        self._end_hopeless("second_call", day_of(now))

    def _is_later_visit(self, visit, older):
        return (
            visit.car is not None
            and visit.car == older.car
            and visit.owes_call()
            and visit.left_at > older.left_at
            and day_of(visit.came_at) > day_of(older.came_at)
        )

    def _take_back(self, kind, today):
        for each in self.open(kind):
            if each.visit.state == "cancelled":
                each.end("order_cancelled", today)
            elif each.visit.left_at is None:
                each.end("release_undone", today)
            elif not each.visit.owes_call() or each.visit.who != each.who:
                each.end("corrected", today)

    def _end_refused(self, kind, today):
        for each in self.open(kind):
            if self.people[each.who].refuses:
                each.end("do_not_contact", today)

    def _end_hopeless(self, kind, today):
        self._end_refused(kind, today)
        for each in self.open(kind):
            if each.window[1] < today and self._is_hopeless(each):
                each.end("unreachable", each.window[1])

    def _is_hopeless(self, promise):
        one_tried = promise.tries > 0 or not self.people[promise.who].has_number
        return one_tried and promise.wanted_at is None

    def _has(self, kind, cause):
        return any(
            each.kind == kind
            and each.cause == cause
            and each.ending not in {"release_undone", "corrected"}
            for each in self.promises
        )

    def _promise(self, kind, cause, visit, fact_on):
        self.promises.append(Promise(kind, cause, visit, visit.who, fact_on))
