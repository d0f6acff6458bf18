"""The demo is the dealership of the annual plan (KPI-08, KPI-09)."""

import re
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Avg, Count, Q

from aftersales.days import local_date
from aftersales.models import Language, User
from aftersales.roles import ROLES
from customers.models import Customer, Phone, Vehicle
from customers.rules import check_vin, is_known_plate
from reports.demo import cars, dealership, people
from workshop.models import RepairOrder
from workshop.states import OrderState

NOW = datetime(2026, 3, 31, 8, 0, tzinfo=UTC)
INVENTED = re.compile(r"\+861990000\d{4}|\+82100000\d{4}|\+447700900\d{3}|\+86200000\d{4}")


@pytest.mark.django_db
def test_the_demo_is_a_dealership_of_the_size_that_the_plan_names():
    counts = dealership.load(today=local_date(NOW), now=NOW)

    orders = RepairOrder.objects.exclude(state=OrderState.CANCELLED)
    last_year = orders.filter(checked_in_at__gt=NOW - timedelta(days=365))
    lost = Customer.objects.filter(repair_orders__isnull=False).exclude(
        repair_orders__checked_in_at__gt=NOW - timedelta(days=367)
    )
    assert counts["customers"] == Customer.objects.count() == 2300
    assert counts["repair_orders"] == RepairOrder.objects.count()
    assert 600 < counts["repair_orders"] / 18 < 700
    assert 1300 < last_year.values("customer").distinct().count() <= 1400
    assert 750 < lost.distinct().count() <= 820
    assert set(orders.values_list("state", flat=True)) >= {OrderState.AUTHORIZED}
    assert orders.filter(checked_in_at__gt=NOW).count() == 0
    paid = orders.exclude(total_amount=0).aggregate(
        visit=Avg("customer_amount", filter=Q(customer_amount__gt=0)),
        insurance=Avg("insurer_amount", filter=Q(insurer_amount__gt=0)),
    )
    assert 780 < paid["visit"] < 900
    assert 1700 < paid["insurance"] < 1900
    often = Customer.objects.annotate(visits=Count("repair_orders")).order_by("-visits")
    assert 15 < often[0].visits < 45
    chinese = Customer.objects.filter(language=Language.CHINESE).count()
    assert 0.7 < chinese / counts["customers"] < 0.8
    assert {role for user in User.objects.all() for role in user.roles} == set(ROLES)
    assert {number for number in phones() if not INVENTED.fullmatch(number)} == set()


def phones():
    return Phone.objects.values_list("e164", flat=True)


def test_invented_people_and_cars_are_the_same_every_time():
    def invented(seed):
        random = Random(seed)
        return [
            (people.invent(random, number), cars.invent(random, number, Language.CHINESE))
            for number in range(1, 50)
        ]

    assert invented(1) == invented(1)
    assert invented(1) != invented(2)


def test_invented_cars_have_right_vins_and_plates_of_their_own():
    random = Random(1)
    made = [cars.invent(random, number, Language.CHINESE) for number in range(1, 4000)]

    assert {check_vin(car.vin).error for car in made} == {""}
    assert {is_known_plate(car.plate) for car in made} == {True}
    assert len({car.plate for car in made}) == len({car.vin for car in made}) == len(made)


@pytest.mark.parametrize(
    ("language", "letters"),
    [
        (Language.CHINESE, "[一-鿿]+"),
        (Language.KOREAN, "[가-힣]+"),
        (Language.ENGLISH, "[A-Za-z]+"),
    ],
)
def test_invented_cars_have_colors_in_the_language_of_their_owners(language, letters):
    colors = {cars.invent(Random(number), number, language).color for number in range(1, 50)}

    assert all(re.fullmatch(letters, color) for color in colors)


@pytest.mark.django_db
def test_the_demo_is_refused_where_there_are_people_or_production(settings):
    User.objects.create_user("somebody", None, name="Somebody")

    with pytest.raises(CommandError, match="isn't empty"):
        call_command("load_demo")
    call_command("load_demo", if_empty=True)
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("load_demo", if_empty=True)

    assert (User.objects.count(), Vehicle.objects.count()) == (1, 0)
