"""What a row says beyond single cells, and by which key its customer and vehicle are known."""

from datetime import UTC, datetime

import pytest

from workshop.imports.cleaning import RowReader
from workshop.imports.layout import KindRule, Layout, LayoutRefused

NOW = datetime(2025, 6, 30, 4, 0, tzinfo=UTC)
COLUMNS = {
    "order.number": "No",
    "order.checked_in_at": "In",
    "order.gate_out_at": "Out",
    "order.state": "State",
    "vehicle.plate": "Plate",
    "customer.name": "Name",
}
STATES = {"new": "checked_in", "open": "authorized", "left": "released", "void": "cancelled"}


def read(cells, *, kind="orders", columns=COLUMNS, **options):
    layout = Layout(columns=columns, **{"states": STATES, "other_kind": "general"} | options)
    headings = list(dict.fromkeys([*columns.values(), "Type", "Why"]))
    reader = RowReader(kind, layout, headings, now=NOW)
    return reader.read(2, [*cells, *[""] * (len(headings) - len(cells))])


def order(came="2025-03-31 09:00", left="", state="", **options):
    return read(["RO1", came, left, state, "粤A12345", "王小明"], **options)


def reasons(row):
    return [(each["reason"], each["column"], each["value"]) for each in row.findings]


class TestStates:
    def test_without_a_word_the_gate_out_decides(self):
        assert order(left="2025-03-31 17:00").order["state"] == "released"
        assert order().order["state"] == "authorized"

    def test_what_is_not_told_follows_the_check_in(self):
        row = order(state="open")

        assert row.order["authorized_at"] == row.order["checked_in_at"]
        assert row.order["derived"] == ["authorized_at"]

    def test_without_a_column_for_it_cars_leave_when_they_come(self):
        columns = {target: name for target, name in COLUMNS.items() if name != "Out"}
        row = read(["RO1", "2025-03-31", "left", "粤A12345", "王小明"], columns=columns)

        assert row.order["gate_out_at"] == row.order["checked_in_at"]
        assert row.is_readable

    def test_a_car_that_left_needs_its_gate_out_if_there_is_a_column_for_it(self):
        assert reasons(order(state="left")) == [("gate_out_missing", "Out", "")]

    def test_a_car_that_is_here_has_not_left(self):
        assert reasons(order(left="2025-03-31 17:00", state="open")) == [
            ("still_here", "Out", "2025-03-31 17:00")
        ]

    def test_gate_out_before_check_in_is_refused(self):
        assert reasons(order(left="2025-03-31 08:59")) == [
            ("before_check_in", "Out", "2025-03-31 08:59")
        ]

    def test_a_gate_out_without_a_time_on_the_same_day_is_not_before_it(self):
        row = order(left="2025-03-31")

        assert row.is_readable
        assert row.order["gate_out_at"] == row.order["checked_in_at"]

    def test_tomorrows_gate_out_is_refused(self):
        assert reasons(order(left="2025-07-01")) == [("future", "Out", "2025-07-01")]

    def test_a_cancelled_order_says_when_and_why(self):
        row = order(left="2025-04-01 10:00", state="void")

        assert "gate_out_at" not in row.order
        assert row.order["cancelled_at"] == "2025-04-01T02:00:00+00:00"
        assert row.order["cancel_reason"]

    def test_a_car_that_only_came_is_not_authorized(self):
        assert "authorized_at" not in order(state="new").order

    def test_a_car_that_has_been_here_for_more_than_a_year_is_noted(self):
        row = order(came="2024-06-29 09:00", state="open")

        assert reasons(row) == [("in_shop_long", "In", "2024-06-29 09:00")]
        assert row.is_readable


class TestKinds:
    RULES = [
        KindRule("Why", contains=True, text="rework", kind="rework"),
        KindRule("Why", contains=True, text="WARRANTY", kind="warranty"),
        KindRule("Type", contains=False, text="PM", kind="maintenance"),
    ]

    def kind(self, type_, why, **options):
        row = read(
            ["RO1", "2025-03-31", "", "open", "粤A12345", "王小明", type_, why],
            kind_rules=self.RULES, **options,
        )  # fmt: skip
        return row.order.get("kind"), reasons(row)

    def test_the_first_rule_that_fits_wins(self):
        assert self.kind("PM", "REWORK of a WARRANTY job") == ("rework", [])
        assert self.kind("PM", "warranty (target)") == ("warranty", [])
        assert self.kind("pm", "") == ("maintenance", [])

    def test_without_a_rule_it_is_what_others_are(self):
        assert self.kind("OTHER", "", other_kind="internal") == ("internal", [])

    def test_or_it_is_rejected_with_its_word(self):
        columns = COLUMNS | {"order.kind": "Type"}
        row = read(
            ["RO1", "2025-03-31", "", "open", "粤A12345", "王小明", "MAGIC"],
            columns=columns, kind_rules=self.RULES, other_kind="",
        )  # fmt: skip
        assert reasons(row) == [("order_kind", "Type", "MAGIC")]


class TestKeys:
    COLUMNS = {
        "order.number": "No",
        "order.checked_in_at": "In",
        "vehicle.vin": "VIN",
        "vehicle.plate": "Plate",
        "vehicle.unit_no": "Unit",
        "customer.name": "Name",
        "customer.phone": "Phone",
        "customer.file_no": "File",
    }

    def keys(self, vin="", plate="", unit="", name="Wang", phone="", file="", **options):
        cells = ["RO1", "2025-03-31", vin, plate, unit, name, phone, file]
        row = read(cells, columns=self.COLUMNS, **options)
        return row.vehicle_key, row.customer_key

    def test_the_vin_comes_before_the_plate_and_the_unit_number(self):
        assert self.keys("LSVAA49JX32022761", "粤A12345", "7")[0] == "vin:LSVAA49JX32022761"
        assert self.keys("", "粤A12345", "7")[0] == "plate:粤A12345"
        assert self.keys("", "", "007")[0] == "unit_no:007"

    def test_the_file_number_comes_before_phone_and_name(self):
        assert self.keys(unit="7", phone="13800138000", file="K-1")[1] == "file:K-1"
        assert self.keys(unit="7", phone="13800138000")[1] == "phone:+8613800138000:wang"
        assert self.keys(unit="7")[1] == "owner:wang:unit_no:7"
        assert self.keys(unit="7", customer_kind="company")[1] == "name:wang"

    def test_a_vehicle_needs_something_to_tell_it_by(self):
        row = read(["RO1", "2025-03-31", "", "", "", "Wang", "", ""], columns=self.COLUMNS)
        assert ("unidentified_vehicle", "VIN", "") in reasons(row)

    def test_a_private_customer_needs_more_than_a_name(self):
        row = read(
            ["Wang", ""],
            kind="customers",
            columns={"customer.name": "Name", "customer.phone": "Phone"},
        )
        assert reasons(row) == [("unidentified_customer", "Name", "Wang")]

    def test_one_column_may_be_the_vehicle_and_the_customer(self):
        columns = {
            "order.number": "No",
            "order.checked_in_at": "In",
            "vehicle.unit_no": "Unit",
            "customer.name": "Unit",
        }
        row = read(["RO1", "2025-03-31", "0145"], columns=columns, customer_kind="company")

        assert (row.vehicle, row.customer) == ({"unit_no": "0145"}, {"name": "0145"})


class TestRows:
    def test_everything_that_is_wrong_is_said_at_once(self):
        row = read(["", "31.03.2025", "", "gone", "#", "x" * 121])

        assert reasons(row) == [
            ("date_form", "In", "31.03.2025"),
            ("word", "State", "gone"),
            ("plate", "Plate", "#"),
            ("too_long", "Name", "x" * 100),
        ]

    def test_what_is_needed_and_empty_is_said(self):
        row = read(["", "2025-03-31", "", "", "粤A12345", ""])

        assert reasons(row) == [("empty", "No", ""), ("empty", "Name", "")]

    def test_more_cells_than_headings_are_refused(self):
        assert [each["reason"] for each in read(["x"] * 9).findings] == ["cells"]

    def test_missing_cells_at_the_end_are_empty(self):
        reader = RowReader(
            "orders", Layout(columns=COLUMNS, other_kind="general"), [*COLUMNS.values(), "z"],
            now=NOW,
        )  # fmt: skip
        row = reader.read(2, ["RO1", "2025-03-31", "", "", "粤A12345", "王小明"])

        assert row.is_readable


class TestLayouts:
    def test_needed_columns_must_be_chosen(self):
        with pytest.raises(LayoutRefused, match="customer name"):
            Layout(columns={"order.number": "No", "order.checked_in_at": "In"}).check(
                "orders", ["No", "In"]
            )

    def test_something_must_tell_the_vehicle(self):
        columns = {name: COLUMNS[name] for name in COLUMNS if not name.startswith("vehicle.")}
        with pytest.raises(LayoutRefused, match="VIN, the plate or the unit number"):
            Layout(columns=columns).check("orders", list(columns.values()))

    def test_columns_must_be_in_the_file(self):
        with pytest.raises(LayoutRefused, match="no column “Plate”"):
            Layout(columns=COLUMNS).check("orders", ["No", "In", "Out", "State", "Name"])

    @pytest.mark.parametrize(
        "stored",
        [
            [],
            "x",
            {},
            {"columns": {"order.number": "No"}, "date_form": "whatever"},
            {"columns": {"order.price": "No"}},
            {"columns": {}, "decimal_sign": ";"},
            {"columns": {}, "states": {"open": "flying"}},
            {"columns": {}, "kind_rules": [{"column": "x"}]},
            {"columns": {}, "kind_rules": [
                {"column": "x", "contains": True, "text": "y", "kind": "magic"}]},
        ],
    )  # fmt: skip
    def test_what_is_no_profile_is_refused(self, stored):
        with pytest.raises(LayoutRefused, match="not an import profile"):
            Layout.from_json(stored)

    def test_a_profile_comes_back_as_it_was(self):
        layout = Layout(columns=COLUMNS, kind_rules=tuple(TestKinds.RULES), states=STATES)

        assert Layout.from_json(layout.as_json()) == layout
