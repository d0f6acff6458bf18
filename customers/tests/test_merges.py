"""Merging two files and parting them again (FIL-10)."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from django.core import serializers
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from aftersales.roles import SERVICE_ADVISOR
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.models import (
    Consultation,
    ContactRefusal,
    Customer,
    Merge,
    Phone,
    Relation,
    VehicleRelation,
)
from customers.services import files, merges, unmerges
from customers.tests.factories import (
    ConsultationFactory,
    CustomerFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)
from workshop.models import RepairOrder
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 31, 2, 0, tzinfo=UTC)
EVERYTHING = (Customer, Phone, ContactRefusal, VehicleRelation, Consultation, RepairOrder)


def written(rows):
    """Return rows as they are kept, but for the version, which only counts up."""
    fixture = json.loads(serializers.serialize("json", rows))
    for row in fixture:
        del row["fields"]["version"]
    return fixture


def everything():
    return [written(model.objects.order_by("pk")) for model in EVERYTHING]


def merge(survivor, merged, choices=(), now=NOW):
    return merges.merge(survivor.pk, merged.pk, choices=choices, by=SupervisorFactory(), now=now)


def undo(merge, now=NOW):
    return unmerges.undo_merge(merge.pk, by=SupervisorFactory(), now=now).not_restored


def refuse(customer, purpose="promotion", channel="phone", **fields):
    return ContactRefusal.objects.create(
        customer=customer,
        purpose=purpose,
        channel=channel,
        reason="asked twice",
        refused_on=date(2025, 3, 31),
        recorded_by=SupervisorFactory(),
        **fields,
    )


def bring(customer, vehicle, since, until=None):
    return OwnershipFactory(
        customer=customer,
        vehicle=vehicle,
        relation=Relation.BRINGER,
        during=DateRange(date(since, 1, 1), date(until, 1, 1) if until else None),
    )


def test_everything_that_points_at_the_merged_customer_moves():
    survivor, merged = CustomerFactory(), CustomerFactory()
    rows = [
        PhoneFactory(customer=merged),
        OwnershipFactory(customer=merged),
        RepairOrderFactory(customer=merged),
        ConsultationFactory(customer=merged),
        refuse(merged),
    ]

    merge(survivor, merged)

    for row in rows:
        row.refresh_from_db()
        assert row.customer == survivor
    merged.refresh_from_db()
    assert merged.merged_into == survivor


def test_no_model_that_points_at_customers_is_forgotten():
    pointing = {
        f"{relation.related_model._meta.label}.{relation.field.name}"
        for relation in merges._pointing_at_customers()
    }

    assert pointing >= {
        "customers.Consultation.customer",
        "customers.ContactRefusal.customer",
        "customers.Customer.merged_into",
        "customers.Phone.customer",
        "customers.VehicleRelation.customer",
        "workshop.RepairOrder.customer",
    }
    assert not [name for name in pointing if "Event" in name or "Duplicate" in name]


def test_empty_fields_are_filled_and_others_kept():
    survivor = CustomerFactory(name="王小明", email="", remarks="likes tea")
    merged = CustomerFactory(name="王晓明", email="wang@example.com", remarks="likes coffee")

    merge(survivor, merged)

    survivor.refresh_from_db()
    assert survivor.name == "王小明"
    assert survivor.email == "wang@example.com"
    assert survivor.remarks == "likes tea"


def test_what_is_chosen_comes_from_the_merged_file():
    survivor, merged = CustomerFactory(name="王小明"), CustomerFactory(name="李晓红")

    merge(survivor, merged, choices={"name"})

    survivor.refresh_from_db()
    assert survivor.name == "李晓红"
    assert "lixiaohong" in survivor.search_keys


def test_half_an_address_is_never_mixed_with_half_of_another():
    survivor = CustomerFactory(address="Tianhe Road 1", postal_code="")
    merged = CustomerFactory(address="Zhongshan Road 2", postal_code="510030")

    merge(survivor, merged)

    survivor.refresh_from_db()
    assert (survivor.address, survivor.postal_code) == ("Tianhe Road 1", "")


def test_the_same_number_stays_once_and_the_survivors_first_number_first():
    survivor, merged = CustomerFactory(), CustomerFactory()
    first = PhoneFactory(customer=survivor, typed="138 0013 8000", is_primary=True)
    PhoneFactory(customer=merged, typed="+86 13800138000")
    other = PhoneFactory(customer=merged, typed="13900139000", is_primary=True)

    merge(survivor, merged)

    assert list(survivor.phones.values_list("pk", "is_primary")) == [
        (first.pk, True),
        (other.pk, False),
    ]


def test_the_first_number_of_the_merged_customer_stays_the_first_if_there_is_no_other():
    survivor, merged = CustomerFactory(), CustomerFactory()
    PhoneFactory(customer=merged, is_primary=True)

    merge(survivor, merged)

    assert survivor.phones.get().is_primary


def test_whoever_must_not_be_contacted_must_not_be_contacted_after_a_merge():
    survivor, merged = CustomerFactory(), CustomerFactory()
    refuse(survivor, "promotion", "phone")
    refuse(merged, "promotion", "phone")
    refuse(merged, "all", "sms")

    merge(survivor, merged)

    kinds = survivor.refusals.filter(lifted_on=None).order_by("purpose")
    assert list(kinds.values_list("purpose", "channel")) == [("all", "sms"), ("promotion", "phone")]


def test_relations_that_overlap_become_one_over_the_whole_time():
    survivor, merged, vehicle = CustomerFactory(), CustomerFactory(), VehicleFactory()
    bring(survivor, vehicle, 2018, 2019)
    bring(merged, vehicle, 2018, 2021)
    bring(survivor, vehicle, 2020)
    bring(merged, VehicleFactory(), 2019)

    merge(survivor, merged)

    whole_time, other_vehicle = survivor.vehicle_relations.order_by("during")
    assert whole_time.vehicle == vehicle
    assert whole_time.during == DateRange(date(2018, 1, 1), None)
    assert other_vehicle.vehicle != vehicle


def test_relations_one_after_the_other_stay_two():
    survivor, merged, vehicle = CustomerFactory(), CustomerFactory(), VehicleFactory()
    bring(survivor, vehicle, 2018, 2019)
    bring(merged, vehicle, 2019)

    merge(survivor, merged)

    assert survivor.vehicle_relations.count() == 2


def test_a_file_is_not_merged_into_itself_nor_one_that_was_merged():
    first, second, third = CustomerFactory(), CustomerFactory(), CustomerFactory()
    merge(first, second)

    with pytest.raises(merges.SameFile):
        merge(first, first)
    with pytest.raises(files.FileWasMerged, match=f"merged into {first.file_no}"):
        merge(third, second)
    with pytest.raises(files.FileWasMerged):
        merge(second, third)


def test_a_file_merged_before_follows_into_the_next_one():
    first, second, third = CustomerFactory(), CustomerFactory(), CustomerFactory()
    merge(second, first)

    merge(third, second)

    first.refresh_from_db()
    assert first.merged_into == third


def shown(contents):
    return [
        written([contents.customer]),
        written(contents.phones),
        written(contents.refusals),
        written(contents.relations),
        contents.counts,
    ]


@pytest.mark.parametrize("seed", range(5))
def test_the_preview_is_exactly_the_result_and_changes_nothing(seed):
    people = invent(seed)
    choices = random.Random(seed).sample(list(merges.FIELD_GROUPS), 5)
    before, by = everything(), SupervisorFactory()
    survivor, merged = people[0].pk, people[1].pk

    preview = merges.preview_merge(survivor, merged, choices=choices, by=by, now=NOW)
    assert everything() == before
    assert not Merge.objects.exists()

    merges.merge(survivor, merged, choices=choices, by=by, now=NOW)
    assert shown(preview) == shown(merges.contents(survivor))


def invent(seed):
    """Return three customers with phones, refusals, vehicles and orders that clash at random."""
    dice = random.Random(seed)
    vehicles = [VehicleFactory() for _ in range(3)]
    people = []
    for _ in range(3):
        person = CustomerFactory(
            name=dice.choice(["王小明", "李雷", "김민수"]),
            email=dice.choice(["", "a@example.com", "b@example.com"]),
            address=dice.choice(["", "Tianhe Road 1"]),
            district=dice.choice(["", "Tianhe"]),
            is_fleet=dice.random() < 0.5,
            convenient_weekdays=dice.choice([[], [1, 2]]),
            next_contact_on=dice.choice([None, date(2026, 5, 1)]),
            tracker=dice.choice([None, SupervisorFactory()]),
        )
        people.append(person)
        numbers = dice.sample(["13800138000", "13900139000", "13700137000", "12345"], 3)
        for place, typed in enumerate(numbers):
            PhoneFactory(customer=person, typed=typed, is_primary=place == dice.choice([0, 0, 9]))
        for purpose, channel in dice.sample([("all", "sms"), ("promotion", "phone")], 1):
            refuse(person, purpose, channel)
        for vehicle in dice.sample(vehicles, 2):
            year = dice.randrange(2016, 2022)
            bring(person, vehicle, year, year + dice.randrange(1, 4))
            bring(person, vehicle, year + 4, dice.choice([None, year + 5]))
        for _ in range(dice.randrange(3)):
            RepairOrderFactory(customer=person, vehicle=vehicles[0])
            ConsultationFactory(customer=person)
    return people


@pytest.mark.parametrize("seed", range(20))
def test_undoing_a_merge_gives_back_the_same_rows(seed):
    survivor, merged, _other = invent(seed)
    choices = random.Random(seed).sample(list(merges.FIELD_GROUPS), 5)
    before = everything()
    done = merge(survivor, merged, choices)

    assert undo(done) == []

    assert everything() == before
    done.refresh_from_db()
    assert done.undone_at == NOW


@pytest.mark.parametrize("seed", range(10))
def test_undoing_a_chain_from_its_end_gives_back_the_same_rows(seed):
    first, second, third = invent(seed)
    before = everything()
    inner = merge(second, first)
    between = everything()
    outer = merge(third, second)

    assert undo(outer) == []
    assert everything() == between
    assert undo(inner) == []
    assert everything() == before


def test_the_inner_merge_of_a_chain_is_not_undone_before_the_outer_one():
    first, second, third = (CustomerFactory(name=name) for name in ("Wang", "Li", "Zhao"))
    inner = merge(second, first)
    merge(third, second)

    with pytest.raises(
        unmerges.LaterMerge,
        match=r"Later Li was merged into Zhao\. Undo that merge first, then this one\.",
    ):
        undo(inner)


def test_two_merges_into_one_file_are_undone_latest_first():
    survivor = CustomerFactory()
    one, two = merge(survivor, CustomerFactory()), merge(survivor, CustomerFactory())

    with pytest.raises(unmerges.LaterMerge):
        undo(one)
    undo(two)
    undo(one)


def test_what_was_changed_meanwhile_stays_and_is_named():
    survivor = CustomerFactory(email="", remarks="", bag_location="A1")
    merged = CustomerFactory(email="wang@example.com", remarks="likes tea")
    phone = PhoneFactory(customer=merged)
    done = merge(survivor, merged)
    survivor.refresh_from_db()
    survivor.email, survivor.bag_location = "new@example.com", "B2"
    survivor.save(update_fields=["email", "bag_location"])
    phone.delete()

    assert undo(done) == [
        "Changed since and left as it is: e-mail.",
        "phone numbers: 1 was deleted or given to somebody else since.",
    ]

    survivor.refresh_from_db()
    assert survivor.email == "new@example.com"
    assert survivor.bag_location == "B2"
    assert survivor.remarks == ""


def test_a_row_that_cannot_come_back_is_named():
    survivor, merged = CustomerFactory(), CustomerFactory()
    PhoneFactory(customer=survivor, typed="13800138000")
    PhoneFactory(customer=merged, typed="13800138000")
    done = merge(survivor, merged)
    PhoneFactory(customer=merged, typed="+86 138 0013 8000")

    assert undo(done) == ["Something newer is in the way of phone number 13800138000."]


def test_a_merge_can_be_undone_for_thirty_days():
    survivor, merged = CustomerFactory(), CustomerFactory()
    done = merge(survivor, merged)

    with pytest.raises(unmerges.UndoTooLate, match="for 30 days"):
        undo(done, now=NOW + timedelta(days=30, seconds=1))
    assert undo(done, now=NOW + timedelta(days=30)) == []


def test_a_merge_is_undone_once():
    done = merge(CustomerFactory(), CustomerFactory())
    undo(done)

    with pytest.raises(unmerges.AlreadyUndone):
        undo(done)


def test_files_can_be_merged_again_after_they_were_parted():
    survivor, merged = CustomerFactory(), CustomerFactory()
    undo(merge(survivor, merged))

    merge(merged, survivor)

    survivor.refresh_from_db()
    assert survivor.merged_into == merged


def test_the_database_refuses_to_merge_a_file_twice():
    done = merge(CustomerFactory(), CustomerFactory())

    with pytest.raises(IntegrityError, match="customers_merged_once_at_a_time"):
        Merge.objects.create(
            survivor=CustomerFactory(),
            merged=done.merged,
            steps=[],
            merged_at=NOW,
            merged_by=done.merged_by,
        )


def test_the_database_refuses_to_merge_a_file_into_itself():
    customer = CustomerFactory()

    with pytest.raises(IntegrityError, match="customers_merge_of_two"):
        Merge.objects.create(
            survivor=customer,
            merged=customer,
            steps=[],
            merged_at=NOW,
            merged_by=SupervisorFactory(),
        )


def test_merges_are_seen_by_those_who_may_merge():
    done = merge(CustomerFactory(name="Wang"), CustomerFactory(name="Li"))

    assert Merge.objects.visible_to(SupervisorFactory()).get() == done
    assert not Merge.objects.visible_to(UserFactory(roles=[SERVICE_ADVISOR])).exists()
    assert str(done) == "Li → Wang"


@pytest.mark.django_db(transaction=True)
def test_what_is_written_to_a_file_during_its_merge_waits_and_is_refused():
    survivor, merged, by = CustomerFactory(), CustomerFactory(), SupervisorFactory()
    refusals = []

    def add_phone():
        try:
            files.add_phone(merged.pk, by=by, entry=files.PhoneEntry("13800138000"))
        except files.FileWasMerged as refusal:
            refusals.append(refusal)
        connection.close()

    writer = Thread(target=add_phone)
    with transaction.atomic():
        merges.merge(survivor.pk, merged.pk, choices=(), by=by, now=NOW)
        writer.start()
        writer.join(timeout=0.3)
        assert writer.is_alive()
    writer.join()

    assert [refusal.survivor for refusal in refusals] == [survivor]
    assert not Phone.objects.exists()


def test_the_database_refuses_a_merge_undone_by_nobody():
    merge(CustomerFactory(), CustomerFactory())

    with pytest.raises(IntegrityError, match="customers_undone_merges_say_when_and_by_whom"):
        Merge.objects.update(undone_at=NOW)
