"""Whose car came in, and which, corrected on the page of its order."""

import pytest
from django.urls import reverse

from aftersales.roles import SERVICE_ADVISOR
from aftersales.tests.factories import UserFactory
from customers.tests.factories import CustomerFactory, PhoneFactory, VehicleFactory
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def advisor(client):
    user = UserFactory(roles=[SERVICE_ADVISOR])
    client.force_login(user)
    return user


def correct(client, order, headers=HTMX, **typed):
    url = reverse("workshop:edit-order", args=[order.pk, "parties"])
    return client.post(url, {"version": 1, "who": "", "vehicle": "", **typed}, headers=headers)


def parties(order):
    order.refresh_from_db()
    return order.customer.name, str(order.vehicle)


@pytest.mark.parametrize("state", [{}, {"authorized": True}])
def test_customer_and_vehicle_are_found_by_what_somebody_remembers(client, state):
    order = RepairOrderFactory(**state)
    PhoneFactory(customer=CustomerFactory(name="李雷"), typed="138 0013 8000")
    VehicleFactory(plate="粤B54321")
    form = client.get(reverse("workshop:edit-order", args=[order.pk, "parties"]), headers=HTMX)
    assert reverse("customers:choices") in form.content.decode()

    part = correct(client, order, who="8000", vehicle="54321")

    assert parties(order) == ("李雷", "粤B54321")
    assert part.content.decode().count("李雷") == 2  # the group and the head


def test_what_is_left_empty_stays(client):
    order = RepairOrderFactory(customer__name="王小明", vehicle__plate="粤A12345")
    VehicleFactory(plate="粤B54321")

    answer = correct(client, order, headers={}, vehicle="粤B54321")

    assert answer.url == f"{order.get_absolute_url()}#parties"
    assert parties(order) == ("王小明", "粤B54321")


def test_of_several_who_fit_one_is_chosen(client):
    order = RepairOrderFactory(customer__name="王小明")
    first, second = CustomerFactory(name="李雷"), CustomerFactory(name="李雷")

    asked = correct(client, order, who="李雷")
    assert asked.status_code == 422
    assert "Several customers fit." in asked.content.decode()
    assert f'value="{first.pk}"' in asked.content.decode()

    correct(client, order, who="李雷", customer=second.pk)
    order.refresh_from_db()
    assert order.customer == second


def test_of_two_who_correct_them_the_second_sees_both_names(client):
    order = RepairOrderFactory()
    people = [CustomerFactory(name=name) for name in ("李雷", "김민수")]
    correct(client, order, customer=people[0].pk)

    late = correct(client, order, customer=people[1].pk)

    assert late.status_code == 409
    assert "<td>李雷</td><td>김민수</td>" in late.content.decode()


def test_they_stay_once_the_car_has_left(client):
    order = RepairOrderFactory(customer__name="王小明", vehicle__plate="粤A12345", released=True)
    page = client.get(order.get_absolute_url()).content.decode()
    assert reverse("workshop:edit-order", args=[order.pk, "parties"]) not in page

    refused = correct(client, order, customer=CustomerFactory().pk)

    assert refused.status_code == 422
    assert parties(order) == ("王小明", "粤A12345")
