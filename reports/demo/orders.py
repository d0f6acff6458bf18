"""Repair orders of the demo dealership: about 650 visits a month."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from aftersales import roles
from aftersales.days import local_date, shop_zone
from aftersales.models import User
from customers.models import Customer, Vehicle
from reports.demo import staff
from reports.demo.files import ACTIVE, DAYS, NEW
from workshop.models import OrderKind, RepairOrder
from workshop.states import OrderState

VISITS_A_MONTH = 650
# Times as often as the rarest: without it one customer would come three times a day.
MOST_REGULAR = 8
KINDS = {
    OrderKind.GENERAL: 34,
    OrderKind.MAINTENANCE: 36,
    OrderKind.INSURANCE: 12,
    OrderKind.WARRANTY: 7,
    OrderKind.FREE_INSPECTION: 4,
    OrderKind.FIRST_FREE: 3,
    OrderKind.REWORK: 1,
    OrderKind.BOUTIQUE: 2,
    OrderKind.ANNUAL_INSPECTION: 1,
}
ITEMS = {
    OrderKind.MAINTENANCE: "更换机油、机滤；空滤；20项检查",
    OrderKind.INSURANCE: "前保险杠喷漆；左前翼子板钣金喷漆",
    OrderKind.WARRANTY: "质保更换玻璃升降器",
    OrderKind.FREE_INSPECTION: "冬季免费检测",
    OrderKind.FIRST_FREE: "首保",
    OrderKind.REWORK: "左前门风噪返修",
    OrderKind.BOUTIQUE: "加装脚垫、行车记录仪",
    OrderKind.ANNUAL_INSPECTION: "代办年检",
}
REPAIRS = (
    "更换前刹车片",
    "更换蓄电池",
    "空调加制冷剂、更换空调滤芯",
    "更换右下摆臂",
    "更换两条轮胎、动平衡",
    "更换水泵、皮带",
)
CONCERNS = (
    "刹车有异响",
    "空调不凉",
    "仪表故障灯亮",
    "怠速抖动",
    "",
    "",
    "소음이 납니다",
    "Pulls to the left",
)


def write_orders(
    random: Random,
    workers: list[User],
    customers: list[Customer],
    vehicles: list[list[Vehicle]],
    *,
    now: datetime,
) -> int:
    """Save the repair orders of all visits up to `now`; return how many there are."""
    advisors = staff.holding(workers, roles.SERVICE_ADVISOR)
    today = local_date(now)
    visits = sorted(
        {(today - timedelta(DAYS - day), who) for who, day in _visits(random, len(customers))}
    )
    orders = [
        _order(random, number, day, random.choice(vehicles[who]), customers[who], now)
        for number, (day, who) in enumerate(visits, 1)
    ]
    for order in orders:
        order.advisor = order.created_by = random.choice(advisors)
    written = [order for order in orders if order.checked_in_at <= now]
    RepairOrder.objects.bulk_create(written, batch_size=1000)
    return len(written)


def _visits(random: Random, customers: int) -> list[tuple[int, int]]:
    """Return (position of the customer, day from 0 to DAYS) of all visits.

    Active customers came within the last twelve months, lost ones only before, new ones
    have bought a car and not been here yet.
    """
    year_ago = DAYS - 365
    active, lost = range(ACTIVE - NEW), range(ACTIVE, customers)
    weights = [min(random.paretovariate(1.5), MOST_REGULAR) for _ in active]
    visits = [(who, random.randint(year_ago, DAYS)) for who in active]
    visits += [(who, random.randrange(year_ago)) for who in [*lost, *random.choices(lost, k=1000)]]
    regulars = random.choices(active, weights, k=VISITS_A_MONTH * 18 - len(visits))
    return visits + [(who, random.randint(0, DAYS)) for who in regulars]


def _order(
    random: Random, number: int, day: date, vehicle: Vehicle, customer: Customer, now: datetime
) -> RepairOrder:
    kind = random.choices(list(KINDS), list(KINDS.values()))[0]
    opens = datetime.combine(day, time(8, 30), tzinfo=shop_zone())
    checked_in_at = opens + timedelta(minutes=random.randint(0, 480))
    order = RepairOrder(
        number=f"RO-{day:%y%m%d}-{number:05}",
        kind=kind,
        customer=customer,
        vehicle=vehicle,
        checked_in_at=checked_in_at,
        mileage_in=_mileage(vehicle, day),
        concern=random.choice(CONCERNS),
        service_items=ITEMS.get(kind) or random.choice(REPAIRS),
    )
    _advance(random, order, now)
    return order


def _mileage(vehicle: Vehicle, day: date) -> int:
    """Return what the clock showed on `day`: from 0 at the purchase evenly to today's reading."""
    bought, read_on, mileage = vehicle.purchased_on, vehicle.mileage_read_on, vehicle.mileage
    assert bought is not None
    assert read_on is not None
    assert mileage is not None
    return mileage * max((day - bought).days, 0) // (read_on - bought).days


def _advance(random: Random, order: RepairOrder, now: datetime) -> None:
    """Bring the order as far as it has come until `now`; accident repairs take days."""
    authorized_at = order.checked_in_at + timedelta(minutes=random.randint(10, 40))
    hours = random.randint(20, 150) if order.kind == OrderKind.INSURANCE else random.randint(1, 8)
    gate_out_at = authorized_at + timedelta(hours=hours)
    if random.random() < 0.01:
        order.state = OrderState.CANCELLED
        order.cancelled_at = min(authorized_at, now)
        order.cancel_reason = "客户没有时间等候"
    elif authorized_at < now:
        order.state, order.authorized_at = OrderState.AUTHORIZED, authorized_at
        _bill(random, order)
        if gate_out_at < now:
            order.state, order.gate_out_at = OrderState.RELEASED, gate_out_at
            order.mileage_out = order.mileage_in


def _bill(random: Random, order: RepairOrder) -> None:
    """Give the order an amount: 800 yuan on average, 1,800 for insurance work (KPI-08, KPI-09)."""
    if order.kind == OrderKind.INSURANCE:
        order.insurer_amount = Decimal(random.randint(60_000, 300_000)) / 100
    elif order.kind == OrderKind.WARRANTY:
        order.warranty_amount = Decimal(random.randint(20_000, 200_000)) / 100
    elif order.kind in {OrderKind.FREE_INSPECTION, OrderKind.FIRST_FREE, OrderKind.REWORK}:
        order.internal_amount = Decimal(random.randint(5_000, 20_000)) / 100
    else:
        order.customer_amount = Decimal(random.randint(18_000, 150_000)) / 100
