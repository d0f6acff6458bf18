"""Consultations: listed, recorded, shown."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from aftersales.roles import REST_CLIENT, SERVICE_ADVISOR
from aftersales.tests.factories import UserFactory
from customers.models import Consultation, ConsultationTopic
from customers.tests.factories import ConsultationFactory, CustomerFactory, VehicleFactory

pytestmark = pytest.mark.django_db

LIST = "/consultations/"


@pytest.fixture
def advisor(client):
    user = UserFactory(roles=[SERVICE_ADVISOR])
    client.force_login(user)
    return user


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_shows_who_when_and_what_in_a_fixed_number_of_queries(
    client, advisor, rows, django_assert_num_queries
):
    for row in range(rows):
        ConsultationFactory(
            customer__name="王小明",
            topic=ConsultationTopic.WARRANTY,
            vehicle=VehicleFactory(plate=f"粤A1234{row}"),
            held_by__name="Li Na",
        )

    with django_assert_num_queries(8):
        page = text_of(client.get(LIST))

    assert page.count(">王小明<") == rows
    assert page.count("粤A1234") == rows
    assert page.count('<td data-label="About">Warranty</td>') == rows
    assert page.count('<td data-label="Held by">Li Na</td>') == rows


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("day_from=2026-03-31&day_until=2026-03-31", True),
        ("day_from=2026-04-01", False),
        ("day_until=2026-03-30", False),
        ("topic=price", True),
        ("topic=warranty", False),
        ("held_by={advisor}", True),
        ("held_by={other}", False),
        ("customer={customer}", True),
        ("customer={stranger}", False),
    ],
)
def test_the_list_is_narrowed_by_day_topic_person_and_customer(client, advisor, query, found):
    # 31 March 2026, half past midnight in Shanghai.
    consultation = ConsultationFactory(
        held_by=advisor, ended_at=datetime(2026, 3, 30, 16, 30, tzinfo=UTC)
    )
    keys = {
        "advisor": advisor.pk,
        "other": UserFactory(roles=[SERVICE_ADVISOR]).pk,
        "customer": consultation.customer_id,
        "stranger": CustomerFactory().pk,
    }

    page = text_of(client.get(f"{LIST}?{query.format(**keys)}"))

    assert (consultation.get_absolute_url() in page) == found


def test_somebody_without_all_customers_sees_his_own(client):
    own = UserFactory(roles=[REST_CLIENT])
    client.force_login(own)
    mine, foreign = ConsultationFactory(held_by=own), ConsultationFactory()

    page = text_of(client.get(LIST))

    assert mine.get_absolute_url() in page
    assert foreign.get_absolute_url() not in page
    assert client.get(mine.get_absolute_url()).status_code == 200
    assert client.get(foreign.get_absolute_url()).status_code == 404


def test_a_consultation_is_shown_with_what_was_said(client, advisor):
    vehicle = VehicleFactory(plate="粤A12345")
    consultation = ConsultationFactory(
        customer__name="王小明", vehicle=vehicle, notes="Asked what four tires cost."
    )

    page = text_of(client.get(consultation.get_absolute_url()))

    for word in ("Consultation: Price", "王小明", "粤A12345", "Asked what four tires cost."):
        assert word in page


def record(client, **fields):
    typed = {"operation": uuid4(), "topic": "price", "ended_at": "2026-03-31T09:30", **fields}
    with time_machine.travel(datetime(2026, 3, 31, 2, 0, tzinfo=UTC), tick=False):
        return client.post(reverse("customers:create-consultation"), typed)


def test_a_consultation_is_recorded_for_the_customer_one_came_from(client, advisor):
    customer, vehicle = CustomerFactory(), VehicleFactory(plate="粤A12345")
    page = client.get(reverse("customers:create-consultation"), {"customer": customer.pk})
    assert f'value="{customer.pk}" checked' in text_of(page)
    assert f'value="{advisor.pk}" selected' in text_of(page)

    response = record(
        client, customer=customer.pk, held_by=advisor.pk, vehicle="粤a·12345", notes="Tires"
    )

    recorded = Consultation.objects.get()
    assert response.url == recorded.get_absolute_url()
    assert (recorded.customer, recorded.vehicle) == (customer, vehicle)
    assert (recorded.topic, recorded.notes, recorded.held_by) == ("price", "Tires", advisor)
    assert recorded.ended_at == datetime(2026, 3, 31, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"ended_at": "2026-03-31T10:01"}, "This time has not come yet."),
        ({"vehicle": "粤A12345"}, "No vehicle with this plate or VIN is known here."),
        ({"customer": ""}, "Please choose a customer."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(client, advisor, fields, reason):
    typed = {"customer": CustomerFactory().pk, "held_by": advisor.pk, "notes": "Tires", **fields}

    response = record(client, **typed)

    assert response.status_code == 422
    assert reason in text_of(response)
    assert "Tires" in text_of(response)
    assert not Consultation.objects.exists()


def test_a_double_click_records_once(client, advisor):
    fields = {
        "operation": uuid4(),
        "customer": CustomerFactory().pk,
        "held_by": advisor.pk,
    }

    first, second = record(client, **fields), record(client, **fields)

    assert first.url == second.url == Consultation.objects.get().get_absolute_url()
    other = record(client, **fields, notes="something else")
    assert "This form was saved already." in text_of(other)


def correct(client, consultation, **fields):
    typed = {
        "version": consultation.version,
        "topic": consultation.topic,
        "ended_at": "2025-03-31T09:00",
        **fields,
    }
    return client.post(reverse("customers:change-consultation", args=[consultation.pk]), typed)


@pytest.mark.parametrize("sign", ["粤A·12345", "LSGPC52U6AF000123", "2345", "B-17"])
def test_a_consultation_is_corrected_and_says_who_did_it(client, advisor, sign):
    vehicle = VehicleFactory(plate="粤A12345", vin="LSGPC52U6AF000123", unit_no="B-17")
    ended_at = datetime(2025, 3, 31, 1, 0, 42, tzinfo=UTC)
    consultation = ConsultationFactory(customer__name="王小明", ended_at=ended_at)

    page = client.get(reverse("customers:change-consultation", args=[consultation.pk]))
    assert "王小明" in text_of(page)
    response = correct(client, consultation, topic="warranty", notes="Tires", vehicle=sign)

    assert response.url == consultation.get_absolute_url()
    consultation.refresh_from_db()
    assert (consultation.topic, consultation.notes) == ("warranty", "Tires")
    assert (consultation.vehicle, consultation.ended_at) == (vehicle, ended_at)
    history = text_of(client.get(response.url))
    assert "<del>Price</del>" in history
    assert "<ins>粤A12345</ins>" in history
    assert advisor.name in history


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"ended_at": "2525-03-31T09:00"}, "This time has not come yet."),
        ({"vehicle": "粤B99999"}, "No vehicle with this plate or VIN is known here."),
        ({"vehicle": "粤A1234"}, "Several vehicles fit: 粤A12345, 粤A12346."),
        ({"topic": ""}, "This field is required."),
    ],
)
def test_a_wrong_correction_is_refused(client, advisor, fields, reason):
    VehicleFactory(plate="粤A12345")
    VehicleFactory(plate="粤A12346")
    consultation = ConsultationFactory()

    response = correct(client, consultation, **{"notes": "Tires", **fields})

    assert response.status_code == 422
    assert reason in text_of(response)
    assert "Tires</textarea>" in text_of(response)
    consultation.refresh_from_db()
    assert consultation.notes == ""


def test_of_two_who_correct_a_consultation_the_second_sees_both_versions(client, advisor):
    consultation = ConsultationFactory(vehicle=VehicleFactory(plate="粤A12345"))
    VehicleFactory(plate="粤B54321")
    VehicleFactory(plate="粤C99999")
    correct(client, consultation, vehicle="粤B54321")

    late = correct(client, consultation, vehicle="粤C99999")

    assert late.status_code == 409
    assert "<td>粤B54321</td><td>粤C99999</td>" in text_of(late)
    seen = late.context["form"]["version"].value()
    correct(client, consultation, vehicle="粤C99999", version=seen)
    consultation.refresh_from_db()
    assert consultation.vehicle.plate == "粤C99999"


def test_two_may_correct_different_things(client, advisor):
    consultation = ConsultationFactory()
    correct(client, consultation, topic="warranty")

    response = correct(client, consultation, topic="warranty", notes="Tires")

    assert response.status_code == 302
