"""Loads 18 months of the life of an invented dealership, ending today."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from aftersales import roles
from aftersales.days import shop_zone
from aftersales.models import User
from customers import names, phones
from customers.models import (
    Channel,
    Consultation,
    ConsultationTopic,
    ContactPurpose,
    ContactRefusal,
    Customer,
    CustomerKind,
    NextTopic,
    Phone,
    PhoneKind,
    Relation,
    Vehicle,
    VehicleRelation,
)
from reports.demo import cars, people, staff
from workshop.models import OrderKind, RepairOrder
from workshop.states import OrderState

ACTIVE_CUSTOMERS, LOST_CUSTOMERS, NEW_CUSTOMERS = 1500, 800, 110
DAYS = 548
VISITS_A_MONTH = 650
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
    OrderKind.MAINTENANCE: "Engine oil and filter; Air filter; 20-point check",
    OrderKind.INSURANCE: "Front bumper: paint; Left fender: panel beating and paint",
    OrderKind.WARRANTY: "Window regulator replaced under warranty",
    OrderKind.FREE_INSPECTION: "Free winter inspection",
    OrderKind.FIRST_FREE: "First free maintenance",
    OrderKind.REWORK: "Wind noise at the left front door, done again",
    OrderKind.BOUTIQUE: "Floor mats and dash camera fitted",
    OrderKind.ANNUAL_INSPECTION: "Statutory inspection",
}
REPAIRS = (
    "Brake pads, front axle",
    "Battery replaced",
    "Air conditioning: refrigerant, cabin filter",
    "Suspension arm, right",
    "Tires, two, balanced",
    "Water pump and belt",
)
EVENINGS = {"convenient_from": time(18), "convenient_until": time(20)}
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


@transaction.atomic
def load(*, today: date, now: datetime) -> dict[str, int]:
    """Fill an empty database; the same day gives the same dealership.

    Returns:
        How many customers, vehicles and repair orders there are.
    """
    random = Random(today.toordinal())  # noqa: S311 - invented data, no secret
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
    workers = staff.hire()
    customers = _customers(random, workers, today)
    vehicles = _vehicles(random, customers, today)
    orders = _orders(random, workers, customers, vehicles, today, now)
    _consultations(random, workers, customers, now)
    _refusals(random, workers, customers, today)
    return {
        "customers": len(customers),
        "vehicles": sum(map(len, vehicles)),
        "repair_orders": orders,
    }


def _with_role(workers: list[User], role: str) -> list[User]:
    return [worker for worker in workers if role in worker.roles]


def _customers(random: Random, workers: list[User], today: date) -> list[Customer]:
    trackers = _with_role(workers, roles.TRACKING_SALESMAN)
    advisors = _with_role(workers, roles.SERVICE_ADVISOR)
    invented = [
        people.invent(random, number) for number in range(1, ACTIVE_CUSTOMERS + LOST_CUSTOMERS + 1)
    ]
    customers = []
    for number, person in enumerate(invented, 1):
        is_planned = random.random() < 0.7
        customers.append(
            Customer(
                file_no=f"K-{number:06}",
                kind=person.kind,
                name=person.name,
                sort_key=names.sort_key(person.name),
                search_keys=names.search_keys(person.name, person.contact_name),
                contact_name=person.contact_name,
                title=person.title,
                language=person.language,
                address=person.address if random.random() < 0.95 else "",
                postal_code=person.postal_code,
                district=person.district,
                email=person.email,
                **(EVENINGS if random.random() < 0.15 else {}),
                wished_services="免费检测、上门取车" if random.random() < 0.75 else "",
                next_topic=random.choice(NextTopic.values) if is_planned else "",
                next_talking_points="问用车情况；提醒下次保养" if is_planned else "",
                next_contact_on=today + timedelta(random.randint(0, 120)) if is_planned else None,
                contact_verified_on=today - timedelta(random.randint(0, 500)),
                bag_location=f"{'ABCDEF'[number % 6]}-{number % 40 + 1:02}",
                is_fleet=person.kind == CustomerKind.COMPANY and random.random() < 0.3,
                tracker=random.choice(trackers),
                opened_on=today - timedelta(random.randint(DAYS, 2400)),
                created_by=random.choice(advisors),
            )
        )
    Customer.objects.bulk_create(customers, batch_size=1000)
    Phone.objects.bulk_create(
        (
            Phone(
                customer=customer,
                kind=PhoneKind.WORK if position else PhoneKind.MOBILE,
                typed=number.typed,
                e164=number.e164,
                tail=number.tail,
                is_primary=not position,
            )
            for customer, person in zip(customers, invented, strict=True)
            for position, number in enumerate(map(phones.parse, person.phones))
        ),
        batch_size=1000,
    )
    return customers


def _vehicles(random: Random, customers: list[Customer], today: date) -> list[list[Vehicle]]:
    """Save the cars of every customer and who owns them; one list per customer."""
    owned: list[list[Vehicle]] = []
    number = 0
    for position, customer in enumerate(customers):
        is_new = ACTIVE_CUSTOMERS - NEW_CUSTOMERS <= position < ACTIVE_CUSTOMERS
        owned.append([])
        for _ in range(_how_many_cars(random, customer)):
            number += 1
            car = cars.invent(random, number, customer.language)
            age = random.randint(20, 330) if is_new else random.randint(400, 3000)
            bought = today - timedelta(age)
            owned[-1].append(
                Vehicle(
                    vin=car.vin,
                    plate=car.plate,
                    model=car.model,
                    category=car.category,
                    color=car.color,
                    purchased_on=bought,
                    sold_by_us=random.random() < 0.8,
                    mileage=age * car.km_a_day,
                    mileage_read_on=today - timedelta(random.randint(0, 60)),
                    maintenance_months=6,
                    maintenance_km=7500,
                    next_maintenance_on=today + timedelta(random.randint(-60, 180)),
                    next_maintenance_km=age * car.km_a_day + random.randint(500, 7500),
                    warranty_ends_on=bought + timedelta(3 * 365),
                    insurer=car.insurer,
                    policy_ends_on=today + timedelta(random.randint(-30, 335)),
                    inspection_due_on=today + timedelta(random.randint(-30, 700)),
                    created_by=customer.created_by,
                )
            )
    Vehicle.objects.bulk_create((car for cars_of in owned for car in cars_of), batch_size=1000)
    VehicleRelation.objects.bulk_create(
        (
            VehicleRelation(
                vehicle=vehicle,
                customer=customer,
                relation=Relation.OWNER,
                during=DateRange(vehicle.purchased_on, None),
            )
            for customer, cars_of in zip(customers, owned, strict=True)
            for vehicle in cars_of
        ),
        batch_size=1000,
    )
    return owned


def _how_many_cars(random: Random, customer: Customer) -> int:
    if customer.is_fleet:
        return random.randint(4, 15)
    return 2 if random.random() < 0.12 else 1


def _orders(
    random: Random,
    workers: list[User],
    customers: list[Customer],
    vehicles: list[list[Vehicle]],
    today: date,
    now: datetime,
) -> int:
    advisors = _with_role(workers, roles.SERVICE_ADVISOR)
    days = [today - timedelta(back) for back in range(DAYS, -1, -1)]
    visits = sorted((day, who) for who, day in _visits(random, customers, days))
    orders = []
    for number, (day, who) in enumerate(visits, 1):
        vehicle = random.choice(vehicles[who])
        orders.append(
            _order(random, number, day, customers[who], vehicle, random.choice(advisors), now)
        )
    RepairOrder.objects.bulk_create(filter(None, orders), batch_size=1000)
    return RepairOrder.objects.count()


def _visits(random: Random, customers: list[Customer], days: list[date]) -> list[tuple[int, date]]:
    """Return (position of the customer, day) of all visits.

    Active customers came within the last twelve months, lost ones only before, new ones
    have bought a car and not been here yet.
    """
    year_ago = len(days) - 366
    active = range(ACTIVE_CUSTOMERS - NEW_CUSTOMERS)
    lost = range(ACTIVE_CUSTOMERS, len(customers))
    weights = [random.paretovariate(1.5) for _ in active]
    visits = [(who, days[random.randrange(year_ago + 1, len(days))]) for who in active]
    visits += [(who, days[random.randrange(0, year_ago)]) for who in lost]
    wanted = VISITS_A_MONTH * 18 - len(visits)
    share = [who for who in lost for _ in range(3)]
    visits += [(who, days[random.randrange(0, year_ago)]) for who in random.sample(share, 1000)]
    visits += [
        (who, days[random.randrange(0, len(days))])
        for who in random.choices(active, weights, k=wanted - 1000)
    ]
    return visits


def _order(
    random: Random,
    number: int,
    day: date,
    customer: Customer,
    vehicle: Vehicle,
    advisor: User,
    now: datetime,
) -> RepairOrder | None:
    kind = random.choices(list(KINDS), list(KINDS.values()))[0]
    opens = datetime.combine(day, time(8, 30), tzinfo=shop_zone())
    checked_in_at = opens + timedelta(minutes=random.randint(0, 480))
    if checked_in_at > now:
        return None
    authorized_at = checked_in_at + timedelta(minutes=random.randint(10, 40))
    hours = random.randint(1, 70) if kind == OrderKind.INSURANCE else random.randint(1, 8)
    gate_out_at = authorized_at + timedelta(hours=hours)
    mileage = max((vehicle.mileage or 0) - (now.date() - day).days * 30, 100)
    order = RepairOrder(
        number=f"RO-{day:%y%m%d}-{number:05}",
        kind=kind,
        customer=customer,
        vehicle=vehicle,
        advisor=advisor,
        checked_in_at=checked_in_at,
        mileage_in=mileage,
        concern=random.choice(CONCERNS),
        service_items=ITEMS.get(kind) or random.choice(REPAIRS),
        created_by=advisor,
    )
    if random.random() < 0.01:
        order.state = OrderState.CANCELLED
        order.cancelled_at = min(authorized_at, now)
        order.cancel_reason = "Customer had no time to wait"
    elif authorized_at < now:
        order.state, order.authorized_at = OrderState.AUTHORIZED, authorized_at
        _bill(random, order)
        if gate_out_at < now:
            order.state, order.gate_out_at = OrderState.RELEASED, gate_out_at
            order.mileage_out = mileage + random.randint(0, 8)
    return order


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


def _consultations(
    random: Random, workers: list[User], customers: list[Customer], now: datetime
) -> None:
    advisors = _with_role(workers, roles.SERVICE_ADVISOR)
    Consultation.objects.bulk_create(
        Consultation(
            customer=random.choice(customers),
            topic=random.choice(ConsultationTopic.values),
            notes="问保养价格和时间" if random.random() < 0.7 else "",
            ended_at=now - timedelta(minutes=random.randint(60, DAYS * 24 * 60)),
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
            recorded_by=random.choice(_with_role(workers, roles.TRACKING_SALESMAN)),
        )
        for customer in random.sample(customers, 60)
    )
