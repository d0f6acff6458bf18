from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.roles import (
    ADMINISTRATOR,
    FOREMAN,
    REST_CLIENT,
    SERVICE_ADVISOR,
    TECHNICIAN,
)
from aftersales.tests.factories import UserFactory
from customers.tests.factories import CustomerFactory, OwnershipFactory, PhoneFactory
from workshop.search import search
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 31)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def advisor(client):
    user = UserFactory(roles=[SERVICE_ADVISOR])
    client.force_login(user)
    return user


def orders_found(query, user):
    hits = search(query, user=user, today=TODAY)
    return ["".join(hit.text) for hit in hits if hit.field == "order"]


class TestOrders:
    @pytest.mark.parametrize(
        "query", ["RO-2026-000123", "ro-2026-000123", "000123", "RO-000123", "RO-2026-0001"]
    )
    def test_orders_are_found_by_their_number(self, advisor, query):
        RepairOrderFactory(number="RO-2026-000123")
        RepairOrderFactory(number="RO-2024-000123")

        assert orders_found(query, advisor) == ["RO-2026-000123"]

    def test_numbers_of_other_systems_are_found_whole_or_by_their_beginning(self, advisor):
        RepairOrderFactory(number="W1234567")
        RepairOrderFactory(number="7")

        assert orders_found("W1234567", advisor) == ["W1234567"]
        assert orders_found("w1234", advisor) == ["W1234567"]
        assert orders_found("w123", advisor) == []
        assert orders_found("7", advisor) == ["7"]

    def test_an_order_with_just_this_number_comes_before_people(self, advisor):
        PhoneFactory(typed="138 0013 8000", customer__name="王小明")
        RepairOrderFactory(number="8000")
        RepairOrderFactory(number="80001")

        hits = search("8000", user=advisor, today=TODAY)

        assert [hit.field for hit in hits] == ["order", "phone"]

    def test_everybody_finds_the_orders_that_he_may_open(self):
        RepairOrderFactory(number="HERE-1")
        RepairOrderFactory(number="GONE-1", released=True)
        program = UserFactory(roles=[REST_CLIENT])
        RepairOrderFactory(number="OWN-11", created_by=program)
        technician = UserFactory(roles=[TECHNICIAN])

        assert orders_found("HERE-1", technician) == ["HERE-1"]
        assert orders_found("GONE-1", technician) == []
        assert orders_found("OWN-11", program) == ["OWN-11"]
        assert orders_found("HERE-1", program) == []

    @pytest.mark.parametrize("found", [1, 3])
    def test_a_search_takes_a_fixed_number_of_queries(self, advisor, found):
        for number in range(found):
            RepairOrderFactory(number=f"W12345{number}")

        with CaptureQueriesContext(connection) as queries:
            assert len(search("w12345", user=advisor, today=TODAY)) == found

        # The order of this number, people and vehicles (4), orders that begin so.
        assert len(queries) == 6


class TestBox:
    def test_it_answers_with_hits_to_choose_from(self, client, advisor):
        customer = CustomerFactory(name="王小明")
        PhoneFactory(customer=customer, typed="138 0013 8000", is_primary=True)
        OwnershipFactory(customer=customer, vehicle__plate="粤A12345")

        part = client.post("/search/", {"q": "2345"}, headers=HTMX).content.decode()

        assert part.count('role="option"') == 1
        assert f'href="{customer.get_absolute_url()}"' in part
        assert "粤A1<mark>2345</mark>" in part
        for text in ["王小明", "粤A12345", "8000"]:
            assert text in part

    def test_a_part_of_the_name_is_marked_in_the_name(self, client, advisor):
        CustomerFactory(name="王小明")

        assert "<mark>王小</mark>明" in client.post("/search/", {"q": "王小"}, headers=HTMX).text

    def test_nothing_found_says_what_to_try(self, client, advisor):
        part = client.post("/search/", {"q": "zzz"}, headers=HTMX).content.decode()

        assert "Nothing found" in part
        assert "option" not in part

    @pytest.mark.parametrize(
        ("role", "hint", "advice"),
        [
            (SERVICE_ADVISOR, "Phone, plate, VIN or name", "last digits of the phone"),
            (FOREMAN, "Plate, VIN or order number", "Try a part of the plate"),
            (TECHNICIAN, "Order number", "Try the whole number of the order"),
        ],
    )
    def test_the_box_promises_what_its_reader_can_find(self, client, role, hint, advice):
        client.force_login(UserFactory(roles=[role]))

        home = client.get("/").content.decode()
        answer = client.post("/search/", {"q": "nobody"}, headers=HTMX).content.decode()

        assert f'placeholder="{hint}' in home
        assert advice in answer

    def test_names_are_text_and_no_markup(self, client, advisor):
        CustomerFactory(name="<b>Bold</b>")

        assert (
            "&lt;b&gt;<mark>Bold</mark>"
            in client.post("/search/", {"q": "bold"}, headers=HTMX).text
        )

    def test_it_works_without_javascript_and_not_by_address(self, client, advisor):
        CustomerFactory(name="王小明")

        page = client.post("/search/", {"q": "wxm"}).content.decode()
        assert "<html" in page
        assert "王小明" in page
        assert "王小明" not in client.get("/search/", {"q": "wxm"}).content.decode()

    @pytest.mark.parametrize("query", ["", " ", "\0", "a\0b", "x" * 101])
    def test_odd_input_is_answered(self, client, advisor, query):
        assert client.post("/search/", {"q": query}, headers=HTMX).status_code == 200

    def test_who_may_see_no_orders_has_no_box(self, client):
        client.force_login(UserFactory(roles=[ADMINISTRATOR]))

        assert client.post("/search/", {"q": "x"}).status_code == 403
        assert "search-input" not in client.get("/").content.decode()
