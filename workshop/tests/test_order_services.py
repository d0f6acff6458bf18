"""Orders from check-in to gate-out, and what counts as a visit (R-13)."""

import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction

from aftersales.refusals import ChangedMeanwhile
from aftersales.roles import CASHIER, REST_CLIENT, SERVICE_ADVISOR
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.models import Customer, Vehicle
from customers.services.vehicles import ImplausibleMileage
from customers.tests.factories import CustomerFactory, VehicleFactory
from workshop.models import OrderKind, RepairOrder
from workshop.services import orders
from workshop.states import OrderState
from workshop.tests.factories import RepairOrderFactory

NOW = datetime(2025, 3, 31, 10, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def advisor(db):
    return UserFactory(roles=[SERVICE_ADVISOR])


def errors_of(refusal):
    return refusal.value.message_dict


class TestCheckIn:
    def check_in(self, advisor, **fields):
        known = {
            "customer": fields.pop("customer", None) or CustomerFactory(),
            "vehicle": fields.pop("vehicle", None) or VehicleFactory(),
            "kind": OrderKind.MAINTENANCE,
        }
        return orders.check_in(by=advisor, now=NOW, fields=known | fields)

    def test_opens_an_order_with_the_next_number_of_the_year(self, advisor):
        first = self.check_in(advisor)
        second = self.check_in(advisor)

        assert first.number.startswith("RO-2025-")
        assert int(second.number[-6:]) == int(first.number[-6:]) + 1
        first.refresh_from_db()
        assert first.state == OrderState.CHECKED_IN
        assert (first.checked_in_at, first.created_by) == (NOW, advisor)

    def test_the_year_of_the_number_is_the_shops(self, advisor):
        new_year = datetime(2024, 12, 31, 20, 0, tzinfo=UTC)  # 4 in the morning in Shanghai

        assert self.check_in(advisor, checked_in_at=new_year).number.startswith("RO-2025-")

    def test_a_number_that_an_import_brought_is_not_given_again(self, advisor):
        last = self.check_in(advisor)
        taken = f"RO-2025-{int(last.number[-6:]) + 1:06}"
        RepairOrderFactory(number=taken)

        assert int(self.check_in(advisor).number[-6:]) == int(taken[-6:]) + 1

    def test_a_given_number_is_kept_but_not_twice(self, advisor):
        assert self.check_in(advisor, number="W-7").number == "W-7"

        with pytest.raises(ValidationError) as refusal:
            self.check_in(advisor, number="W-7")

        assert errors_of(refusal) == {"number": ["There is an order with this number already."]}

    def test_the_order_of_a_merged_customer_goes_to_the_last_survivor(self, advisor):
        survivor = CustomerFactory()
        between = CustomerFactory(merged_into=survivor)
        merged = CustomerFactory(merged_into=between)

        assert self.check_in(advisor, customer=merged).customer == survivor

    def test_a_car_cannot_come_in_tomorrow(self, advisor):
        with pytest.raises(ValidationError) as refusal:
            self.check_in(advisor, checked_in_at=TOMORROW)

        assert errors_of(refusal) == {"checked_in_at": ["This lies in the future."]}
        assert not RepairOrder.objects.exists()

    def test_customers_and_vehicles_of_others_do_not_exist_for_a_rest_client(self, db):
        client = UserFactory(roles=[REST_CLIENT])
        own_customer = CustomerFactory(created_by=client)

        with pytest.raises(Customer.DoesNotExist):
            self.check_in(client, vehicle=VehicleFactory(created_by=client))
        with pytest.raises(Vehicle.DoesNotExist):
            self.check_in(client, customer=own_customer)

    def test_the_reading_of_the_odometer_is_compared_and_kept(self, advisor):
        car = VehicleFactory(mileage=40_000, mileage_read_on=date(2025, 3, 1))

        with pytest.raises(ImplausibleMileage):
            self.check_in(advisor, vehicle=car, mileage_in=39_000)
        assert not RepairOrder.objects.exists()
        self.check_in(advisor, vehicle=car, mileage_in=41_000)

        car.refresh_from_db()
        assert (car.mileage, car.mileage_read_on) == (41_000, date(2025, 3, 31))

    def test_an_odd_reading_needs_a_reason(self, advisor):
        car = VehicleFactory(mileage=40_000, mileage_read_on=date(2025, 3, 1))

        orders.check_in(
            by=advisor,
            now=NOW,
            fields={
                "customer": CustomerFactory(),
                "vehicle": car,
                "kind": OrderKind.GENERAL,
                "mileage_in": 12,
            },
            mileage_reason="New odometer",
        )

        car.refresh_from_db()
        assert (car.mileage, car.mileage_reason) == (12, "New odometer")

    def test_rework_names_an_order_of_the_same_vehicle(self, advisor):
        earlier = RepairOrderFactory(released=True)

        with pytest.raises(ValidationError) as without:
            self.check_in(advisor, kind=OrderKind.REWORK)
        with pytest.raises(ValidationError) as of_another:
            self.check_in(advisor, kind=OrderKind.REWORK, rework_of=earlier)

        assert errors_of(without) == {"rework_of": ["Say which order is being redone."]}
        assert errors_of(of_another) == {"rework_of": ["That order was for another vehicle."]}
        rework = self.check_in(
            advisor, kind=OrderKind.REWORK, rework_of=earlier, vehicle=earlier.vehicle
        )
        assert list(earlier.reworks.all()) == [rework]


class TestUpdateOrder:
    def test_saves_what_was_changed_and_counts_the_version(self, advisor):
        order = RepairOrderFactory()

        changed = orders.update_order(
            order.pk, by=advisor, version=1, changes={"concern": "刹车异响"}, now=NOW
        )

        assert changed.version == 2
        order.refresh_from_db()
        assert (order.concern, order.version) == ("刹车异响", 2)

    def test_refuses_changes_made_from_an_older_version(self, advisor):
        order = RepairOrderFactory()
        update = partial(orders.update_order, order.pk, by=advisor, version=1, now=NOW)
        update(changes={"concern": "first"})

        with pytest.raises(ChangedMeanwhile) as refusal:
            update(changes={"concern": "second"})

        assert refusal.value.current.concern == "first"

    def test_a_released_order_keeps_its_customer_and_vehicle(self, advisor):
        order = RepairOrderFactory(released=True)

        with pytest.raises(orders.MoveNotAllowed, match="has left the shop"):
            orders.update_order(
                order.pk, by=advisor, version=1, changes={"vehicle": VehicleFactory()}, now=NOW
            )

    def test_the_moves_alone_fill_times_that_are_still_empty(self, advisor):
        order = RepairOrderFactory()

        with pytest.raises(orders.MoveNotAllowed, match="has to be authorized first"):
            orders.update_order(
                order.pk, by=advisor, version=1, changes={"gate_out_at": NOW}, now=NOW
            )

    def test_a_cancelled_order_stays_as_it_is(self, advisor):
        order = orders.cancel(RepairOrderFactory().pk, by=advisor, reason="Wrong car", now=NOW)

        with pytest.raises(orders.MoveNotAllowed, match="was cancelled"):
            orders.update_order(order.pk, by=advisor, version=2, changes={"concern": "x"}, now=NOW)

    def test_what_an_import_brought_does_not_stand_in_the_way_of_other_corrections(self, advisor):
        order = RepairOrderFactory(kind=OrderKind.REWORK)

        changed = orders.update_order(
            order.pk, by=advisor, version=1, changes={"concern": "Again"}, now=NOW
        )

        assert changed.concern == "Again"

    @pytest.mark.parametrize(
        ("changes", "errors"),
        [
            (
                {"checked_in_at": NOW - timedelta(hours=1)},
                {"authorized_at": ["Earlier than what comes before it (2025-03-31 17:00)."]},
            ),
            (
                {"gate_out_at": datetime(2025, 3, 31, 1, 30, tzinfo=UTC)},
                {"gate_out_at": ["Earlier than what comes before it (2025-03-31 10:00)."]},
            ),
            ({"authorized_at": None}, {"authorized_at": ["Say when."]}),
            ({"gate_out_at": TOMORROW}, {"gate_out_at": ["This lies in the future."]}),
            (
                {"mileage_in": 20_000, "mileage_out": 19_999},
                {"mileage_out": ["Lower than at check-in (20000 km)."]},
            ),
            (
                {"insurer_amount": Decimal("-0.01")},
                {"insurer_amount": ["An amount cannot be negative."]},
            ),
        ],
        ids=[
            "check-in-late",
            "gate-out-early",
            "never-authorized",
            "gate-out-tomorrow",
            "mileage",
            "amount",
        ],
    )
    def test_names_every_value_that_cannot_be_right(self, advisor, changes, errors):
        order = RepairOrderFactory(released=True)

        with pytest.raises(ValidationError) as refusal:
            orders.update_order(order.pk, by=advisor, version=1, changes=changes, now=NOW)

        assert errors_of(refusal) == errors


class TestMoves:
    def test_a_car_is_checked_in_authorized_and_released(self, advisor):
        order = RepairOrderFactory(mileage_in=40_000)

        orders.authorize(order.pk, by=advisor, at=NOW, now=NOW)
        left = orders.release(
            order.pk,
            by=advisor,
            at=NOW,
            mileage_out=40_005,
            amounts={"customer_amount": Decimal("1100.50"), "insurer_amount": Decimal(400)},
            now=NOW,
        )

        order.refresh_from_db()
        assert order.state == OrderState.RELEASED
        assert order.vehicle.mileage == 40_005
        assert (order.authorized_at, order.gate_out_at, order.mileage_out) == (NOW, NOW, 40_005)
        assert order.total_amount == Decimal("1500.50")
        assert order.version == left.version == 3

    @pytest.mark.parametrize(
        ("state", "move", "reason"),
        [
            ({}, "release", "has to be authorized first"),
            ({"authorized": True}, "authorize", "is authorized already"),
            ({"released": True}, "authorize", "Open a rework order"),
            ({"released": True}, "release", "has left the shop"),
            ({"released": True}, "cancel", "has left the shop"),
        ],
    )
    def test_other_moves_say_what_stands_in_the_way(self, advisor, state, move, reason):
        order = RepairOrderFactory(**state)
        arguments = {
            "authorize": {"at": NOW},
            "release": {"at": NOW, "mileage_out": None, "amounts": {}},
            "cancel": {"reason": "Wrong car"},
        }[move]

        with pytest.raises(orders.MoveNotAllowed, match=reason):
            getattr(orders, move)(order.pk, by=advisor, now=NOW, **arguments)

        assert RepairOrder.objects.get().version == 1

    def test_nobody_leaves_before_being_authorized_or_tomorrow(self, advisor):
        order = RepairOrderFactory(authorized=True)
        release = partial(
            orders.release, order.pk, by=advisor, mileage_out=None, amounts={}, now=NOW
        )

        with pytest.raises(ValidationError, match="This lies in the future"):
            release(at=TOMORROW)
        with pytest.raises(ValidationError, match="Earlier than what comes before"):
            release(at=order.checked_in_at)

    def test_a_new_order_is_cancelled_with_a_reason(self, advisor):
        order = RepairOrderFactory()

        with pytest.raises(ValidationError, match="Say why"):
            orders.cancel(order.pk, by=advisor, reason="  ", now=NOW)
        orders.cancel(order.pk, by=advisor, reason=" Came to ask only ", now=NOW)

        order.refresh_from_db()
        assert (order.state, order.cancelled_at) == (OrderState.CANCELLED, NOW)
        assert order.cancel_reason == "Came to ask only"

    def test_an_authorized_order_is_cancelled_by_a_supervisor_only(self, advisor):
        order = RepairOrderFactory(authorized=True)

        with pytest.raises(PermissionDenied):
            orders.cancel(order.pk, by=advisor, reason="Gave up", now=NOW)
        orders.cancel(order.pk, by=SupervisorFactory(), reason="Gave up", now=NOW)

        assert RepairOrder.objects.get().state == OrderState.CANCELLED


def test_the_history_names_who_moved_the_order(advisor):
    order = RepairOrderFactory()
    cashier = UserFactory(roles=[CASHIER])

    orders.authorize(order.pk, by=cashier, at=NOW, now=NOW)

    assert order.events.order_by("pgh_id").last().pgh_context["user"] == cashier.pk


def in_parallel(*actions):
    """Run the actions at the same moment, each on its own connection."""
    start = Barrier(len(actions))

    def run(action):
        start.wait()
        try:
            action()
        finally:
            connection.close()

    threads = [Thread(target=run, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def wait_for_waiting(count):
    """Return once `count` connections wait for a lock."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    for _try in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            if cursor.fetchone()[0] == count:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.mark.django_db(transaction=True)
def test_of_two_people_moving_the_same_order_one_is_refused():
    order = RepairOrderFactory()
    people = UserFactory.create_batch(2, roles=[SERVICE_ADVISOR])
    refused = []

    def authorize(advisor):
        try:
            orders.authorize(order.pk, by=advisor, at=NOW, now=NOW)
        except orders.MoveNotAllowed:
            refused.append(advisor)
        finally:
            connection.close()

    threads = [Thread(target=authorize, args=[person]) for person in people]
    # Both look at the order while a third one holds it, so both would find it unsigned.
    with transaction.atomic():
        RepairOrder.objects.select_for_update().get(pk=order.pk)
        for thread in threads:
            thread.start()
        wait_for_waiting(2)
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    order.refresh_from_db()
    assert (order.state, order.version) == (OrderState.AUTHORIZED, 2)


@pytest.mark.django_db(transaction=True)
def test_two_cars_checked_in_at_once_get_two_numbers():
    advisor = UserFactory(roles=[SERVICE_ADVISOR])
    fields = {"kind": OrderKind.GENERAL, "customer": CustomerFactory()}
    cars = VehicleFactory.create_batch(2)

    in_parallel(
        *(
            partial(orders.check_in, by=advisor, now=NOW, fields={**fields, "vehicle": car})
            for car in cars
        )
    )

    assert len({order.number for order in RepairOrder.objects.all()}) == 2


@pytest.mark.django_db
def test_visits_are_distinct_customer_days_of_orders_that_count():
    customer, other = CustomerFactory.create_batch(2)
    morning = datetime(2025, 3, 31, 1, 0, tzinfo=UTC)
    for kind, at in [
        (OrderKind.MAINTENANCE, morning),
        (OrderKind.WARRANTY, morning + timedelta(hours=8)),  # the same day in Shanghai
        (OrderKind.FREE_INSPECTION, morning + timedelta(hours=16)),  # 1 April there
        (OrderKind.REWORK, morning + timedelta(days=5)),
        (OrderKind.PDI, morning + timedelta(days=6)),
        (OrderKind.INTERNAL, morning + timedelta(days=7)),
    ]:
        RepairOrderFactory(customer=customer, kind=kind, checked_in_at=at)
    RepairOrderFactory(
        customer=customer,
        state=OrderState.CANCELLED,
        checked_in_at=morning + timedelta(days=8),
        cancelled_at=NOW,
        cancel_reason="Wrong car",
    )

    assert RepairOrder.objects.count_visits() == {customer.pk: 2}
    assert other.pk not in RepairOrder.objects.count_visits()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("visit_days", "count"),
    [
        (["2024-01-05", "2024-04-05", "2024-07-05", "2024-10-05"], 4),
        (["2024-01-05", "2024-04-05", "2024-07-05"], 3),
        (["2024-01-05", "2024-04-05"], 2),
        (["2024-01-05"], 1),
        (["2023-12-31"], 1),
        (["2023-12-30"], 0),
    ],
)
def test_visits_of_the_twelve_months_up_to_31_december_2024(visit_days, count):
    customer = CustomerFactory()
    for day in visit_days:
        local_noon = datetime.fromisoformat(f"{day}T04:00+00:00")
        RepairOrderFactory(customer=customer, checked_in_at=local_noon)

    in_window = RepairOrder.objects.checked_in_between(date(2023, 12, 31), date(2024, 12, 31))

    assert in_window.count_visits().get(customer.pk, 0) == count
