import gzip
import json
from io import StringIO
from itertools import islice
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer, Vehicle
from workshop.models import Import, ImportProfile, OrderKind, RepairOrder
from workshop.tests.importing import as_csv, undone

pytestmark = pytest.mark.django_db

EXAMPLES = Path(__file__).parents[2] / "examples"
CINCINNATI = EXAMPLES / "cincinnati"
ROWS = [
    ["工单号", "车主", "手机", "车牌号", "进厂时间", "维修类型"],
    ["RO1", "王小明", "13800138000", "粤A12345", "2025-03-31 09:00", "定保"],
]


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"


def run(path, *options):
    out = StringIO()
    call_command("import_orders", str(path), *options, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


@pytest.fixture
def slice_of_cincinnati(tmp_path):
    """The first 2,000 orders of the real file."""
    path = tmp_path / "orders.csv"
    with gzip.open(CINCINNATI / "orders.csv.gz", "rt", encoding="utf-8") as file:
        path.write_text("".join(islice(file, 2001)), encoding="utf-8")
    return path


class TestCincinnati:
    def test_departments_are_customers_and_units_are_vehicles(self, slice_of_cincinnati):
        report = run(slice_of_cincinnati, "--profile", str(CINCINNATI / "departments.json"))

        assert report["verdicts"] == {"new": 2000, "changed": 0, "unchanged": 0, "rejected": 0}
        assert (report["customers"], report["vehicles"]) == (32, 1044)
        assert RepairOrder.objects.count() == 2000
        assert set(Customer.objects.values_list("kind", "language")) == {("company", "en")}
        assert Vehicle.objects.filter(unit_no="01451").exists()
        order = RepairOrder.objects.get(number="2023-3001-1390")
        assert (order.customer.name, order.vehicle.unit_no, order.kind, order.state) == (
            "WATER WORKS", "60959", "general", "authorized",
        )  # fmt: skip
        assert order.labor_hours is None
        assert report["empty"] == [{"column": "Labour Hours", "rows": 1409}]
        assert [each["reason"] for each in report["odd"]] == ["in_shop_long"]

    def test_the_reason_decides_the_type_first(self, slice_of_cincinnati):
        run(slice_of_cincinnati, "--profile", str(CINCINNATI / "departments.json"))

        kinds = dict(
            RepairOrder.objects.filter(concern__in=["WARRANTY (TARGET)", "ACCIDENT (NON TARGET)"])
            .values_list("concern", "kind")
            .distinct()
        )
        assert kinds == {
            "WARRANTY (TARGET)": OrderKind.WARRANTY,
            "ACCIDENT (NON TARGET)": OrderKind.INSURANCE,
        }

    def test_units_may_be_customers_and_vehicles_at_once(self, slice_of_cincinnati):
        report = run(slice_of_cincinnati, "--profile", str(CINCINNATI / "units.json"))

        assert (report["customers"], report["vehicles"]) == (1044, 1044)
        order = RepairOrder.objects.get(number="2023-3001-1390")
        assert (order.customer.name, order.vehicle.unit_no) == ("60959", "60959")

    def test_the_same_file_again_changes_nothing_and_all_of_it_goes_again(
        self, slice_of_cincinnati
    ):
        options = ("--profile", str(CINCINNATI / "units.json"))
        first = run(slice_of_cincinnati, *options)
        before = list(RepairOrder.objects.order_by("pk").values())
        second = run(slice_of_cincinnati, *options)

        assert second["verdicts"] == {"new": 0, "changed": 0, "unchanged": 2000, "rejected": 0}
        assert list(RepairOrder.objects.order_by("pk").values()) == before
        undone(Import.objects.get(pk=first["import"]))
        assert not RepairOrder.objects.exists()
        assert not Vehicle.objects.exists()


class TestExamples:
    def test_customers_in_gb18030_come_in_when_the_encoding_is_named(self):
        path = EXAMPLES / "customers.csv"
        with pytest.raises(CommandError, match="--encoding gb18030"):
            run(path, "--kind", "customers")
        assert not Import.objects.exists()

        report = run(path, "--kind", "customers", "--encoding", "gb18030")

        assert report["verdicts"]["new"] == 4
        assert report["verdicts"]["rejected"] == 1
        assert Customer.objects.filter(name="欧阳娜娜").exists()

    def test_vehicles_come_from_a_workbook(self):
        report = run(EXAMPLES / "vehicles.xlsx", "--kind", "vehicles")

        assert report["verdicts"]["new"] == 3
        assert report["verdicts"]["rejected"] == 2


class TestOptions:
    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "orders.csv"
        path.write_bytes(as_csv(ROWS))
        return path

    def test_headings_decide_without_a_profile(self, path):
        assert run(path)["state"] == "done"
        assert RepairOrder.objects.get().number == "RO1"

    def test_a_dry_run_keeps_nothing(self, path):
        report = run(path, "--dry-run")

        assert (report["state"], report["verdicts"]["new"]) == ("preview", 1)
        assert not Import.objects.exists()
        assert not RepairOrder.objects.exists()

    def test_a_saved_profile_is_named(self, path):
        layout = {
            "columns": {
                "order.number": "工单号", "order.checked_in_at": "进厂时间",
                "vehicle.plate": "车牌号", "customer.name": "车主",
            },
            "other_kind": "internal",
        }  # fmt: skip
        ImportProfile.objects.create(kind="orders", name="DMS", layout=layout)
        run(path, "--profile", "DMS")

        assert RepairOrder.objects.get().kind == "internal"

    def test_an_unknown_profile_is_said(self, path):
        with pytest.raises(CommandError, match="no profile “DMS”"):
            run(path, "--profile", "DMS")

    def test_a_profile_that_does_not_fit_is_said(self, path, tmp_path):
        profile = tmp_path / "profile.json"
        profile.write_text('{"columns": {"order.number": "RO No"}}', encoding="utf-8")
        with pytest.raises(CommandError, match="Choose the column"):
            run(path, "--profile", str(profile))
        assert not Import.objects.exists()

    def test_a_file_that_is_not_there_is_said(self, tmp_path):
        with pytest.raises(CommandError, match="No such file"):
            run(tmp_path / "nothing.csv")
