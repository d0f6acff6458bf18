"""Who owns, brings and pays for a vehicle, and since when."""

from datetime import date

import pytest
from django.db import IntegrityError
from django.db.backends.postgresql.psycopg_any import DateRange

from aftersales.tests.factories import SupervisorFactory
from customers.models import Relation, VehicleRelation
from customers.services import relations
from customers.services.files import FileWasMerged
from customers.tests.factories import CustomerFactory, OwnershipFactory, VehicleFactory

pytestmark = pytest.mark.django_db

BEGIN = date(2025, 3, 31)


def relate(vehicle, customer, relation=Relation.BRINGER, since=BEGIN):
    return relations.relate(
        vehicle.pk,
        customer_id=customer.pk,
        relation=relation,
        since=since,
        by=SupervisorFactory(),
    )


def change_owner(vehicle, customer, since):
    return relations.change_owner(
        vehicle.pk, customer_id=customer.pk, since=since, by=SupervisorFactory()
    )


def owners(vehicle):
    return [
        (held.customer, held.during.lower, held.during.upper)
        for held in vehicle.relations.filter(relation=Relation.OWNER).order_by("during")
    ]


def test_several_people_may_bring_and_pay_for_a_vehicle():
    vehicle = VehicleFactory()
    people = [CustomerFactory(), CustomerFactory()]

    for person in people:
        relate(vehicle, person, Relation.BRINGER)
        relate(vehicle, person, Relation.PAYER)

    assert vehicle.relations.count() == 4


def test_a_second_owner_at_the_same_time_is_refused():
    ownership = OwnershipFactory()

    with pytest.raises(relations.HasOwner, match=r"王小明 owns this vehicle\. Change the owner"):
        relate(ownership.vehicle, CustomerFactory(), Relation.OWNER, date(2026, 1, 1))


def test_the_same_relation_is_not_recorded_twice():
    vehicle, customer = VehicleFactory(), CustomerFactory()
    relate(vehicle, customer)

    with pytest.raises(relations.AlreadyRelated):
        relate(vehicle, customer, since=date(2026, 1, 1))


def test_somebody_may_bring_a_vehicle_again_after_he_stopped():
    vehicle, customer = VehicleFactory(), CustomerFactory()
    first = relate(vehicle, customer)
    relations.end_relation(first.pk, on=date(2025, 6, 1), by=SupervisorFactory())

    relate(vehicle, customer, since=date(2025, 6, 1))

    assert vehicle.relations.count() == 2


def test_the_old_owner_ends_where_the_new_one_begins():
    ownership, new = OwnershipFactory(), CustomerFactory()

    change_owner(ownership.vehicle, new, date(2026, 1, 1))

    assert owners(ownership.vehicle) == [
        (ownership.customer, BEGIN, date(2026, 1, 1)),
        (new, date(2026, 1, 1), None),
    ]


def test_a_vehicle_without_owner_gets_one():
    vehicle, new = VehicleFactory(), CustomerFactory()

    change_owner(vehicle, new, BEGIN)

    assert owners(vehicle) == [(new, BEGIN, None)]


def test_an_owner_recorded_by_mistake_is_replaced_from_the_same_day():
    ownership, new = OwnershipFactory(), CustomerFactory()

    change_owner(ownership.vehicle, new, BEGIN)

    assert owners(ownership.vehicle) == [(new, BEGIN, None)]


def test_an_owner_does_not_begin_before_the_one_before_him():
    ownership = OwnershipFactory()

    with pytest.raises(relations.WrongDay, match="For 王小明 this began on 2025-03-31"):
        change_owner(ownership.vehicle, CustomerFactory(), date(2025, 3, 30))
    assert owners(ownership.vehicle) == [(ownership.customer, BEGIN, None)]


def test_an_owner_does_not_begin_in_the_time_of_one_who_has_sold_it():
    ownership = OwnershipFactory(during=DateRange(BEGIN, date(2026, 1, 1)))

    with pytest.raises(relations.WrongDay, match="This ended on 2026-01-01 already"):
        change_owner(ownership.vehicle, CustomerFactory(), date(2025, 12, 31))
    change_owner(ownership.vehicle, CustomerFactory(), date(2026, 1, 1))


def test_the_owner_does_not_buy_from_himself():
    ownership = OwnershipFactory()

    with pytest.raises(relations.AlreadyRelated, match="王小明 owns this vehicle"):
        change_owner(ownership.vehicle, ownership.customer, date(2026, 1, 1))


def test_nobody_relates_a_merged_file():
    merged = CustomerFactory(merged_into=CustomerFactory())

    with pytest.raises(FileWasMerged):
        relate(VehicleFactory(), merged)
    with pytest.raises(FileWasMerged):
        change_owner(VehicleFactory(), merged, BEGIN)


def test_a_relation_ends_before_the_day_given():
    ownership = OwnershipFactory()

    ended = relations.end_relation(ownership.pk, on=date(2026, 1, 1), by=SupervisorFactory())

    assert ended.during == DateRange(BEGIN, date(2026, 1, 1))


def test_a_relation_that_ends_on_its_first_day_is_taken_out():
    ownership = OwnershipFactory()

    assert relations.end_relation(ownership.pk, on=BEGIN, by=SupervisorFactory()) is None
    assert not VehicleRelation.objects.exists()


def test_a_relation_ends_once_and_not_before_it_began():
    ownership = OwnershipFactory()

    with pytest.raises(relations.WrongDay):
        relations.end_relation(ownership.pk, on=date(2025, 3, 30), by=SupervisorFactory())
    relations.end_relation(ownership.pk, on=date(2026, 1, 1), by=SupervisorFactory())
    with pytest.raises(relations.WrongDay):
        relations.end_relation(ownership.pk, on=date(2026, 1, 2), by=SupervisorFactory())


def test_the_database_refuses_two_owners_at_a_time():
    ownership = OwnershipFactory()

    with pytest.raises(IntegrityError, match="customers_one_owner_at_a_time"):
        OwnershipFactory(vehicle=ownership.vehicle)


def test_the_database_refuses_the_same_relation_twice_at_a_time():
    bringer = OwnershipFactory(relation=Relation.BRINGER)

    with pytest.raises(IntegrityError, match="customers_relation_once_at_a_time"):
        OwnershipFactory(
            vehicle=bringer.vehicle, customer=bringer.customer, relation=Relation.BRINGER
        )
