from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.models import Customer, Phone, Vehicle, VehicleRelation
from customers.tests.factories import (
    CustomerFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)
from workshop.models import RepairOrder
from workshop.services import import_work, imports
from workshop.tests.factories import RepairOrderFactory
from workshop.tests.importing import NOW, imported, previewed, reasons, verdicts

pytestmark = pytest.mark.django_db

HEADINGS = ["工单号", "车主", "手机", "车牌号", "车架号", "进厂时间", "出厂时间", "维修类型"]
WANG = ["王小明", "138 0013 8000", "粤A·12345", "LSVAA49JX32022761"]


def order(number, *who, came="2025-03-31 09:00", left="2025-03-31 17:00", kind="定保"):
    return [number, *(who or WANG), came, left, kind]


def at(hour, day=31, month=3):
    """The moment that a clock in Shanghai shows."""
    return datetime(2025, month, day, hour - 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


class TestNewOrders:
    def test_bring_their_customer_with_his_number_and_his_vehicle(self):
        batch = imported([HEADINGS, order("RO1")])

        assert verdicts(batch) == {2: "new"}
        repair = RepairOrder.objects.get()
        assert (repair.number, repair.kind, repair.state) == ("RO1", "maintenance", "released")
        assert (repair.checked_in_at, repair.authorized_at, repair.gate_out_at) == (
            at(9), at(9), at(17),
        )  # fmt: skip
        assert (repair.customer.name, repair.customer.file_no[:2]) == ("王小明", "K-")
        assert repair.customer.search_keys.split()[0] == "王小明"
        assert repair.vehicle.vin == "LSVAA49JX32022761"
        assert repair.vehicle.plate == "粤A12345"
        phone = Phone.objects.get()
        assert (phone.customer, phone.e164, phone.is_primary) == (
            repair.customer, "+8613800138000", True,
        )  # fmt: skip
        assert (batch.counts["customers"], batch.counts["vehicles"]) == (1, 1)

    def test_make_the_newest_customer_the_owner_since_the_first_visit(self):
        li = ["李娜", "13911112222", *WANG[2:]]
        imported(
            [
                HEADINGS,
                order("RO2", *li, came="2025-05-02", left="2025-05-02"),
                order("RO1", came="2025-03-31", left="2025-03-31"),
            ]
        )

        owner = VehicleRelation.objects.get()
        assert (owner.customer.name, owner.relation) == ("李娜", "owner")
        assert (owner.during.lower, owner.during.upper) == (date(2025, 3, 31), None)

    def test_are_credited_to_the_advisor_of_that_name(self):
        advisor = UserFactory(name="Zhao Lei")
        imported(
            [
                [*HEADINGS, "服务顾问"],
                [*order("RO1"), "zhao lei"],
                [*order("RO2"), "Somebody who left"],
            ]
        )

        known, unknown = RepairOrder.objects.order_by("number")
        assert (known.advisor, known.advisor_name) == (advisor, "")
        assert (unknown.advisor, unknown.advisor_name) == (None, "Somebody who left")

    def test_belong_to_who_confirmed_the_import(self):
        supervisor = SupervisorFactory()
        imported([HEADINGS, order("RO1")], by=supervisor)

        assert RepairOrder.objects.get().created_by == supervisor
        assert Customer.objects.get().created_by == supervisor
        event = RepairOrder.pgh_event_model.objects.get()
        assert event.pgh_context["user"] == supervisor.pk
        assert event.pgh_context["import"] > 0

    def test_book_the_amount_on_who_pays(self):
        rows = [
            order("RO1", kind="一般维修"),
            order("RO2", kind="索赔"),
            order("RO3", kind="保险"),
            order("RO4", kind="一般维修"),
        ]
        imported(
            [
                [*HEADINGS, "总金额(元)", "付费方式"],
                [*rows[0], "1,200.50", ""],
                [*rows[1], "300", ""],
                [*rows[2], "400", ""],
                [*rows[3], "500", "店内付费"],
            ]
        )

        paid = {
            each.number: (
                each.customer_amount, each.warranty_amount, each.insurer_amount,
                each.internal_amount,
            )
            for each in RepairOrder.objects.all()
        }  # fmt: skip
        assert paid == {
            "RO1": (Decimal("1200.50"), 0, 0, 0),
            "RO2": (0, 300, 0, 0),
            "RO3": (0, 0, 400, 0),
            "RO4": (0, 0, 0, 500),
        }


class TestKnownCustomersAndVehicles:
    def test_are_found_by_phone_and_name_and_by_vin_or_plate(self):
        wang = PhoneFactory(typed="+86 138-0013-8000", customer__name="王小明").customer
        car = VehicleFactory(plate="粤A12345", vin="LSVAA49JX32022761")
        imported(
            [
                HEADINGS,
                order("RO1", "王小明", "13800138000", "粤A12345", ""),
                order("RO2", "王小明", "13800138000", "", "lsvaa49jx32022761"),
            ]
        )

        assert {(each.customer, each.vehicle) for each in RepairOrder.objects.all()} == {
            (wang, car)
        }
        assert Customer.objects.count() == Vehicle.objects.count() == 1

    def test_stay_as_they_are(self):
        car = VehicleFactory(plate="粤A12345", vin="LSVAA49JX32022761", model="Lacrosse")
        imported([[*HEADINGS, "车型"], [*order("RO1"), "Excelle"]])

        car.refresh_from_db()
        assert (car.model, car.version) == ("Lacrosse", 1)

    def test_with_another_name_under_the_same_phone_are_others(self):
        PhoneFactory(typed="13800138000", customer__name="王建国")
        imported([HEADINGS, order("RO1")])

        assert RepairOrder.objects.get().customer.name == "王小明"
        assert Customer.objects.count() == 2

    def test_private_people_without_a_number_are_known_with_their_car(self):
        car = VehicleFactory(plate="粤A12345", vin="")
        wang = OwnershipFactory(vehicle=car, customer__name="王小明").customer
        imported(
            [
                HEADINGS,
                order("RO1", "王小明", "", "粤A12345", ""),
                order("RO2", "王小明", "", "粤B54321", ""),
            ]
        )

        first, second = RepairOrder.objects.order_by("number")
        assert first.customer == wang
        assert second.customer != wang
        assert second.customer.name == "王小明"

    def test_who_lacks_a_number_in_one_row_is_who_has_it_in_another_row_of_the_car(self):
        imported([HEADINGS, order("RO1"), order("RO2", "王小明", "", *WANG[2:])])

        assert Customer.objects.count() == 1

    def test_companies_are_known_by_their_name(self):
        company = CustomerFactory(name="远航物流", kind="company")
        CustomerFactory(name="远航物流", kind="private")
        imported([HEADINGS, order("RO1", "远航物流", "", "粤A12345", "")], customer_kind="company")

        assert RepairOrder.objects.get().customer == company

    def test_two_companies_of_one_name_are_not_guessed_at(self):
        CustomerFactory.create_batch(2, name="远航物流", kind="company")
        batch = previewed(
            [HEADINGS, order("RO1", "远航物流", "", "粤A12345", "")], customer_kind="company"
        )

        assert reasons(batch) == [(2, "several_customers", "车主", "远航物流")]
        assert verdicts(batch) == {2: "rejected"}

    def test_an_order_of_a_merged_customer_goes_to_the_one_he_was_merged_into(self):
        survivor = CustomerFactory(name="王明")
        between = CustomerFactory(name="王小民", merged_into=survivor)
        PhoneFactory(
            typed="13800138000", customer=CustomerFactory(name="王小明", merged_into=between)
        )
        batch = imported([HEADINGS, order("RO1")])

        assert RepairOrder.objects.get().customer == survivor
        assert reasons(batch) == [(2, "merged_customer", "车主", "王小明")]

    def test_the_same_car_by_plate_alone_and_with_its_vin_is_one(self):
        imported([HEADINGS, order("RO1", "王小明", "13800138000", "粤A12345", ""), order("RO2")])

        assert Vehicle.objects.count() == 1

    def test_a_plate_that_moved_belongs_to_the_newest_car(self):
        imported(
            [
                HEADINGS,
                order("RO1", came="2025-01-05", left="2025-01-05"),
                order("RO2", *WANG[:3], "LSGGA54Y2BH123459", came="2025-05-05", left="2025-05-05"),
            ]
        )

        assert dict(Vehicle.objects.values_list("vin", "plate")) == {
            "LSVAA49JX32022761": "",
            "LSGGA54Y2BH123459": "粤A12345",
        }

    def test_a_plate_that_another_car_has_here_stays_there(self):
        VehicleFactory(plate="粤A12345", vin="LSGGA54Y2BH123459")
        batch = imported([HEADINGS, order("RO1")])

        assert reasons(batch) == [(2, "plate_elsewhere", "车牌号", "粤A12345")]
        assert RepairOrder.objects.get().vehicle.plate == ""


class TestKnownOrders:
    def test_the_same_file_changes_nothing(self):
        rows = [HEADINGS, order("RO1"), order("RO2", left="")]
        imported(rows)
        before = list(RepairOrder.objects.order_by("pk").values())
        batch = imported(rows)

        assert verdicts(batch) == {2: "unchanged", 3: "unchanged"}
        assert list(RepairOrder.objects.order_by("pk").values()) == before
        assert (batch.counts["customers"], batch.counts["vehicles"]) == (0, 0)

    def test_only_what_differs_is_changed(self):
        imported([HEADINGS, order("RO1", left=""), order("RO2")])
        batch = imported([HEADINGS, order("RO1", left="2025-04-01 10:00"), order("RO2")])

        assert verdicts(batch) == {2: "changed", 3: "unchanged"}
        changed = batch.import_rows.get(row_no=2)
        assert changed.changes == {
            "state": ["authorized", "released"],
            "gate_out_at": [None, "2025-04-01T02:00:00+00:00"],
        }
        first, second = RepairOrder.objects.order_by("number")
        assert (first.state, first.gate_out_at, first.version) == ("released", at(10, 1, 4), 2)
        assert second.version == 1

    def test_an_empty_cell_takes_nothing_away(self):
        imported([[*HEADINGS, "故障描述"], [*order("RO1"), "异响"]])
        batch = imported([[*HEADINGS, "故障描述"], [*order("RO1"), ""]])

        assert verdicts(batch) == {2: "unchanged"}

    def test_times_that_the_file_does_not_tell_stay_as_they_are_here(self):
        RepairOrderFactory(
            number="RO1", released=True, checked_in_at=at(9), authorized_at=at(11),
            gate_out_at=at(17), customer__name="王小明",
            vehicle__vin="LSVAA49JX32022761", kind="maintenance",
        )  # fmt: skip
        headings = [name for name in HEADINGS if name != "手机"]
        row = [cell for cell in order("RO1") if cell != WANG[1]]
        batch = previewed([headings, row], customer_kind="company")

        changes = batch.import_rows.get().changes
        assert "authorized_at" not in changes

    def test_an_order_does_not_come_back_into_the_shop(self):
        imported([HEADINGS, order("RO1")])
        batch = previewed([HEADINGS, order("RO1", left="")])

        assert verdicts(batch) == {2: "rejected"}
        assert reasons(batch) == [(2, "moves_back", "", "authorized")]

    def test_what_would_break_a_rule_together_with_what_is_known_is_rejected(self):
        imported([HEADINGS, order("RO1")])
        without_gate_out = [*HEADINGS[:6], "当前状态", "维修类型"]
        row = ["RO1", *WANG, "2025-04-02 09:00", "已交车", "定保"]
        RepairOrder.objects.update(authorized_at=at(10))
        batch = previewed([without_gate_out, row])

        assert [each[1] for each in reasons(batch)] == ["constraint"]
        assert batch.import_rows.get().conflicts[0]["with"] == {
            "rule": "workshop_order_times_in_order"
        }

    def test_a_number_that_comes_twice_counts_once(self):
        batch = imported([HEADINGS, order("RO1"), order("RO2"), order("RO1")])

        assert verdicts(batch) == {2: "new", 3: "new", 4: "rejected"}
        assert reasons(batch) == [(4, "repeated", "工单号", "RO1")]

    def test_customers_and_vehicles_of_rejected_rows_are_not_created(self):
        zhao = ["赵敏", "13700001111", "粤C11111", ""]
        batch = imported([HEADINGS, order("RO1"), order("RO1", *zhao)])

        assert not Customer.objects.filter(name="赵敏").exists()
        assert (batch.counts["customers"], batch.counts["vehicles"]) == (1, 1)

    def test_what_changed_since_the_preview_is_compared_again(self):
        batch = previewed([HEADINGS, order("RO1")])
        assert verdicts(batch) == {2: "new"}
        imported([HEADINGS, order("RO1")])

        imports.confirm(batch.pk, by=None, now=NOW)
        import_work.work_on(batch.pk, now=NOW)

        batch.refresh_from_db()
        assert batch.counts["verdicts"]["unchanged"] == 1
        assert RepairOrder.objects.count() == 1


class TestMileages:
    def rows(self, *readings):
        return [
            [*HEADINGS, "进厂里程(km)"],
            *(
                [*order(f"RO{n}", came=day, left=day), str(km)]
                for n, (day, km) in enumerate(readings)
            ),
        ]

    def test_the_vehicle_gets_the_newest_reading(self):
        imported(self.rows(("2025-05-01", 52000), ("2025-03-01", 48000)))

        car = Vehicle.objects.get()
        assert (car.mileage, car.mileage_read_on) == (52000, date(2025, 5, 1))

    def test_a_reading_that_runs_backwards_stays_with_its_order(self):
        batch = imported(self.rows(("2025-03-01", 48000), ("2025-05-01", 4800)))

        assert reasons(batch) == [(3, "mileage_odd", "进厂里程(km)", "4800")]
        assert RepairOrder.objects.get(number="RO1").mileage_in == 4800
        assert Vehicle.objects.get().mileage == 48000

    def test_nobody_drives_that_far_in_a_day(self):
        batch = imported(self.rows(("2025-03-01", 48000), ("2025-03-02", 50000)))

        assert [each[1] for each in reasons(batch)] == ["mileage_odd"]

    def test_a_known_vehicle_moves_forward_only(self):
        car = VehicleFactory(
            plate="粤A12345", vin="LSVAA49JX32022761", mileage=50000,
            mileage_read_on=date(2025, 4, 1),
        )  # fmt: skip
        imported(self.rows(("2025-03-01", 48000)))
        car.refresh_from_db()
        assert (car.mileage, car.version) == (50000, 1)

        rows = self.rows(("2025-05-01", 53000))
        rows[1][0] = "RO9"
        imported(rows)
        car.refresh_from_db()
        assert (car.mileage, car.mileage_read_on) == (53000, date(2025, 5, 1))
