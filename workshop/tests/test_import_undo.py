from datetime import UTC, date, datetime

import pytest

from aftersales.tests.factories import UserFactory
from customers.models import (
    ContactRefusal,
    Customer,
    DuplicatePair,
    Phone,
    Vehicle,
    VehicleRelation,
)
from customers.tests.factories import ConsultationFactory, CustomerFactory, VehicleFactory
from workshop.models import ImportState, RepairOrder
from workshop.services import import_work, imports
from workshop.tests.factories import RepairOrderFactory
from workshop.tests.importing import NOW, imported, undone

pytestmark = pytest.mark.django_db

HEADINGS = ["工单号", "车主", "手机", "车牌号", "进厂时间", "出厂时间", "维修类型", "故障描述"]
RO1 = ["RO1", "王小明", "13800138000", "粤A12345", "2025-03-31", "2025-03-31", "定保", "noise"]
RO2 = ["RO2", "李娜", "13911112222", "粤B54321", "2025-04-01", "", "定保", "noise"]
TRACKED = (Customer, Phone, Vehicle, VehicleRelation, RepairOrder)


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def snapshot():
    """Everything that imports write, but for versions."""
    return [
        {name: value for name, value in row.items() if name != "version"}
        for model in TRACKED
        for row in model.objects.order_by("pk").values()
    ]


def kept(batch):
    counts, objects = import_work.plan_undo(batch.pk, limit=10)
    return (
        {each.model: (each.deleted, each.restored, each.kept) for each in counts},
        {(each.model, each.why) for each in objects},
    )


def test_what_was_created_goes():
    before = snapshot()
    batch = undone(imported([HEADINGS, RO1, RO2]))

    assert batch.state == ImportState.UNDONE
    assert snapshot() == before == []
    assert {each["model"]: each["deleted"] for each in batch.counts["undone"]} == {
        "workshop.repairorder": 2,
        "customers.vehicle": 2,
        "customers.vehiclerelation": 2,
        "customers.customer": 2,
        "customers.phone": 2,
    }


def test_what_was_changed_becomes_what_it_was():
    imported([HEADINGS, RO1, RO2])
    before = snapshot()
    second = imported([HEADINGS, RO1, [*RO2[:5], "2025-04-02", "一般维修", "oil"]])
    assert snapshot() != before

    undone(second)

    assert snapshot() == before


def test_vehicles_get_their_mileage_back():
    car = VehicleFactory(plate="粤A12345", vin="", mileage=40000, mileage_read_on=date(2025, 1, 1))
    batch = imported([[*HEADINGS, "里程"], [*RO1, "45000"]])
    car.refresh_from_db()
    assert car.mileage == 45000

    undone(batch)

    car.refresh_from_db()
    assert (car.mileage, car.mileage_read_on) == (40000, date(2025, 1, 1))


def test_the_history_remembers_both():
    undone(imported([HEADINGS, RO1]))

    events = RepairOrder.pgh_event_model.objects.order_by("pgh_id")
    assert [event.pgh_label for event in events] == ["insert", "delete"]


def test_an_order_that_somebody_changed_stays_with_what_it_needs():
    batch = imported([HEADINGS, RO1, RO2])
    RepairOrder.objects.filter(number="RO1").update(concern="other noise")

    counts, objects = kept(batch)
    assert counts == {
        "workshop.repairorder": (1, 0, 1),
        "customers.vehicle": (1, 0, 1),
        "customers.vehiclerelation": (1, 0, 1),
        "customers.customer": (1, 0, 1),
        "customers.phone": (1, 0, 1),
    }
    assert objects == {
        ("workshop.repairorder", "changed"),
        ("customers.vehicle", "used"),
        ("customers.customer", "used"),
    }
    undone(batch)

    assert RepairOrder.objects.get().concern == "other noise"
    assert Vehicle.objects.get().plate == "粤A12345"
    assert (
        VehicleRelation.objects.get().customer
        == Customer.objects.get()
        == (Phone.objects.get().customer)
    )


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda c, _v: ConsultationFactory(customer=c, held_by=UserFactory(),
                     ended_at=NOW), id="consultation"),
        pytest.param(lambda c, _v: RepairOrderFactory(customer=c), id="order"),
        pytest.param(lambda c, _v: CustomerFactory(merged_into=c), id="merge"),
        pytest.param(lambda c, _v: Phone.objects.create(customer=c, typed="1"), id="phone"),
        pytest.param(lambda c, _v: ContactRefusal.objects.create(
            customer=c, purpose="all", channel="all", reason="x", refused_on=date(2025, 6, 1),
            recorded_by=UserFactory()), id="refusal"),
        pytest.param(lambda c, _v: Customer.objects.filter(pk=c.pk).update(address="x"),
                     id="changed"),
    ],
)  # fmt: skip
def test_a_customer_whom_somebody_used_stays(use):
    batch = imported([HEADINGS, RO1])
    wang = Customer.objects.get()
    use(wang, Vehicle.objects.get())

    undone(batch)

    assert Customer.objects.filter(pk=wang.pk).exists()
    assert Phone.objects.filter(customer=wang, e164="+8613800138000").exists()
    assert not RepairOrder.objects.filter(number="RO1").exists()


def test_a_vehicle_with_an_order_of_somebody_else_keeps_its_owner():
    batch = imported([HEADINGS, RO1])
    car = Vehicle.objects.get()
    RepairOrderFactory(vehicle=car)

    undone(batch)

    assert VehicleRelation.objects.get(vehicle=car).customer.name == "王小明"


def test_likely_duplicates_that_a_sweep_found_are_no_use():
    batch = imported([HEADINGS, RO1])
    other = CustomerFactory(name="王晓明")
    wang = Customer.objects.exclude(pk=other.pk).get()
    first, second = sorted([other, wang], key=lambda each: each.pk)
    DuplicatePair.objects.create(first=first, second=second, reasons=["phone"], name_similarity=100)

    undone(batch)

    assert list(Customer.objects.all()) == [other]


def test_an_order_changed_since_is_not_restored():
    imported([HEADINGS, RO1])
    second = imported([HEADINGS, [*RO1[:7], "oil"]])
    RepairOrder.objects.update(concern="brakes")

    assert kept(second)[0] == {"workshop.repairorder": (0, 0, 1)}
    undone(second)

    assert RepairOrder.objects.get().concern == "brakes"


def test_imports_are_undone_one_after_the_other():
    first = imported([HEADINGS, RO1])
    second = imported([HEADINGS, [*RO1[:7], "oil"]])
    third = imported([HEADINGS, [*RO1[:7], "brakes"]])
    assert kept(first)[0]["workshop.repairorder"] == (0, 0, 1)

    undone(third)
    assert RepairOrder.objects.get().concern == "oil"
    undone(second)
    assert RepairOrder.objects.get().concern == "noise"
    undone(first)
    assert snapshot() == []


def test_what_was_undone_can_be_imported_again():
    rows = [HEADINGS, RO1]
    undone(imported(rows))
    batch = imported(rows)

    assert batch.counts["verdicts"]["new"] == 1
    assert RepairOrder.objects.count() == 1


def test_only_what_was_written_can_be_undone():
    batch = undone(imported([HEADINGS, RO1]))

    with pytest.raises(imports.NotNow, match="Undone"):
        imports.undo(batch.pk, by=None, now=datetime(2025, 6, 30, tzinfo=UTC))
