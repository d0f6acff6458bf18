"""Possible duplicates while one types (FIL-10), and pairs that a person judged."""

from datetime import UTC, date, datetime

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from aftersales.roles import REST_CLIENT
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.models import DuplicatePair, DuplicateReason
from customers.services import duplicates
from customers.tests.factories import (
    CustomerFactory,
    DuplicatePairFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)

pytestmark = pytest.mark.django_db

VIN = "LSGPC52U6AF000123"


def possible(user=None, phones=(), plate="", vin=""):
    found = duplicates.possible_duplicates(
        user=user or SupervisorFactory(), phones=phones, plate=plate, vin=vin
    )
    return {duplicate.customer: duplicate.shared for duplicate in found}


@pytest.mark.parametrize("typed", ["13800138000", "+86 138 0013 8000", "138-0013-8000"])
def test_the_same_number_is_found_however_it_was_typed(typed):
    customer = PhoneFactory(typed="138 0013 8000").customer

    assert possible(phones=[typed]) == {customer: {DuplicateReason.PHONE: "138 0013 8000"}}


def test_what_is_no_valid_number_is_found_typed_the_same_way():
    customer = PhoneFactory(typed="12-34").customer

    assert list(possible(phones=["1234"])) == [customer]
    assert possible(phones=["234"]) == {}
    assert possible(phones=["", "-"]) == {}


def test_who_has_the_vehicle_now_is_found_by_plate_and_vin():
    ownership = OwnershipFactory(vehicle=VehicleFactory(plate="粤A12345", vin=VIN))

    shared = possible(plate="粤a·12345", vin="lsgpc52u6af000123")

    assert shared == {
        ownership.customer: {DuplicateReason.PLATE: "粤A12345", DuplicateReason.VIN: VIN}
    }


def test_the_plate_alone_is_reason_enough():
    ownership = OwnershipFactory(vehicle__plate="粤A12345", vehicle__vin=VIN)
    other = OwnershipFactory(vehicle__plate="粤B54321")

    assert possible(plate="粤A12345") == {ownership.customer: {DuplicateReason.PLATE: "粤A12345"}}
    assert possible(plate="粤B54321", vin=VIN) == {
        ownership.customer: {DuplicateReason.VIN: VIN},
        other.customer: {DuplicateReason.PLATE: "粤B54321"},
    }


def test_who_had_the_vehicle_once_is_not_found():
    OwnershipFactory(
        vehicle=VehicleFactory(plate="粤A12345"),
        during=DateRange(date(2020, 1, 1), date(2021, 1, 1)),
    )

    assert possible(plate="粤A12345") == {}


def test_an_empty_plate_is_not_the_same_plate():
    OwnershipFactory(vehicle=VehicleFactory(plate="", vin=VIN))

    assert possible(plate="无牌") == {}


def test_merged_files_and_those_of_others_are_not_shown():
    merged = CustomerFactory(merged_into=CustomerFactory())
    PhoneFactory(customer=merged, typed="13800138000")
    client = UserFactory(roles=[REST_CLIENT])
    own = PhoneFactory(customer__created_by=client, typed="13800138000").customer
    foreign = PhoneFactory(typed="13800138000").customer

    assert set(possible(phones=["13800138000"])) == {own, foreign}
    assert set(possible(client, phones=["13800138000"])) == {own}


@pytest.mark.parametrize("others", [1, 3])
def test_two_queries_are_enough(others, django_assert_num_queries):
    user = SupervisorFactory()
    for _ in range(others):
        PhoneFactory(typed="13800138000")
    OwnershipFactory(vehicle__plate="粤A12345")

    with django_assert_num_queries(2):
        possible(user, phones=["13800138000"], plate="粤A12345", vin=VIN)


def test_pairs_are_reviewed_by_those_who_see_every_customer():
    pair = DuplicatePairFactory(first__name="Wang", second__name="Li")

    assert DuplicatePair.objects.visible_to(SupervisorFactory()).get() == pair
    assert not DuplicatePair.objects.visible_to(UserFactory(roles=[REST_CLIENT])).exists()
    assert str(pair) == "Wang – Li"


def test_a_dismissed_pair_leaves_the_list_and_can_come_back():
    pair, by = DuplicatePairFactory(), SupervisorFactory()
    at = datetime(2026, 3, 31, tzinfo=UTC)

    duplicates.dismiss_pair(pair.pk, by=by, now=at)
    pair.refresh_from_db()
    assert (pair.dismissed_at, pair.dismissed_by) == (at, by)

    duplicates.restore_pair(pair.pk)
    pair.refresh_from_db()
    assert (pair.dismissed_at, pair.dismissed_by) == (None, None)
