"""Vehicles are added and changed (REC-22)."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.backends.postgresql.psycopg_any import DateRange

from aftersales.refusals import ChangedMeanwhile
from aftersales.tests.factories import SupervisorFactory
from customers.models import Relation, Vehicle, VehicleRelation
from customers.services import vehicles
from customers.services.files import FileWasMerged
from customers.tests.factories import CustomerFactory, VehicleFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 31)
TOMORROW = date(2026, 4, 1)
VIN = "LSGPC52U6AF000123"


def add(**fields):
    return vehicles.add_vehicle(
        by=SupervisorFactory(), today=TODAY, fields=fields, owner_id=None, since=None
    )


def update(vehicle, **changes):
    return vehicles.update_vehicle(
        vehicle.pk, by=SupervisorFactory(), version=vehicle.version, changes=changes, today=TODAY
    )


def test_vin_and_plate_are_kept_normalized():
    vehicle = add(vin="lsgpc52u6 af000123", plate="粤a·12345", unit_no=" 7 ")

    assert (vehicle.vin, vehicle.plate, vehicle.unit_no) == (VIN, "粤A12345", "7")


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"vin": VIN[:-1]}, "vin", "A VIN has 17 characters, this one has 16."),
        ({"vin": "LFV2A21K9B3000001"}, "vin", "The ninth character should be 6, not 9. Compare"),
        ({"vin": "LSGPC52U6AFO00123"}, "vin", "never I, O or Q: look for 1 and 0."),
        ({"plate": "粤A<12345"}, "plate", "A plate has 2 to 12 letters and digits."),
        ({"plate": "无牌"}, "vin", "A vehicle without a plate needs its VIN."),
        ({"vin": VIN, "purchased_on": TOMORROW}, "purchased_on", "This day has not come yet."),
        (
            {"vin": VIN, "purchased_on": date(1900, 1, 1)},
            "purchased_on",
            "This is too long ago to be right.",
        ),
        (
            {"vin": VIN, "mileage": 1, "mileage_read_on": TOMORROW},
            "mileage_read_on",
            "This day has not come yet.",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_field(fields, field, reason):
    with pytest.raises(ValidationError) as refusal:
        add(**fields)

    ((where, (what,)),) = refusal.value.message_dict.items()
    assert where == field
    assert reason in what
    assert not Vehicle.objects.exists()


def test_what_is_odd_is_only_warned_about():
    vehicle = add(vin="KNEJC524585810962", plate="8ABC123")

    assert vehicles.warnings(vehicle) == {
        "vin": "The ninth character should be 4, not 5. Compare the VIN with the vehicle license.",
        "plate": "Not a plate of mainland China or Korea. Please compare it once more.",
    }
    assert vehicles.warnings(add(vin=VIN, plate="粤A12345")) == {}


@pytest.mark.parametrize(
    ("field", "value"), [("vin", VIN), ("plate", "粤A12345"), ("unit_no", "7")]
)
def test_a_second_vehicle_with_the_same_sign_is_refused_and_the_first_one_named(field, value):
    known = VehicleFactory(**{"plate": "", "unit_no": "1", field: value})

    with pytest.raises(vehicles.VehicleKnown) as refusal:
        add(**{field: value})

    assert (refusal.value.field, refusal.value.vehicle) == (field, known)


def test_a_vehicle_cannot_take_over_the_plate_of_another_one():
    known, vehicle = VehicleFactory(plate="粤A12345"), VehicleFactory(plate="粤B12345")

    with pytest.raises(vehicles.VehicleKnown) as refusal:
        update(vehicle, plate="粤A12345")

    assert refusal.value.vehicle == known


def test_another_objection_of_the_database_is_no_known_vehicle():
    with pytest.raises(IntegrityError, match="maintenance_km"):
        update(VehicleFactory(), maintenance_km=-1)


def test_the_owner_is_recorded_with_the_vehicle():
    owner = CustomerFactory()
    vehicle = vehicles.add_vehicle(
        by=SupervisorFactory(),
        today=TODAY,
        fields={"vin": VIN},
        owner_id=owner.pk,
        since=date(2025, 1, 1),
    )

    (relation,) = vehicle.relations.all()
    assert (relation.customer, relation.relation) == (owner, Relation.OWNER)
    assert relation.during == DateRange(date(2025, 1, 1), None)


def test_the_owner_owns_it_from_today_if_nobody_knows_since_when():
    owner = CustomerFactory()
    vehicles.add_vehicle(
        by=SupervisorFactory(), today=TODAY, fields={"vin": VIN}, owner_id=owner.pk, since=None
    )

    assert VehicleRelation.objects.get().during.lower == TODAY


def test_nobody_owns_a_vehicle_from_tomorrow():
    with pytest.raises(ValidationError, match="This day has not come yet"):
        vehicles.add_vehicle(
            by=SupervisorFactory(),
            today=TODAY,
            fields={"vin": VIN},
            owner_id=CustomerFactory().pk,
            since=TOMORROW,
        )


def test_a_vehicle_is_not_added_for_a_merged_file():
    merged = CustomerFactory(merged_into=CustomerFactory())

    with pytest.raises(FileWasMerged):
        vehicles.add_vehicle(
            by=SupervisorFactory(), today=TODAY, fields={"vin": VIN}, owner_id=merged.pk, since=None
        )
    assert not Vehicle.objects.exists()


def test_who_saves_second_is_told_and_overwrites_nothing():
    vehicle = VehicleFactory(color="white")
    update(vehicle, color="black")

    with pytest.raises(ChangedMeanwhile) as refusal:
        update(vehicle, color="red")

    assert refusal.value.current.color == "black"
    assert Vehicle.objects.get().color == "black"


def test_the_last_sign_of_a_vehicle_cannot_be_taken_away():
    with pytest.raises(ValidationError, match="needs its VIN"):
        update(VehicleFactory(plate="粤A12345"), plate="")


def driven(km=50_000, **fields):
    return VehicleFactory(mileage=km, mileage_read_on=date(2026, 3, 30), **fields)


def test_an_implausible_reading_is_refused_with_the_last_one_and_its_date():
    with pytest.raises(
        vehicles.ImplausibleMileage, match=r"The last reading was 50,000 km on 2026-03-30\."
    ):
        update(driven(), mileage=49_000)


def test_an_implausible_reading_is_kept_with_the_reason():
    vehicle = update(driven(), mileage=10, mileage_reason="New instrument cluster")

    assert (vehicle.mileage, vehicle.mileage_read_on) == (10, TODAY)
    assert vehicle.mileage_reason == "New instrument cluster"


def test_a_plausible_reading_needs_no_reason_and_keeps_none():
    vehicle = update(
        driven(mileage_reason="New instrument cluster"), mileage=50_100, mileage_reason="why not"
    )

    assert (vehicle.mileage, vehicle.mileage_reason) == (50_100, "")


def test_saving_the_same_mileage_again_keeps_its_reason():
    vehicle = update(driven(mileage_reason="New cluster"), mileage=50_000, mileage_reason="")

    assert vehicle.mileage_reason == "New cluster"
    assert vehicle.mileage_read_on == date(2026, 3, 30)


def test_a_reading_can_be_taken_out():
    vehicle = update(driven(mileage_reason="New cluster"), mileage=None)

    assert (vehicle.mileage, vehicle.mileage_read_on, vehicle.mileage_reason) == (None, None, "")


def read(vehicle, km, read_on=TODAY, reason=""):
    return vehicles.record_mileage(
        vehicle.pk, km=km, read_on=read_on, reason=reason, by=SupervisorFactory()
    )


def test_a_reading_at_check_in_becomes_the_last_one():
    vehicle = read(driven(), 50_321)

    assert (vehicle.mileage, vehicle.mileage_read_on) == (50_321, TODAY)


def test_an_implausible_reading_at_check_in_needs_a_reason():
    vehicle = driven()

    with pytest.raises(vehicles.ImplausibleMileage):
        read(vehicle, 1)
    assert read(vehicle, 1, reason="New cluster").mileage_reason == "New cluster"


def test_an_earlier_reading_is_judged_but_not_the_last_one():
    vehicle = driven()

    assert read(vehicle, 49_500, date(2026, 3, 29)).mileage == 50_000
    with pytest.raises(vehicles.ImplausibleMileage):
        read(vehicle, 50_001, date(2026, 3, 29))
    assert read(vehicle, 50_001, date(2026, 3, 29), reason="typed wrong").mileage == 50_000


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"plate": "", "vin": "", "unit_no": ""}, "customers_vehicle_can_be_told_apart"),
        ({"plate": "粤a12345"}, "customers_vin_and_plate_in_capitals"),
    ],
)
def test_the_database_refuses_impossible_vehicles(fields, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        VehicleFactory(**fields)


@pytest.mark.parametrize("field", ["vin", "plate", "unit_no"])
def test_the_database_refuses_the_same_sign_twice(field):
    VehicleFactory(**{field: VIN})

    with pytest.raises(IntegrityError, match=f"customers_{field}_once"):
        VehicleFactory(**{field: VIN})
