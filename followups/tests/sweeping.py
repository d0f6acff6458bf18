"""What happens in the shop, and what the sweeps make of it, in few words."""

from datetime import UTC, date, datetime, timedelta

from aftersales import days
from aftersales.tests.factories import SupervisorFactory
from customers.models import NextTopic
from customers.tests.factories import (
    CustomerFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)
from followups.models import Ending, FollowUp, State
from followups.sweeps import SWEEPS
from workshop.tests.factories import RepairOrderFactory


def at(text):
    """Return the moment at which a clock in the shop shows this: `2025-03-31 17:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=days.shop_zone()).astimezone(UTC)


def sweep(now, *names):
    """Run all sweeps, or those named, as of a moment; a text is the time of the shop."""
    moment = at(now) if isinstance(now, str) else now
    return {name: SWEEPS[name](now=moment) for name in names or SWEEPS}


def released(left="2025-03-31 17:00", **fields):
    """Return an order of a car that came an hour before it left."""
    gate_out = at(left)
    times = {"checked_in_at": gate_out - timedelta(hours=1), "gate_out_at": gate_out}
    fields = times | {"authorized_at": gate_out - timedelta(hours=1)} | fields
    return RepairOrderFactory(state="released", **fields)


def complete_customer(**fields):
    """Return a customer whose file lacks nothing."""
    fields = {
        "address": "中山路 1 号",
        "wished_services": "reminders",
        "next_topic": NextTopic.MAINTENANCE,
        "next_talking_points": "brakes",
        "next_contact_on": date(2025, 6, 1),
    } | fields
    customer = CustomerFactory(**fields)
    PhoneFactory(customer=customer)
    OwnershipFactory(
        customer=customer,
        vehicle=VehicleFactory(category="suv", maintenance_months=6, next_maintenance_km=20_000),
    )
    return customer


def callable_customer(**fields):
    """Return a customer with a number that works, and a file that lacks the rest."""
    customer = CustomerFactory(**fields)
    PhoneFactory(customer=customer)
    return customer


def owed(**which):
    """Return what is on record: kind, opens, due, ending or "open", in the order it was made."""
    return [
        (each.kind, str(each.opens_on), str(each.due_on), each.ending or each.state)
        for each in FollowUp.objects.filter(**which).order_by("pk")
    ]


def calls_owed(**which):
    return owed(kind__endswith="call", **which)


def closed(follow_up, when, ending=Ending.REACHED):
    """Close a follow-up as a call would."""
    moment = at(when)
    FollowUp.objects.filter(pk=follow_up.pk).update(
        state=State.DONE, ending=ending, closed_at=moment, closed_on=days.local_date(moment)
    )
    return FollowUp.objects.get(pk=follow_up.pk)


def supervisor():
    return SupervisorFactory()
