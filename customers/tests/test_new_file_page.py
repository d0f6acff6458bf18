from datetime import date
from functools import partial
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from aftersales.roles import SERVICE_ADVISOR
from aftersales.tests.factories import UserFactory
from customers.models import Customer, Phone, Relation, Vehicle
from customers.tests.factories import CustomerFactory, OwnershipFactory, VehicleFactory

URL = "/customers/new/"


@pytest.fixture
def advisor(client):
    user = UserFactory(roles=[SERVICE_ADVISOR])
    client.force_login(user)
    return user


def typed(**changes):
    """What the page sends for a customer with one number and no vehicle."""
    return {
        "operation": str(uuid4()),
        "kind": "private",
        "name": "王小明",
        "language": "zh-hans",
        "phones-TOTAL_FORMS": "2",
        "phones-INITIAL_FORMS": "0",
        "phones-0-typed": "138 0013 8000",
        "phones-0-kind": "mobile",
        "phones-1-typed": "",
        "phones-1-kind": "mobile",
        "vehicle-relation": "owner",
        **changes,
    }


VEHICLE = {
    "vehicle-plate": "粤A·12345",
    "vehicle-vin": "LSGPC52U6AF000123",
    "vehicle-model": "Lacrosse",
    "vehicle-mileage": "40000",
}


@pytest.mark.django_db
class TestOpening:
    def test_leads_to_the_new_file_and_says_its_number(self, client, advisor):
        response = client.post(
            URL,
            typed(
                address="天河路1号",
                convenient_from="18:00",
                convenient_until="20:00",
                convenient_weekdays=["6", "7"],
                next_topic="maintenance",
                next_contact_on="2026-03-01",
            ),
            follow=True,
        )

        customer = Customer.objects.get()
        assert response.redirect_chain == [(f"/customers/{customer.pk}/", 302)]
        assert f"File {customer.file_no} was opened." in response.content.decode()
        assert (customer.name, customer.created_by, customer.convenient_weekdays) == (
            "王小明",
            advisor,
            [6, 7],
        )
        assert customer.next_contact_on == date(2026, 3, 1)
        assert [phone.e164 for phone in customer.phones.all()] == ["+8613800138000"]

    def test_takes_the_vehicle_along(self, client, advisor):
        client.post(URL, typed(**VEHICLE))

        vehicle = Vehicle.objects.get()
        assert (vehicle.plate, vehicle.model, vehicle.mileage) == ("粤A12345", "Lacrosse", 40000)
        relation = vehicle.relations.get()
        assert (relation.customer, relation.relation) == (Customer.objects.get(), Relation.OWNER)

    def test_a_driver_brings_a_vehicle_that_he_does_not_own(self, client, advisor):
        client.post(URL, typed(**VEHICLE, **{"vehicle-relation": "bringer"}))

        assert Vehicle.objects.get().relations.get().relation == Relation.BRINGER

    def test_an_invalid_number_is_kept_with_a_warning(self, client, advisor):
        response = client.post(URL, typed(**{"phones-0-typed": "12800138000"}), follow=True)

        assert "12800138000 is not a valid phone number" in response.content.decode()
        assert Phone.objects.get().typed == "12800138000"


@pytest.mark.django_db
class TestRefusing:
    @pytest.mark.parametrize(
        ("fault", "message"),
        [
            ({"name": " "}, "This field is required."),
            ({"phones-0-typed": "home"}, "A phone number has at least three digits."),
            (
                {"phones-1-typed": "+86 13800138000", "phones-1-kind": "work"},
                "This number is entered twice.",
            ),
            ({**VEHICLE, "vehicle-vin": "LSGPC52U6AF00012"}, "A VIN has 17 characters"),
            ({**VEHICLE, "vehicle-vin": "LFV2A21K9B3000001"}, "ninth character should be 6"),
            ({"vehicle-model": "Lacrosse"}, "vehicle-vin"),
            ({**VEHICLE, "vehicle-mileage": "-1"}, "greater than or equal to 0"),
            ({**VEHICLE, "vehicle-mileage": "9000000"}, "please say why"),
            ({"next_contact_on": "2026-02-30"}, "Enter a valid date."),
            ({"email": "x"}, "Enter a valid email address."),
            ({"phones-TOTAL_FORMS": "x"}, "ManagementForm"),
            ({"operation": ""}, "This field is required."),
        ],
    )
    def test_says_what_is_wrong_keeps_what_was_typed_and_opens_nothing(
        self, client, advisor, fault, message
    ):
        response = client.post(URL, typed(address="天河路1号", **fault))

        assert response.status_code == 422
        assert message in response.content.decode()
        assert 'value="天河路1号"' in response.content.decode()
        assert not Customer.objects.exists()
        assert not Vehicle.objects.exists()

    @pytest.mark.parametrize(
        ("vehicle", "message"),
        [
            ({"vehicle-vin": "LFV2A21K9B3000001"}, "ninth character should be 6"),
            ({"vehicle-plate": "B"}, "A plate has 2 to 12 letters and digits."),
            ({"vehicle-vin": "", "vehicle-plate": "粤Z00001"}, "Another vehicle has this"),
        ],
    )
    def test_says_all_that_is_wrong_at_once(self, client, advisor, vehicle, message):
        VehicleFactory(plate="粤Z00001")

        response = client.post(URL, typed(**{**VEHICLE, **vehicle}, name="", email="x"))

        page = response.content.decode()
        for said in ("This field is required.", "Enter a valid email address.", message):
            assert said in page
        assert Vehicle.objects.count() == 1

    def test_a_known_vehicle_is_asked_about_and_then_taken_over(self, client, advisor):
        known = VehicleFactory(plate="粤A12345", model="Regal", color="")
        former = OwnershipFactory(vehicle=known)
        data = typed(**VEHICLE, **{"vehicle-color": "Black"})

        refused = client.post(URL, data)
        asked = refused.content.decode()
        assert refused.status_code == 422
        assert "Another vehicle has this" in asked
        assert "Regal" in asked
        assert 'type="checkbox" name="vehicle-is_known"' in asked
        assert not Customer.objects.exclude(pk=former.customer_id).exists()

        client.post(URL, {**data, "vehicle-is_known": "on"})

        known.refresh_from_db()
        assert (known.vin, known.model, known.color) == ("LSGPC52U6AF000123", "Regal", "Black")
        owner = known.relations.current().get(relation=Relation.OWNER).customer
        assert owner == Customer.objects.get(name="王小明", created_by=advisor)
        former.refresh_from_db()
        assert former.during.upper is not None


@pytest.mark.django_db
class TestRows:
    def test_another_row_keeps_everything_that_was_typed(self, client, advisor):
        data = typed(name="", address="天河路1号", convenient_weekdays=["6"], **VEHICLE)

        page = client.post(URL, {**data, "add-phone": "1"}).content.decode()

        assert 'name="phones-2-typed"' in page
        rows = page[page.index('id="phone-rows"') :]
        assert 'name="phones-TOTAL_FORMS" value="3"' in rows
        for value in ("138 0013 8000", "天河路1号", "粤A·12345", data["operation"]):
            assert f'value="{value}"' in page
        assert 'value="6" id="id_convenient_weekdays_5" checked' in " ".join(page.split())
        assert "This field is required" not in page
        assert not Customer.objects.exists()

    def test_a_row_is_taken_out_and_those_below_move_up(self, client, advisor):
        data = typed(**{"phones-1-typed": "020-12345678", "phones-1-kind": "work"})

        page = client.post(URL, {**data, "remove-phone": "0"}).content.decode()

        assert "138 0013 8000" not in page
        assert 'name="phones-0-typed" value="020-12345678"' in page
        assert 'name="phones-1-typed"' not in page

    @pytest.mark.parametrize("count", ["0", "999999999", "x", ""])
    def test_the_number_of_rows_is_not_taken_on_trust(self, client, advisor, count):
        data = typed(**{"phones-TOTAL_FORMS": count, "add-phone": "1"})

        page = client.post(URL, data).content.decode()

        assert page.count('-typed" ') <= 12

    def test_enter_in_a_field_presses_no_row_button(self, client, advisor):
        page = client.get(URL).content.decode()
        form = page[page.index('<form class="form"') :]

        assert form.index("<button") < form.index('name="remove-phone"')
        assert "name=" not in form[form.index("<button") : form.index("</button>")]


@pytest.mark.django_db
class TestOnce:
    def test_a_second_click_leads_to_the_same_file(self, client, advisor):
        data = typed()

        first, second = client.post(URL, data), client.post(URL, data)

        assert first.url == second.url
        assert Customer.objects.count() == 1

    def test_after_going_back_another_customer_is_not_swallowed(self, client, advisor):
        data = typed()
        saved = client.post(URL, data)

        response = client.post(URL, {**data, "name": "李四"})

        page = response.content.decode()
        assert response.status_code == 422
        assert "This form was saved already." in page
        assert f'href="{saved.url}"' in page
        assert 'value="李四"' in page
        assert data["operation"] not in page
        assert Customer.objects.count() == 1

        [operation] = [field.split('"')[0] for field in page.split('name="operation" value="')[1:]]
        client.post(URL, {**data, "name": "李四", "operation": operation})
        assert Customer.objects.filter(name="李四").count() == 1

    def test_a_refused_form_can_be_corrected_and_saved(self, client, advisor):
        data = typed(email="x")
        client.post(URL, data)

        assert client.post(URL, {**data, "email": ""}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_open_one_file():
    user, data, start, answers = UserFactory(roles=[SERVICE_ADVISOR]), typed(), Barrier(2), []

    def click(client):
        start.wait()
        try:
            answers.append(client.post(URL, data).url)
        finally:
            connection.close()

    clients = [Client(), Client()]
    for client in clients:
        client.force_login(user)
    threads = [Thread(target=partial(click, client)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [f"/customers/{Customer.objects.get().pk}/"] * 2


@pytest.mark.django_db
def test_the_empty_page_needs_a_fixed_number_of_queries(client, advisor, django_assert_num_queries):
    client.get(URL)
    for customers in (1, 3):
        CustomerFactory.create_batch(customers)
        with django_assert_num_queries(2):
            client.get(URL)
