"""Customer files and vehicles of the demo dealership."""

from __future__ import annotations

from datetime import date, time, timedelta
from random import Random
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from aftersales import roles
from aftersales.models import Language, User
from customers import names, phones
from customers.models import (
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

# In this order in every list of customers: active ones, the last of them new, then the lost.
ACTIVE, LOST, NEW = 1500, 800, 110
OPENED_TWICE = 24
# What is tagged, by the last number of the file.
TAGS = {3: ["车友会"], 11: ["VIP", "车友会"], 17: ["转介绍"], 23: ["VIP"]}
DAYS = 548


def open_files(random: Random, workers: list[User], today: date) -> list[Customer]:
    """Save the customers; a few of the lost ones are old files of people who came back."""
    invented = [people.invent(random, number) for number in range(1, ACTIVE + LOST + 1)]
    invented[-OPENED_TWICE:] = invented[:OPENED_TWICE]
    customers = [
        _file(random, number, person, workers, today) for number, person in enumerate(invented, 1)
    ]
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


def _file(
    random: Random, number: int, person: people.Person, workers: list[User], today: date
) -> Customer:
    return Customer(
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
        wished_services="免费检测、上门取车" if random.random() < 0.75 else "",
        contact_verified_on=today - timedelta(random.randint(0, 500)),
        bag_location=f"{'ABCDEF'[number % 6]}-{number % 40 + 1:02}",
        is_fleet=person.kind == CustomerKind.COMPANY and random.random() < 0.3,
        tags=TAGS.get(number % 30, []),
        tracker=random.choice(staff.holding(workers, roles.TRACKING_SALESMAN)),
        opened_on=today - timedelta(random.randint(DAYS, 2400)),
        created_by=random.choice(staff.holding(workers, roles.SERVICE_ADVISOR)),
        birthday=_birthday(number, person.kind, today),
        **_plans(random, today),
    )


def _birthday(number: int, kind: str, today: date) -> date | None:
    """Return the birthday of two private customers in three; some is always near."""
    if kind != CustomerKind.PRIVATE or number % 3 == 0:
        return None
    return today - timedelta((20 + number % 50) * 365 + number * 37 % 365)


def _plans(random: Random, today: date) -> dict[str, Any]:
    """Return when to call and about what, where somebody has thought about it."""
    plans: dict[str, Any] = {}
    if random.random() < 0.15:
        plans |= {"convenient_from": time(18), "convenient_until": time(20)}
    if random.random() < 0.7:
        plans |= {
            "next_topic": random.choice(NextTopic.values),
            "next_talking_points": "问用车情况；提醒下次保养",
            "next_contact_on": today + timedelta(random.randint(0, 120)),
        }
    return plans


def register_vehicles(
    random: Random, customers: list[Customer], today: date
) -> list[list[Vehicle]]:
    """Save the cars and who owns them; return one list of cars per customer."""
    owned: list[list[Vehicle]] = []
    number = 0
    for position, customer in enumerate(customers):
        is_new = ACTIVE - NEW <= position < ACTIVE
        owned.append([])
        for _ in range(_how_many(random, customer)):
            number += 1
            age = random.randint(20, 330) if is_new else random.randint(600, 3000)
            owned[-1].append(_vehicle(random, number, customer, age, today))
    Vehicle.objects.bulk_create((car for fleet in owned for car in fleet), batch_size=1000)
    VehicleRelation.objects.bulk_create(
        (
            VehicleRelation(
                vehicle=vehicle,
                customer=customer,
                relation=Relation.OWNER,
                during=DateRange(vehicle.purchased_on, None),
            )
            for customer, fleet in zip(customers, owned, strict=True)
            for vehicle in fleet
        ),
        batch_size=1000,
    )
    return owned


def _how_many(random: Random, customer: Customer) -> int:
    if customer.is_fleet:
        return random.randint(4, 15)
    return 2 if random.random() < 0.12 else 1


def _vehicle(random: Random, number: int, customer: Customer, age: int, today: date) -> Vehicle:
    car = cars.invent(random, number, Language(customer.language))
    bought = today - timedelta(age)
    mileage = age * car.km_a_day
    return Vehicle(
        vin=car.vin,
        plate=car.plate,
        model=car.model,
        category=car.category,
        color=car.color,
        purchased_on=bought,
        sold_by_us=random.random() < 0.8,
        mileage=mileage,
        mileage_read_on=today,
        maintenance_months=6,
        maintenance_km=7500,
        next_maintenance_on=today + timedelta(random.randint(-60, 180)),
        next_maintenance_km=mileage + random.randint(500, 7500),
        warranty_ends_on=bought + timedelta(3 * 365),
        insurer=car.insurer,
        policy_ends_on=today + timedelta(random.randint(-30, 335)),
        inspection_due_on=today + timedelta(random.randint(-30, 700)),
        created_by=customer.created_by,
    )
