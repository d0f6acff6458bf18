"""The sweep that finds likely duplicates (FIL-10)."""

from datetime import UTC, datetime
from threading import Thread

import pytest
from django.db import IntegrityError, connection

from aftersales.tests.factories import SupervisorFactory
from customers import sweeps
from customers.models import Customer, DuplicatePair, Relation
from customers.services import duplicates
from customers.tasks import find_duplicates
from customers.tests.factories import (
    CustomerFactory,
    DuplicatePairFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)

pytestmark = pytest.mark.django_db


def found():
    sweeps.find_duplicates()
    return {
        (pair.first, pair.second): (pair.reasons, pair.name_similarity)
        for pair in DuplicatePair.objects.select_related("first", "second")
    }


def pair_with(first, second, **fields):
    return CustomerFactory(**{**fields, **first}), CustomerFactory(**{**fields, **second})


def test_the_same_number_makes_a_pair_whatever_the_names():
    first, second = pair_with({"name": "王小明"}, {"name": "Smith"})
    for customer in (first, second):
        PhoneFactory(customer=customer, typed="13800138000")

    ((pair, (reasons, similarity)),) = found().items()

    assert pair == (first, second)
    assert reasons == ["phone"]
    assert similarity < sweeps.SIMILAR


def test_the_name_alone_makes_no_pair():
    pair_with({}, {}, name="王小明", district="Tianhe")

    assert found() == {}


@pytest.mark.parametrize("names", [("王小明", "王晓明"), ("Wang Xiaoming", "wang xiaoming")])
def test_the_same_sounding_name_at_the_same_address_makes_a_pair(names):
    first, second = pair_with(
        {"name": names[0], "address": "Tianhe Road 1-2"},
        {"name": names[1], "address": "tianhe road 12"},
    )

    assert found() == {(first, second): (["address"], 100)}


def test_neighbors_are_no_pair():
    pair_with({"name": "王小明"}, {"name": "李雷"}, address="Tianhe Road 1")

    assert found() == {}


@pytest.mark.parametrize(
    ("names", "is_pair"),
    [
        (("王小明", "王晓明"), True),
        (("John Smith", "Smith John"), True),
        (("王小明", "李雷"), False),
    ],
)
def test_the_same_vehicle_makes_a_pair_of_similar_names(names, is_pair):
    vehicle = VehicleFactory()
    for name, relation in zip(names, [Relation.OWNER, Relation.BRINGER], strict=True):
        OwnershipFactory(vehicle=vehicle, customer__name=name, relation=relation)

    assert [reasons for reasons, _alike in found().values()] == [["vehicle"]] * is_pair


def test_a_pair_has_all_its_reasons():
    first, second = pair_with({}, {}, name="王小明", address="Tianhe Road 1")
    for customer in (first, second):
        PhoneFactory(customer=customer, typed="13800138000")

    assert found() == {(first, second): (["address", "phone"], 100)}


@pytest.mark.parametrize(("people", "pairs"), [(20, 190), (21, 0)])
def test_a_switchboard_is_not_a_person(people, pairs):
    for _ in range(people):
        PhoneFactory(typed="020-12345678")

    assert len(found()) == pairs


def test_merged_files_are_no_pair():
    first, _second = pair_with({}, {}, name="王小明", address="Tianhe Road 1")
    Customer.objects.filter(pk=first.pk).update(merged_into=CustomerFactory())

    assert found() == {}


def test_the_list_is_what_the_files_say_now():
    numbers = [PhoneFactory(typed="13800138000") for _ in range(2)]
    old = DuplicatePairFactory()
    first, second = (number.customer for number in numbers)

    assert list(found()) == [(first, second)]
    assert not DuplicatePair.objects.filter(pk=old.pk).exists()
    first.name = "Smith"
    first.save(update_fields=["name"])
    ((_reasons, similarity),) = found().values()
    assert similarity < 100
    numbers[0].delete()
    assert found() == {}


def test_running_twice_changes_nothing():
    for _ in range(3):
        PhoneFactory(typed="13800138000")
    once = found()
    keys = list(DuplicatePair.objects.values_list("pk", flat=True))

    assert found() == once
    assert list(DuplicatePair.objects.values_list("pk", flat=True)) == keys


def test_a_dismissed_pair_is_not_shown_again():
    for _ in range(2):
        PhoneFactory(typed="13800138000")
    sweeps.find_duplicates()
    pair = DuplicatePair.objects.get()
    duplicates.dismiss_pair(pair.pk, by=SupervisorFactory(), now=datetime(2026, 3, 31, tzinfo=UTC))

    find_duplicates()

    assert DuplicatePair.objects.get().dismissed_at
    assert not DuplicatePair.objects.to_review().exists()


@pytest.mark.django_db(transaction=True)
def test_several_sweeps_at_a_time_find_each_pair_once():
    for _ in range(5):
        PhoneFactory(typed="13800138000")

    def sweep():
        sweeps.find_duplicates()
        connection.close()

    sweepers = [Thread(target=sweep) for _ in range(4)]
    for sweeper in sweepers:
        sweeper.start()
    for sweeper in sweepers:
        sweeper.join()

    assert DuplicatePair.objects.count() == 10


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"reasons": []}, "customers_duplicate_pair_has_known_reasons"),
        ({"reasons": ["name"]}, "customers_duplicate_pair_has_known_reasons"),
        (
            {"dismissed_at": datetime(2026, 3, 31, tzinfo=UTC)},
            "customers_dismissed_pairs_say_when_and_by_whom",
        ),
    ],
)
def test_the_database_refuses_impossible_pairs(fields, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        DuplicatePairFactory(**fields)


def test_the_database_refuses_a_pair_the_wrong_way_round():
    pair = DuplicatePairFactory()

    with pytest.raises(IntegrityError, match="customers_duplicate_pair_in_order"):
        DuplicatePairFactory(first=pair.second, second=pair.first)
