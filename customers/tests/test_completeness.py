"""What a complete file has (FIL-02, FIL-05)."""

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import rules
from customers.models import Customer, Needed, NextTopic, VehicleCategory
from customers.tests.factories import (
    CustomerFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)

VEHICLE = {
    "model": "Lacrosse",
    "category": VehicleCategory.SEDAN,
    "maintenance_months": 6,
    "next_maintenance_on": date(2026, 3, 1),
}
FILE = {
    "address": "广州市天河区体育西路1号",
    "wished_services": "Wash after each visit",
    "next_topic": NextTopic.MAINTENANCE,
    "next_talking_points": "Brake fluid",
    "next_contact_on": date(2026, 2, 15),
}


def complete_customer():
    customer = CustomerFactory(**FILE)
    PhoneFactory(customer=customer, typed="138 0013 8000")
    OwnershipFactory(customer=customer, vehicle=VehicleFactory(**VEHICLE))
    return customer


def test_an_empty_file_lacks_everything_but_asks_for_the_vehicle_only_once():
    assert rules.missing_in_file([], []) == [*rules.FILE_NEEDS, "vehicle"]


def test_of_two_vehicles_the_fuller_one_says_what_is_missing():
    vehicles = [["vehicle_model"], ["vehicle_model", "vehicle_category", "next_maintenance"]]

    assert rules.missing_in_file(rules.FILE_NEEDS, vehicles) == ["maintenance_interval"]


def test_one_complete_vehicle_is_enough():
    assert rules.missing_in_file(rules.FILE_NEEDS, [[], rules.VEHICLE_NEEDS]) == []


def test_every_need_has_a_word_for_people():
    assert set(Needed.values) == {*rules.FILE_NEEDS, "vehicle", *rules.VEHICLE_NEEDS}


@pytest.mark.django_db
def test_a_file_with_everything_is_complete():
    assert complete_customer().missing() == []
    assert not Customer.objects.incomplete().exists()


@pytest.mark.django_db
@pytest.mark.parametrize("need", sorted(FILE))
def test_each_field_of_fil_02_and_fil_05_is_needed(need):
    customer = complete_customer()
    Customer.objects.filter(pk=customer.pk).update(
        **{need: None if need == "next_contact_on" else ""}
    )
    customer.refresh_from_db()

    assert customer.missing() == [need]
    assert Customer.objects.incomplete().get() == customer


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [{"is_bad": True}, {"e164": ""}])
def test_a_number_that_does_not_work_is_no_number(fault):
    customer = complete_customer()
    customer.phones.update(**fault)

    assert customer.missing() == [Needed.PHONE]
    assert Customer.objects.incomplete().get() == customer


@pytest.mark.django_db
def test_a_vehicle_that_was_sold_does_not_count():
    customer = complete_customer()
    customer.vehicle_relations.update(during=DateRange(date(2025, 3, 31), date(2025, 12, 1)))

    assert customer.missing() == [Needed.VEHICLE]
    assert Customer.objects.incomplete().get() == customer


TEXT = st.sampled_from(["", "x"])
NUMBER = st.sampled_from([None, 0, 6])
DAY = st.sampled_from([None, date(2026, 3, 1)])
FILES = st.fixed_dictionaries(
    {
        "address": TEXT,
        "wished_services": TEXT,
        "next_topic": st.sampled_from(["", NextTopic.REPAIR]),
        "next_talking_points": TEXT,
        "next_contact_on": DAY,
    }
) | st.just(FILE)
VEHICLES = st.fixed_dictionaries(
    {
        "model": TEXT,
        "category": st.sampled_from(["", VehicleCategory.SUV]),
        "maintenance_months": NUMBER,
        "maintenance_km": NUMBER,
        "next_maintenance_on": DAY,
        "next_maintenance_km": NUMBER,
    }
) | st.just(VEHICLE)
ENDS = st.sampled_from([None, date(2025, 12, 1)])
PHONES = st.fixed_dictionaries({"is_bad": st.booleans(), "e164": st.sampled_from(["", "+86138"])})


@pytest.mark.django_db
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    fields=FILES,
    phones=st.lists(PHONES, max_size=2, unique_by=lambda phone: phone["e164"]),
    vehicles=st.lists(st.tuples(VEHICLES, ENDS), max_size=2),
)
def test_one_file_and_all_files_are_judged_alike(fields, phones, vehicles):
    customer = CustomerFactory(**fields)
    for phone in phones:
        PhoneFactory(customer=customer, **phone)
    for values, end in vehicles:
        OwnershipFactory(
            customer=customer,
            vehicle=VehicleFactory(**values),
            during=DateRange(date(2025, 3, 31), end),
        )

    judged = Customer.objects.with_completeness().get(pk=customer.pk)

    assert judged.is_complete == (judged.missing() == [])
    assert Customer.objects.incomplete().filter(pk=customer.pk).exists() != judged.is_complete
