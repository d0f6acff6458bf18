"""Classes of customers by their visits of a year.

Source: CMS-03, CMS-04, CMS-05, CMS-06, R-10, R-11, R-12, R-13.
"""

from datetime import date, datetime, time

import pytest
from django.db import connection

from aftersales import days
from customers.tests.factories import CustomerFactory, OwnershipFactory
from workshop import classes
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db


def class_of(customer, on, letters=classes.CustomerClass.values):
    joins, expression = classes.sql(letters)
    statement = f"SELECT {expression} FROM customers_customer customer {joins} WHERE id = %(id)s"
    with connection.cursor() as cursor:
        asked = {**classes.parameters(date.fromisoformat(on)), "id": customer.pk}
        cursor.execute(statement, asked)
        return cursor.fetchone()[0]


def bought(purchased_on):
    customer = CustomerFactory(opened_on="2019-01-01")
    OwnershipFactory(customer=customer, vehicle__purchased_on=purchased_on)
    return customer


def came(customer, *visits, at=time(9), **fields):
    for visit in visits:
        moment = datetime.combine(date.fromisoformat(visit), at, tzinfo=days.shop_zone())
        RepairOrderFactory(customer=customer, checked_in_at=moment, **fields)


YEAR = ("2024-01-05", "2024-04-05", "2024-07-05", "2024-10-05")


@pytest.mark.parametrize(
    ("on", "purchased", "visits", "letter"),
    [
        ("2024-12-31", "2020-01-01", YEAR, "A"),
        ("2024-12-31", "2020-01-01", YEAR[:3], "B"),
        ("2024-12-31", "2020-01-01", YEAR[:2], "B"),
        ("2024-12-31", "2020-01-01", YEAR[:1], "C"),
        ("2024-12-31", "2020-01-01", ["2023-12-31"], "C"),
        ("2024-12-31", "2020-01-01", ["2023-12-30"], "D"),
        ("2025-02-28", "2020-01-01", ["2024-02-29"], "C"),
        ("2025-03-01", "2020-01-01", ["2024-02-29"], "D"),
        ("2025-03-01", "2020-01-01", ["2024-03-01"], "C"),
        ("2025-03-02", "2020-01-01", ["2024-03-01"], "D"),
        ("2024-02-29", "2020-01-01", ["2023-02-28"], "C"),
        ("2024-12-31", "2023-12-31", [], "N"),
        ("2025-01-01", "2023-12-31", [], "D"),
    ],
)
def test_visits_of_twelve_months_until_today_make_the_class(on, purchased, visits, letter):
    customer = bought(purchased)
    came(customer, *visits)

    assert class_of(customer, on) == letter


def test_warranty_and_free_inspection_are_visits():
    customer = bought("2020-01-01")
    came(customer, *YEAR[:2])
    came(customer, YEAR[2], kind="warranty")
    came(customer, YEAR[3], kind="free_inspection")

    assert class_of(customer, "2024-12-31") == "A"


@pytest.mark.parametrize("kind", ["pdi", "rework", "internal"])
def test_what_brings_no_customer_is_no_visit(kind):
    customer = bought("2020-01-01")
    came(customer, *YEAR[:3])
    came(customer, YEAR[3], kind=kind)

    assert class_of(customer, "2024-12-31") == "B"


def test_orders_of_one_day_are_one_visit_and_cancelled_ones_none():
    customer = bought("2020-01-01")
    came(customer, YEAR[0])
    came(customer, YEAR[0], at=time(15), kind="warranty")
    came(customer, YEAR[1], state="cancelled", cancelled_at="2024-04-05T10:00Z", cancel_reason="no")

    assert class_of(customer, "2024-12-31") == "C"


def test_without_a_known_purchase_the_file_says_who_is_new():
    assert class_of(CustomerFactory(opened_on="2023-12-31"), "2024-12-31") == "N"
    assert class_of(CustomerFactory(opened_on="2023-12-30"), "2024-12-31") == "D"


def test_whoever_only_asks_for_those_who_come_looks_at_no_purchases():
    customer = bought("2024-12-01")

    assert class_of(customer, "2024-12-31", "AB") is None
    assert "purchases" not in "".join(classes.sql("ABC"))
