"""`/api/v1/consultations/`."""

from datetime import UTC, datetime

import pytest

from aftersales.roles import REST_CLIENT, SERVICE_ADVISOR
from aftersales.tests.api import Client, errors_of
from aftersales.tests.factories import UserFactory
from customers.models import Consultation
from customers.tests.factories import ConsultationFactory, CustomerFactory, VehicleFactory

pytestmark = pytest.mark.django_db

CONSULTATIONS = "/api/v1/consultations/"


@pytest.fixture
def client():
    return Client(UserFactory(roles=[SERVICE_ADVISOR, REST_CLIENT]))


def test_whoever_sends_a_consultation_has_held_it(client):
    customer = CustomerFactory()

    answer = client.post(
        CONSULTATIONS,
        {"customer": customer.pk, "topic": "price", "ended_at": "2025-03-31T09:30:00+09:00"},
    )

    assert answer.status_code == 201
    assert answer.json() == {
        "id": answer.json()["id"],
        "customer": customer.pk,
        "vehicle": None,
        "topic": "price",
        "notes": "",
        "ended_at": "2025-03-31T08:30:00+08:00",
        "held_by": {"id": client.user.pk, "name": client.user.name},
        "version": 1,
    }
    assert client.get(f"{CONSULTATIONS}{answer.json()['id']}/").json() == answer.json()


def test_wrong_values_are_named(client):
    customer = CustomerFactory().pk

    for wrong, field in [
        ({"ended_at": "2125-03-31T09:30:00Z"}, "ended_at"),
        ({"ended_at": "0001-01-01T00:00:00+14:00"}, "ended_at"),
        ({"topic": "weather"}, "topic"),
        ({"vehicle": 0}, "vehicle"),
        ({"held_by": 1}, "held_by"),
    ]:
        body = {"customer": customer, "topic": "price", "ended_at": "2025-03-31T09:30:00Z"}
        assert list(errors_of(client.post(CONSULTATIONS, body | wrong))) == [field]


def test_a_program_sees_and_makes_consultations_of_its_own_customers_only():
    program = Client()
    foreign = ConsultationFactory(held_by=UserFactory())
    body = {"topic": "price", "ended_at": "2025-03-31T09:30:00Z"}

    assert program.get(CONSULTATIONS).json()["results"] == []
    assert program.get(f"{CONSULTATIONS}{foreign.pk}/").status_code == 404
    for key, pk in [("customer", foreign.customer_id), ("vehicle", VehicleFactory().pk)]:
        own = CustomerFactory(created_by=program.user).pk
        answer = program.post(CONSULTATIONS, {"customer": own, **body, key: pk})
        assert errors_of(answer) == {key: ["does_not_exist"]}
    assert Consultation.objects.count() == 1


def test_a_consultation_is_corrected_by_whoever_has_read_it_as_it_is(client):
    consultation = ConsultationFactory(held_by=client.user)
    address = f"{CONSULTATIONS}{consultation.pk}/"

    answer = client.patch(address, {"version": 1, "notes": "Tires"})
    assert (answer.status_code, answer.json()["notes"], answer.json()["version"]) == (
        200, "Tires", 2,
    )  # fmt: skip

    late = client.patch(address, {"version": 1, "notes": "Brakes"})
    assert (late.status_code, late.json()["current"]["notes"]) == (409, "Tires")
    for wrong, field in [
        ({"ended_at": "2125-03-31T09:30:00Z"}, "ended_at"),
        ({"customer": consultation.customer_id}, "customer"),
        ({"held_by": 1}, "held_by"),
    ]:
        assert list(errors_of(client.patch(address, {"version": 2, **wrong}))) == [field]


def test_a_program_corrects_its_own_consultations_only():
    program = Client()
    foreign = ConsultationFactory(held_by=UserFactory())

    answer = program.patch(f"{CONSULTATIONS}{foreign.pk}/", {"version": 1, "notes": "Tires"})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"topic": "price"}, ["price"]),
        ({"ended_from": "2025-03-31T12:00:00+08:00"}, ["repair"]),
        ({"ended_before": "2025-03-31T12:00:00+08:00"}, ["price"]),
        ({"ordering": "-ended_at"}, ["repair", "price"]),
    ],
)
def test_a_list_is_filtered_and_ordered(client, asked, found):
    for hour, topic in [(2, "price"), (4, "repair")]:
        ConsultationFactory(
            topic=topic, ended_at=datetime(2025, 3, 31, hour, tzinfo=UTC), held_by=client.user
        )

    topics = [row["topic"] for row in client.get(CONSULTATIONS, asked).json()["results"]]

    assert topics == found


@pytest.mark.parametrize("name", ["customer", "vehicle"])
def test_consultations_of_one_customer_or_vehicle(client, name):
    wanted = ConsultationFactory(vehicle=VehicleFactory(), held_by=client.user)
    ConsultationFactory(vehicle=VehicleFactory(), held_by=client.user)

    answer = client.get(CONSULTATIONS, {name: getattr(wanted, f"{name}_id")})

    assert [row["id"] for row in answer.json()["results"]] == [wanted.pk]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_takes_a_fixed_number_of_queries(client, rows, django_assert_num_queries):
    ConsultationFactory.create_batch(rows, held_by=client.user)

    with django_assert_num_queries(4):  # token, its siblings, throttle; rows
        assert len(client.get(CONSULTATIONS).json()["results"]) == rows
