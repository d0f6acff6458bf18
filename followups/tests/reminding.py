"""Cars, people and work that make reminders, in few words."""

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from customers.tests.factories import CustomerFactory, OwnershipFactory, VehicleFactory
from followups.models import Festival, FollowUp, ReminderRule
from followups.tests.sweeping import sweep
from workshop.models import DeclinedWork

SWEEP = "sweep_reminders"


def day(text):
    return date.fromisoformat(text)


def car(customer=None, since="2024-01-01", **fields):
    """Return a car with its owner: the dates may be texts."""
    dates = {
        name: day(value) if isinstance(value, str) and name.endswith("_on") else value
        for name, value in fields.items()
    }
    vehicle = VehicleFactory(**dates)
    during = DateRange(day(since), None)
    OwnershipFactory(vehicle=vehicle, customer=customer or CustomerFactory(), during=during)
    return vehicle


def change(row, **fields):
    type(row).objects.filter(pk=row.pk).update(**fields)


def sell(vehicle, to, on):
    """Let another person own a car from a day on."""
    relation = vehicle.relations.current().get()
    change(relation, during=DateRange(relation.during.lower, day(on)))
    OwnershipFactory(vehicle=vehicle, customer=to, during=DateRange(day(on), None))


def switch(kind, is_on=True, **fields):
    ReminderRule.objects.current()
    ReminderRule.objects.filter(kind=kind).update(is_on=is_on, **fields)


def declined(order, remind_on, **fields):
    return DeclinedWork.objects.create(
        order=order, work="Brake pads", declined_on=day("2025-01-10"), remind_on=day(remind_on),
        entered_by=fields.pop("entered_by"), **fields,
    )  # fmt: skip


def festival(on, name="春节"):
    return Festival.objects.create(name=name, day=day(on))


def remind(now="2025-03-31 10:00"):
    return sweep(now, SWEEP)[SWEEP]


def reminders(**which):
    """Return what is on record: kind, about, opens, due, ending or "open"."""
    found = FollowUp.objects.filter(**which).order_by("kind", "opens_on", "pk")
    return [
        (
            each.kind,
            str(each.about_on or ""),
            str(each.opens_on),
            str(each.due_on),
            each.ending or each.state,
        )
        for each in found
    ]
