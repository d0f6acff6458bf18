"""`/api/v1/repair-orders/`: check in, authorize, release, cancel."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from aftersales.roles import CASHIER, REST_CLIENT, SERVICE_ADVISOR, SUPERVISOR, TECHNICIAN
from aftersales.tests.api import Client, errors_of
from aftersales.tests.factories import UserFactory
from customers.tests.factories import CustomerFactory, VehicleFactory
from workshop.models import RepairOrder
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db

ORDERS = "/api/v1/repair-orders/"


@pytest.fixture
def client():
    """A service advisor with a token: sees all orders."""
    return Client(UserFactory(roles=[SERVICE_ADVISOR, REST_CLIENT]))


def kind_of(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def numbers(answer):
    return [row["number"] for row in answer.json()["results"]]


def test_an_order_is_answered_with_exactly_these_fields(client):
    advisor = UserFactory(name="Zhou Min")
    order = RepairOrderFactory(
        released=True,
        number="RO-2025-000007",
        advisor=advisor,
        mileage_in=50_000,
        labor_hours=Decimal("1.5"),
        customer_amount=Decimal("120.5"),
        insurer_amount=Decimal(80),
    )

    assert client.get(f"{ORDERS}{order.pk}/").json() == {
        "id": order.pk,
        "number": "RO-2025-000007",
        "kind": "general",
        "customer": order.customer_id,
        "vehicle": order.vehicle_id,
        "bringer_name": "",
        "bringer_phone": "",
        "checked_in_at": "2025-03-31T09:00:00+08:00",
        "mileage_in": 50_000,
        "concern": "",
        "service_items": "",
        "labor_hours": "1.50",
        "customer_amount": "120.50",
        "warranty_amount": "0.00",
        "insurer_amount": "80.00",
        "internal_amount": "0.00",
        "rework_of": None,
        "state": "released",
        "advisor": {"id": advisor.pk, "name": "Zhou Min"},
        "advisor_name": "",
        "authorized_at": "2025-03-31T10:00:00+08:00",
        "gate_out_at": "2025-03-31T17:00:00+08:00",
        "mileage_out": None,
        "total_amount": "200.50",
        "release_undone_at": None,
        "release_undo_reason": "",
        "cancelled_at": None,
        "cancel_reason": "",
        "version": 1,
    }


class TestCheckIn:
    @pytest.fixture
    def body(self):
        return {"customer": CustomerFactory().pk, "vehicle": VehicleFactory().pk, "kind": "general"}

    def test_a_car_comes_in_now_under_our_next_number(self, client, body, time_machine):
        time_machine.move_to("2025-03-31T01:00:00Z", tick=False)

        answer = client.post(ORDERS, {**body, "mileage_in": 50_000, "concern": "刹车异响"})

        assert answer.status_code == 201
        order = RepairOrder.objects.get()
        assert answer.json()["number"] == order.number
        assert order.number.startswith("RO-2025-")
        assert (order.state, order.concern, order.created_by) == (
            "checked_in",
            "刹车异响",
            client.user,
        )
        assert order.checked_in_at == datetime(2025, 3, 31, 1, tzinfo=UTC)

    def test_the_advisor_is_somebody_who_checks_cars_in(self, client, body):
        advisor, cashier = UserFactory(roles=[SERVICE_ADVISOR]), UserFactory(roles=[CASHIER])

        answer = client.post(ORDERS, {**body, "advisor": advisor.pk})

        assert answer.json()["advisor"] == {"id": advisor.pk, "name": advisor.name}
        refused = client.post(ORDERS, {**body, "advisor": cashier.pk})
        assert errors_of(refused) == {"advisor": ["does_not_exist"]}

    def test_a_program_may_bring_its_own_number_once(self, client, body):
        first, second = (client.post(ORDERS, {**body, "number": "DMS-1"}) for _time in range(2))

        assert first.json()["number"] == "DMS-1"
        assert errors_of(second) == {"number": ["invalid"]}

    def test_an_order_for_a_merged_customer_is_one_of_the_survivor(self, client, body):
        survivor = CustomerFactory()
        merged = CustomerFactory(merged_into=survivor)

        answer = client.post(ORDERS, {**body, "customer": merged.pk})

        assert answer.json()["customer"] == survivor.pk

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"customer": 0}, "customer"),
            ({"vehicle": None}, "vehicle"),
            ({"kind": "haircut"}, "kind"),
            ({"kind": "rework"}, "rework_of"),
            ({"checked_in_at": "2125-03-31T01:00:00Z"}, "checked_in_at"),
            ({"checked_in_at": "0001-01-01T00:00:00+14:00"}, "checked_in_at"),
            ({"checked_in_at": "2025-02-29T01:00:00Z"}, "checked_in_at"),
            ({"customer_amount": "-1"}, "customer_amount"),
            ({"customer_amount": "0.001"}, "customer_amount"),
            ({"customer_amount": "NaN"}, "customer_amount"),
            ({"customer_amount": 0.5}, "customer_amount"),
            ({"mileage_in": "50000"}, "mileage_in"),
            ({"mileage_in": 2**31}, "mileage_in"),
            ({"state": "released"}, "state"),
            ({"advisor": 0}, "advisor"),
            ({"created_by": 1}, "created_by"),
            ({"gate_out_at": "2025-03-31T01:00:00Z"}, "gate_out_at"),
        ],
    )
    def test_wrong_values_are_named(self, client, body, wrong, field):
        answer = client.post(ORDERS, body | wrong)

        assert kind_of(answer) == (400, "invalid")
        assert list(errors_of(answer)) == [field]
        assert not RepairOrder.objects.exists()

    @pytest.mark.parametrize("field", ["customer", "vehicle", "rework_of"])
    def test_foreign_objects_do_not_exist(self, field):
        program = Client()
        body = {
            "kind": "general",
            "customer": CustomerFactory(created_by=program.user).pk,
            "vehicle": VehicleFactory(created_by=program.user).pk,
        }
        foreign = RepairOrderFactory()
        theirs = {
            "customer": foreign.customer_id,
            "vehicle": foreign.vehicle_id,
            "rework_of": foreign.pk,
        }

        answer = program.post(ORDERS, {**body, field: theirs[field]})

        assert errors_of(answer) == {field: ["does_not_exist"]}


class TestMoves:
    def move(self, client, order, action, body=None):
        return client.post(f"{ORDERS}{order.pk}/{action}/", body)

    def test_an_order_goes_from_check_in_to_gate_out(self, client):
        order = RepairOrderFactory()

        authorized = self.move(
            client, order, "authorize", {"authorized_at": "2025-03-31T10:00+08:00"}
        )
        released = self.move(
            client,
            order,
            "release",
            {
                "gate_out_at": "2025-03-31T17:00+08:00",
                "mileage_out": 50_010,
                "customer_amount": "120.50",
            },
        )

        assert authorized.json()["state"] == "authorized"
        assert released.json()["state"] == "released"
        order.refresh_from_db()
        assert order.authorized_at == datetime(2025, 3, 31, 2, tzinfo=UTC)
        assert order.gate_out_at == datetime(2025, 3, 31, 9, tzinfo=UTC)
        assert (order.mileage_out, order.customer_amount) == (50_010, Decimal("120.50"))

    def test_moves_happen_now_unless_said_otherwise(self, client, time_machine):
        time_machine.move_to("2025-03-31T02:00:00Z", tick=False)
        order = RepairOrderFactory()

        self.move(client, order, "authorize")
        answer = self.move(client, order, "release")

        assert answer.json()["authorized_at"] == "2025-03-31T10:00:00+08:00"
        assert answer.json()["gate_out_at"] == "2025-03-31T10:00:00+08:00"

    @pytest.mark.parametrize(
        ("trait", "action"),
        [
            ({}, "release"),
            ({"authorized": True}, "authorize"),
            ({"released": True}, "authorize"),
            ({"released": True}, "release"),
            ({"released": True}, "cancel"),
        ],
    )
    def test_moves_that_the_state_forbids_are_conflicts(self, client, trait, action):
        order = RepairOrderFactory(**trait)

        answer = self.move(
            client, order, action, {"reason": "customer left"} if action == "cancel" else {}
        )

        assert kind_of(answer) == (409, "move_not_allowed")
        assert order.number in answer.json()["detail"]
        assert answer.json()["current"] == client.get(f"{ORDERS}{order.pk}/").json()

    def test_an_order_is_cancelled_with_a_reason(self, client):
        order = RepairOrderFactory()

        assert errors_of(self.move(client, order, "cancel", {"reason": " "})) == {
            "reason": ["blank"]
        }
        answer = self.move(client, order, "cancel", {"reason": "customer left"})

        assert (answer.json()["state"], answer.json()["cancel_reason"]) == (
            "cancelled",
            "customer left",
        )

    def test_an_authorized_order_is_cancelled_by_a_supervisor_only(self, client):
        order = RepairOrderFactory(authorized=True)
        supervisor = Client(UserFactory(roles=[SUPERVISOR, REST_CLIENT]))

        assert kind_of(self.move(client, order, "cancel", {"reason": "x"})) == (
            403,
            "permission_denied",
        )
        assert self.move(supervisor, order, "cancel", {"reason": "x"}).status_code == 200

    @pytest.mark.parametrize("action", ["authorize", "release", "cancel"])
    def test_foreign_orders_do_not_exist(self, action):
        order = RepairOrderFactory(authorized=True)

        assert kind_of(self.move(Client(), order, action, {})) == (404, "not_found")


class TestLists:
    def test_a_program_sees_its_own_orders_and_a_technician_those_in_the_shop(self):
        program = Client()
        technician = Client(UserFactory(roles=[TECHNICIAN, REST_CLIENT]))
        RepairOrderFactory(number="OWN", created_by=program.user, released=True)
        RepairOrderFactory(number="HERE", authorized=True)

        assert numbers(program.get(ORDERS)) == ["OWN"]
        assert numbers(technician.get(ORDERS)) == ["HERE"]

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"number": "A"}, ["A"]),
            ({"kind": "warranty"}, ["B"]),
            ({"state": "released"}, ["A"]),
            ({"checked_in_from": "2025-04-01T00:00:00+08:00"}, ["B"]),
            ({"checked_in_before": "2025-04-01T00:00:00+08:00"}, ["A"]),
            ({"gate_out_from": "2025-03-31T17:00:00+08:00"}, ["A"]),
            ({"gate_out_before": "2025-03-31T17:00:00+08:00"}, []),
            ({"ordering": "-checked_in_at"}, ["B", "A"]),
            ({"ordering": "-gate_out_at"}, ["B", "A"]),
            ({"customer": 10**30}, []),
            ({"checked_in_before": "2025-04-01T09:00:00+17:00"}, ["A"]),
        ],
    )
    def test_a_list_is_filtered_and_ordered(self, client, asked, found):
        RepairOrderFactory(number="A", released=True)
        RepairOrderFactory(
            number="B", kind="warranty", checked_in_at=datetime(2025, 4, 1, 1, tzinfo=UTC)
        )

        assert numbers(client.get(ORDERS, asked)) == found

    @pytest.mark.parametrize(
        "asked",
        [
            {"customer": "0.5"},
            {"vehicle": "粤A12345"},
            {"checked_in_from": "2025-02-29T00:00:00Z"},
            {"checked_in_from": "0001-01-01T00:00:00+17:00"},
            {"customer__name": "王"},
        ],
    )
    def test_wrong_filters_are_named(self, client, asked):
        assert errors_of(client.get(ORDERS, asked)).keys() == asked.keys()

    @pytest.mark.parametrize("name", ["customer", "vehicle"])
    def test_orders_of_one_customer_or_vehicle(self, client, name):
        wanted = RepairOrderFactory()
        RepairOrderFactory()

        assert numbers(client.get(ORDERS, {name: getattr(wanted, f"{name}_id")})) == [wanted.number]

    @pytest.mark.parametrize("rows", [1, 3])
    def test_a_list_takes_a_fixed_number_of_queries(self, client, rows, django_assert_num_queries):
        RepairOrderFactory.create_batch(rows, advisor=client.user)

        with django_assert_num_queries(4):  # token, its siblings, throttle; rows
            assert len(client.get(ORDERS).json()["results"]) == rows
