"""Loads 18 months of the life of an invented dealership, ending today."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from django.db import connection, transaction

from aftersales import roles
from aftersales.days import shop_zone
from aftersales.models import User
from customers.models import (
    Channel,
    Consultation,
    ConsultationTopic,
    ContactPurpose,
    ContactRefusal,
    Customer,
)
from reports.demo import (
    calls,
    campaigns,
    channels,
    complaints,
    files,
    letters,
    orders,
    reminders,
    staff,
)


@transaction.atomic
def load(*, today: date, now: datetime) -> dict[str, int]:
    """Fill an empty database; the same day gives the same dealership.

    Returns:
        How many customers, vehicles, repair orders and calls there are.
    """
    random = Random(today.toordinal())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
    workers = staff.hire()
    customers = files.open_files(random, workers, today)
    vehicles = files.register_vehicles(random, customers, today)
    written = orders.write_orders(random, workers, customers, vehicles, now=now)
    _consultations(random, workers, customers, today)
    _refusals(random, workers, customers, today)
    complaints.complain(random, workers, customers, today)
    reminders.prepare(workers, today)
    made = calls.live_through(random, workers, today=today, now=now)
    campaigns.hold(random, workers, today=today, now=now)
    letters.write(random, workers, now=now)
    complaints.meet(workers, today)
    channels.open_channels(random, workers, now=now)
    return {
        "customers": len(customers),
        "vehicles": sum(map(len, vehicles)),
        "repair_orders": written,
        "calls": made,
    }


def _in_business_hours(random: Random, today: date) -> datetime:
    day = today - timedelta(random.randint(1, files.DAYS))
    opens = datetime.combine(day, time(8, 30), tzinfo=shop_zone())
    return opens + timedelta(minutes=random.randint(0, 9 * 60))


def _consultations(
    random: Random, workers: list[User], customers: list[Customer], today: date
) -> None:
    advisors = staff.holding(workers, roles.SERVICE_ADVISOR)
    Consultation.objects.bulk_create(
        Consultation(
            customer=random.choice(customers),
            topic=random.choice(ConsultationTopic.values),
            notes="问保养价格和时间" if random.random() < 0.7 else "",
            ended_at=_in_business_hours(random, today),
            held_by=random.choice(advisors),
        )
        for _ in range(240)
    )


def _refusals(random: Random, workers: list[User], customers: list[Customer], today: date) -> None:
    ContactRefusal.objects.bulk_create(
        ContactRefusal(
            customer=customer,
            purpose=random.choice([ContactPurpose.PROMOTION, ContactPurpose.ALL]),
            channel=random.choice([Channel.PHONE, Channel.SMS, Channel.ALL]),
            reason="客户要求" if random.random() < 0.8 else "Asked not to be called at work",
            refused_on=today - timedelta(random.randint(1, 400)),
            recorded_by=random.choice(staff.holding(workers, roles.TRACKING_SALESMAN)),
        )
        for customer in random.sample(customers, 60)
    )
