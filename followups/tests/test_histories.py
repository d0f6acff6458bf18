"""Whatever happens in the shop, in whatever order: each promise exists exactly once.

FUZZ_EXAMPLES=500 tries more histories than the few of an ordinary run.
"""

import os
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st

from customers.models import Customer, Phone
from customers.services import files, merges
from customers.tests.factories import ConsultationFactory, VehicleFactory
from followups.checks.promises import check_promises
from followups.models import FollowUp
from followups.tests import calling
from followups.tests.factories import PolicyFactory, TrackerFactory
from followups.tests.oracle import SHOP, House, Visit, day_of
from followups.tests.sweeping import complete_customer, supervisor, sweep
from workshop.models import RepairOrder
from workshop.services import orders

pytestmark = [pytest.mark.fuzz, pytest.mark.django_db]

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "6"))
START = datetime(2025, 2, 20, 9, 0, tzinfo=SHOP)
# What may happen next, and how often it does.
STEPS = {
    "live": 12, "visit": 5, "call": 10, "check_in": 2, "release": 2, "consult": 2,
    "write_address": 2, "write_number": 1, "undo_release": 2, "cancel": 1, "correct_kind": 1,
    "correct_gate_out": 1, "correct_customer": 1, "merge": 0.3,
}  # fmt: skip
OUTCOMES = {"reached": 8, "no_answer": 6, "callback": 2, "wrong_number": 1, "refused": 1}
# The day of the others is that of the sweep.
DATED = ("reached", "unreachable", "superseded")


class Shop:
    """The application and the oracle, to which the same things happen."""

    def __init__(self, dice):
        PolicyFactory()
        self.dice, self.person, self.now = dice, supervisor(), START
        TrackerFactory.create_batch(2)
        self.customers = [complete_customer(address="") for _ in range(3)]
        self.cars = VehicleFactory.create_batch(2)
        self.house = House(customer.pk for customer in self.customers)

    def check_in(self, kinds=("general", "warranty", "internal")):
        customer, car = self.dice.choice(self.customers), self.dice.choice(self.cars)
        fields = {"customer": customer, "vehicle": car, "kind": self.dice.choice(kinds)}
        order = orders.check_in(by=self.person, now=self.now, fields=fields)
        orders.authorize(order.pk, by=self.person, at=self.now, now=self.now)
        self.house.visits.append(
            Visit(("order", order.pk), customer.pk, self.now, None, car.pk, order.kind)
        )

    def release(self):
        if visit := self._order("authorized"):
            orders.release(
                visit.key[1],
                by=self.person,
                at=self.now,
                mileage_out=None,
                amounts={},
                now=self.now,
            )
            visit.state, visit.left_at = "released", self.now

    def visit(self):
        self.check_in(kinds=["general"])
        self.release()

    def undo_release(self):
        if visit := self._order("released"):
            orders.undo_release(visit.key[1], by=self.person, reason="slip", now=self.now)
            visit.state, visit.left_at = "authorized", None

    def cancel(self):
        if visit := self._order("authorized"):
            orders.cancel(visit.key[1], by=self.person, reason="slip", now=self.now)
            visit.state = "cancelled"

    def correct_kind(self):
        if visit := self._order("authorized", "released"):
            visit.kind = self.dice.choice(["general", "internal"])
            self._correct(visit, kind=visit.kind)

    def correct_gate_out(self):
        if visit := self._order("released"):
            self._correct(visit, gate_out_at=visit.came_at)
            visit.left_at = visit.came_at

    def correct_customer(self):
        if visit := self._order("authorized"):
            customer = self.dice.choice(self.customers)
            self._correct(visit, customer=customer)
            visit.who = customer.pk

    def consult(self):
        customer = self.dice.choice(self.customers)
        talk = ConsultationFactory(customer=customer, ended_at=self.now)
        self.house.visits.append(Visit(("talk", talk.pk), customer.pk, self.now, self.now))

    def write_address(self):
        customer, is_there = self.dice.choice(self.customers), self.dice.random() < 0.6
        Customer.objects.filter(pk=customer.pk).update(address="中山路 1 号" if is_there else "")
        self.house.people[customer.pk].has_address = is_there

    def write_number(self):
        customer, works = self.dice.choice(self.customers), self.dice.random() < 0.6
        Phone.objects.filter(customer=customer).update(is_bad=not works)
        self.house.people[customer.pk].has_number = works

    def call(self):
        due = [each for each in self.customers if self.house.due(each.pk, self.now)]
        if not due:
            return
        customer = self.dice.choice(due)
        [outcome] = self.dice.choices([*OUTCOMES], [*OUTCOMES.values()])
        details = {}
        if outcome == "callback":
            details["callback_at"] = self.now + timedelta(days=9)
        if outcome == "wrong_number":
            [*others, last] = customer.phones.all()
            for phone in others:
                files.mark_number_bad(customer.pk, e164=phone.e164, by=self.person)
            details["phone_used"] = last.e164
        calling.call(customer, outcome, by=self.person, now=self.now, **details)
        self.house.call(customer.pk, outcome, self.now, again_at=details.get("callback_at"))

    def merge(self):
        if len(self.customers) > 1:
            gone = self.customers.pop()
            kept = self.dice.choice(self.customers)
            merges.merge(kept.pk, gone.pk, choices=(), by=self.person, now=self.now)
            self.house.merge(kept.pk, gone.pk, day_of(self.now))

    def live(self, sweeps=(0, 1, 1, 2)):
        self.now += timedelta(hours=self.dice.choice([3, 26, 52, 75, 100]))
        for _ in range(self.dice.choice(sweeps)):
            sweep(self.now)
            self.house.look(self.now)
            assert self._on_record() == self._expected()

    def _order(self, *states):
        """Return one of the last orders in a state, if there are any."""
        fitting = [each for each in self.house.visits if each.car and each.state in states]
        return self.dice.choice(fitting[-2:]) if fitting else None

    def _correct(self, visit, **changes):
        order = RepairOrder.objects.get(pk=visit.key[1])
        orders.update_order(
            order.pk, by=self.person, version=order.version, changes=changes, now=self.now
        )

    def _on_record(self):
        return sorted(
            (
                each.kind,
                _fact(each.visit),
                each.customer_id,
                (each.opens_on, each.due_on),
                each.ending or each.state,
                str(each.closed_on) if each.ending in DATED else "",
            )
            for each in FollowUp.objects.select_related("first_call")
        )

    def _expected(self):
        return sorted(
            (
                each.kind,
                each.visit.key,
                each.who,
                each.window,
                each.ending or "open",
                str(each.closed_on) if each.ending in DATED else "",
            )
            for each in self.house.promises
        )


def _fact(first):
    return ("order", first.order_id) if first.order_id else ("talk", first.consultation_id)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(dice=st.randoms(use_true_random=True))
def test_after_each_sweep_exactly_what_is_owed_is_on_record(dice):
    """FIL-01, FUP-02, FUP-09, FUP-14, R-37, R-38, R-45, R-46."""
    with transaction.atomic():
        shop = Shop(dice)
        for step in dice.choices([*STEPS], [*STEPS.values()], k=40):
            note(f"{shop.now:%m-%d %H:%M} {step}")
            getattr(shop, step)()
        shop.live(sweeps=[1])
        found = check_promises(now=shop.now)
        assert found["problems"] == {}
        assert found["created"] == len(shop.house.promises)
        for promise in shop.house.promises:
            event(f"{promise.kind}: {promise.ending or 'open'}")
        transaction.set_rollback(True)
