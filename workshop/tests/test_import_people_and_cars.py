"""Files of customers and of vehicles."""

from datetime import date

import pytest

from customers.models import Customer, Phone, Vehicle, VehicleRelation
from customers.tests.factories import (
    CustomerFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)
from workshop.tests.importing import imported, previewed, reasons, verdicts

pytestmark = pytest.mark.django_db

VIN = "LSVAA49JX32022761"


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


class TestCustomers:
    HEADINGS = ["客户编号", "客户姓名", "手机", "地址", "备注"]

    def test_new_ones_get_a_file_with_their_number(self):
        batch = imported(
            [
                self.HEADINGS,
                ["", "王小明", "13800138000", "世纪大道100号", ""],
                ["A-7", "김민수", "+82 10-1234-5678", "", "VIP"],
            ],
            kind="customers",
        )

        assert verdicts(batch) == {2: "new", 3: "new"}
        wang, kim = Customer.objects.order_by("name")
        assert (wang.name, wang.address, wang.sort_key) == (
            "王小明", "世纪大道100号", "wangxiaoming",
        )  # fmt: skip
        assert wang.file_no.startswith("K-")
        assert (kim.name, kim.file_no, kim.remarks) == ("김민수", "A-7", "VIP")
        assert dict(Phone.objects.values_list("customer__name", "e164")) == {
            "王小明": "+8613800138000",
            "김민수": "+821012345678",
        }

    def test_known_ones_are_changed_where_they_differ(self):
        known = CustomerFactory(file_no="A-7", name="王明", address="旧地址")
        PhoneFactory(customer=known, typed="13800138000", is_primary=True)
        rows = [self.HEADINGS, ["A-7", "王小明", "139 1111 2222", "", ""]]

        batch = previewed(rows, kind="customers")
        changes = batch.import_rows.get().changes
        assert {name: changes[name] for name in ("name", "phone")} == {
            "name": ["王明", "王小明"],
            "phone": [None, "139 1111 2222"],
        }
        imported(rows, kind="customers")

        known.refresh_from_db()
        assert (known.name, known.address, known.sort_key) == ("王小明", "旧地址", "wangxiaoming")
        assert "wxm" in known.search_keys.split()
        assert [(each.typed, each.is_primary) for each in known.phones.order_by("pk")] == [
            ("13800138000", True),
            ("139 1111 2222", False),
        ]
        assert verdicts(imported(rows, kind="customers")) == {2: "unchanged"}

    def test_a_customer_known_by_phone_and_name_keeps_his_file_number(self):
        known = PhoneFactory(
            typed="13800138000", customer__name="王小明", customer__file_no="K-9"
        ).customer
        rows = [self.HEADINGS, ["A-7", "王小明", "13800138000", "", ""]]

        assert verdicts(imported(rows, kind="customers")) == {2: "unchanged"}
        known.refresh_from_db()
        assert known.file_no == "K-9"

    def test_the_same_one_twice_counts_once(self):
        batch = imported(
            [
                self.HEADINGS,
                ["A-7", "王小明", "13800138000", "甲", ""],
                ["", "王小明", "138 0013 8000", "乙", ""],
            ],
            kind="customers",
        )

        assert verdicts(batch) == {2: "new", 3: "rejected"}
        assert reasons(batch) == [(3, "repeated", "", "")]
        assert Customer.objects.get().address == "甲"

    def test_merged_ones_stand_for_the_one_they_were_merged_into(self):
        survivor = CustomerFactory(name="王明", address="")
        CustomerFactory(file_no="A-7", name="王小明", merged_into=survivor)
        imported([["档案号", "客户姓名", "地址"], ["A-7", "王明", "世纪大道"]], kind="customers")

        survivor.refresh_from_db()
        assert survivor.address == "世纪大道"


class TestVehicles:
    HEADINGS = ["车架号", "车牌号", "车型", "行驶里程", "购车日期", "车主", "手机"]

    def row(self, vin=VIN, plate="粤A12345", model="Lacrosse", km="52000", name="王小明"):
        return [vin, plate, model, km, "2023-05-01", name, "13800138000"]

    def test_new_ones_come_with_their_owner_since_they_were_bought(self):
        batch = imported([self.HEADINGS, self.row()], kind="vehicles")

        car = Vehicle.objects.get()
        assert (car.vin, car.plate, car.model, car.mileage, car.mileage_read_on) == (
            VIN, "粤A12345", "Lacrosse", 52000, date(2025, 6, 30),
        )  # fmt: skip
        owner = VehicleRelation.objects.get()
        assert (owner.customer.name, owner.during.lower) == ("王小明", date(2023, 5, 1))
        assert (batch.counts["customers"], batch.counts["vehicles"]) == (1, 1)

    def test_a_file_without_owners_is_fine(self):
        imported([["车架号"], [VIN]], kind="vehicles")

        assert Vehicle.objects.get().vin == VIN
        assert not VehicleRelation.objects.exists()

    def test_known_ones_are_changed_where_they_differ(self):
        car = VehicleFactory(vin=VIN, plate="粤B99999", model="Lacrosse", mileage=50000,
                             mileage_read_on=date(2025, 1, 1))  # fmt: skip
        OwnershipFactory(vehicle=car, customer__name="王小明")
        batch = imported([self.HEADINGS, self.row()], kind="vehicles")

        changes = batch.import_rows.get().changes
        assert changes == {
            "plate": ["粤B99999", "粤A12345"],
            "mileage": [50000, 52000],
            "mileage_read_on": ["2025-01-01", "2025-06-30"],
            "purchased_on": [None, "2023-05-01"],
        }
        car.refresh_from_db()
        assert (car.plate, car.mileage) == ("粤A12345", 52000)
        again = imported([self.HEADINGS, self.row()], kind="vehicles")
        assert verdicts(again) == {2: "unchanged"}

    def test_a_mileage_that_runs_backwards_is_left_out(self):
        car = VehicleFactory(
            vin=VIN, plate="粤A12345", mileage=60000, mileage_read_on=date(2025, 1, 1)
        )
        batch = imported([self.HEADINGS, self.row()], kind="vehicles")

        assert ("mileage_odd", "行驶里程", "52000") in [each[1:] for each in reasons(batch)]
        car.refresh_from_db()
        assert car.mileage == 60000

    def test_an_owner_stays_an_owner(self):
        car = VehicleFactory(vin=VIN, plate="粤A12345")
        li = OwnershipFactory(vehicle=car, customer__name="李娜").customer
        batch = imported([self.HEADINGS, self.row()], kind="vehicles")

        assert "other_owner" in [each[1] for each in reasons(batch)]
        assert VehicleRelation.objects.get().customer == li
        assert not Customer.objects.filter(name="王小明").exists()

    def test_who_has_nobody_gets_the_owner_of_the_file(self):
        car = VehicleFactory(vin=VIN, plate="粤A12345")
        batch = imported([self.HEADINGS, self.row()], kind="vehicles")

        assert batch.import_rows.get().changes["owner"] == [None, "王小明"]
        assert VehicleRelation.objects.get(vehicle=car).customer.name == "王小明"

    def test_a_plate_of_another_car_is_rejected(self):
        VehicleFactory(vin="LSGGA54Y2BH123459", plate="粤A12345")
        batch = previewed([self.HEADINGS, self.row()], kind="vehicles")

        assert reasons(batch) == [(2, "plate_taken", "车牌号", "粤A12345")]
        assert verdicts(batch) == {2: "rejected"}

    def test_two_cars_with_one_plate_in_a_file_are_not_both_taken(self):
        batch = imported(
            [self.HEADINGS, self.row(), self.row(vin="LSGGA54Y2BH123459")], kind="vehicles"
        )

        assert verdicts(batch) == {2: "new", 3: "rejected"}

    def test_the_same_car_twice_counts_once(self):
        batch = imported(
            [self.HEADINGS, self.row(), self.row(vin="", model="Excelle")], kind="vehicles"
        )

        assert reasons(batch) == [(3, "repeated", "", "")]
        assert Vehicle.objects.get().model == "Lacrosse"

    def test_a_vin_completes_a_car_known_by_its_plate(self):
        car = VehicleFactory(vin="", plate="粤A12345")
        imported([["车架号", "车牌号"], [VIN, "粤A12345"]], kind="vehicles")

        car.refresh_from_db()
        assert car.vin == VIN
