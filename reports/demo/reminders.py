"""What the demo's shop reminds of beyond the days of its cars: declined work, festivals."""

from __future__ import annotations

from datetime import date, timedelta

from aftersales import roles
from aftersales.days import local_date
from aftersales.models import User
from followups.models import Festival, Kind, ReminderRule
from reports.demo import staff
from workshop.models import DeclinedWork, RepairOrder
from workshop.states import OrderState

# What was recommended, and whether it matters for safety.
RECOMMENDED = (
    ("前刹车片更换（剩余 3 毫米）", True),
    ("空调滤芯更换", False),
    ("四轮定位", False),
    ("右后轮胎更换（花纹 1.8 毫米）", True),
    ("蓄电池更换", False),
    ("Timing belt due, recommended at 90,000 km", True),
)
# One order in so many has something declined.
ONE_IN = 23
ASKED_AGAIN_AFTER = 80
FESTIVALS = (("元旦", 1, 1), ("劳动节", 5, 1), ("国庆节", 10, 1))


def prepare(workers: list[User], today: date) -> None:
    """Write down declined work of the last months and the festivals of a year."""
    advisor = staff.holding(workers, roles.SERVICE_ADVISOR)[0]
    orders = RepairOrder.objects.filter(state=OrderState.RELEASED).order_by("-gate_out_at", "-pk")
    DeclinedWork.objects.bulk_create(
        _declined(order, place, advisor, today)
        for place, order in enumerate(orders[: 40 * ONE_IN : ONE_IN])
    )
    for name, month, day in FESTIVALS:
        this_year = date(today.year, month, day)
        next_one = this_year if this_year >= today else date(today.year + 1, month, day)
        Festival.objects.create(name=name, day=next_one)
    ReminderRule.objects.current()
    for rule in ReminderRule.objects.filter(kind=Kind.BIRTHDAY):
        rule.is_on = True
        rule.save(update_fields=["is_on"])


def _declined(order: RepairOrder, place: int, advisor: User, today: date) -> DeclinedWork:
    work, is_safety = RECOMMENDED[place % len(RECOMMENDED)]
    declined_on = local_date(order.checked_in_at)
    return DeclinedWork(
        order=order,
        work=work,
        is_safety=is_safety,
        declined_on=declined_on,
        remind_on=max(declined_on, today - timedelta(5)) + timedelta(place * 3 % ASKED_AGAIN_AFTER),
        entered_by=order.advisor or advisor,
    )
