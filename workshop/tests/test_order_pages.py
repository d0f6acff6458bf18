from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aftersales.keyset import Order
from aftersales.roles import CASHIER, REST_CLIENT, SERVICE_ADVISOR, TECHNICIAN, TRACKING_SALESMAN
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.tests.factories import (
    CustomerFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)
from workshop.models import OrderKind, RepairOrder
from workshop.states import OrderState
from workshop.tests.factories import RepairOrderFactory
from workshop.views.lists import ORDERS

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 31, 10, 0, 20, tzinfo=UTC)  # 18:00:20 in the shop
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def advisor(client):
    user = UserFactory(roles=[SERVICE_ADVISOR], name="李娜")
    client.force_login(user)
    return user


def listed(response):
    return [row.number for row in response.context["page"].page.rows]


class TestList:
    url = "/repair-orders/"

    def test_a_row_shows_order_customer_vehicle_and_amount(self, client, advisor):
        order = RepairOrderFactory(customer__name="王小明", customer_amount=Decimal("1234.5"))
        PhoneFactory(customer=order.customer, typed="138 0013 8000", is_primary=True)

        page = client.get(self.url).content.decode()

        for text in [order.number, "王小明", str(order.vehicle), ">8000<", "1,234.50"]:
            assert text in page

    @pytest.mark.parametrize(
        ("filters", "found"),
        [
            ({"state": "authorized"}, ["authorized"]),
            ({"in_shop": "on"}, ["authorized", "plain"]),
            ({"kind": "pdi"}, ["pdi"]),
            ({"checked_in_from": "2025-03-28", "checked_in_until": "2025-03-28"}, ["pdi"]),
            ({"released_from": "2025-03-31"}, ["released"]),
            ({"released_until": "2025-03-30"}, ["pdi"]),
            ({"amount_from": "100", "amount_until": "100"}, ["released"]),
            ({"amount_from": "100.01"}, []),
        ],
    )
    def test_each_filter_narrows_the_list(self, client, advisor, filters, found):
        RepairOrderFactory(number="plain")
        RepairOrderFactory(number="authorized", authorized=True)
        RepairOrderFactory(number="released", released=True, customer_amount=60, insurer_amount=40)
        late_evening = datetime(2025, 3, 28, 15, 59, tzinfo=UTC)  # 23:59 in the shop
        RepairOrderFactory(
            number="pdi", kind=OrderKind.PDI, released=True, checked_in_at=late_evening,
            authorized_at=late_evening, gate_out_at=late_evening,
        )  # fmt: skip

        assert sorted(listed(client.get(self.url, filters))) == found

    def test_orders_of_an_advisor_a_customer_and_a_vehicle(self, client, advisor):
        mine = RepairOrderFactory(advisor=advisor)
        RepairOrderFactory()

        for query in [
            {"advisor": advisor.pk},
            {"customer": mine.customer_id},
            {"vehicle": mine.vehicle_id},
        ]:
            response = client.get(self.url, query)
            assert listed(response) == [mine.number]
            assert len(response.context["page"].chips) == 1

    def test_the_newest_come_first_and_totals_can_be_sorted(self, client, advisor):
        for number, days in [("old", 3), ("new", 0), ("middle", 1)]:
            RepairOrderFactory(
                number=number, checked_in_at=NOW - timedelta(days), customer_amount=days
            )

        assert listed(client.get(self.url)) == ["new", "middle", "old"]
        assert listed(client.get(self.url, {"order": "total"})) == ["new", "middle", "old"]

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_list_takes_a_fixed_number_of_queries(self, client, advisor, rows):
        for order in RepairOrderFactory.create_batch(rows, advisor=advisor):
            PhoneFactory(customer=order.customer, is_primary=True)

        with CaptureQueriesContext(connection) as queries:
            client.get(self.url)

        # Session (4), user, own lists, rows, count.
        assert len(queries) == 8

    @pytest.mark.parametrize("column", [column for column in ORDERS.columns if column.order_by])
    @pytest.mark.parametrize("descending", [False, True])
    def test_every_sorting_follows_an_index(self, column, descending):
        order = Order(column.order_by, descending, column.may_be_empty)

        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            plan = RepairOrder.objects.order_by(*order.columns())[:50].explain()

        assert "Index" in plan
        assert " Sort  (" not in f" {plan}".replace("Incremental Sort", "")

    def test_a_technician_sees_what_is_in_the_shop_and_no_phone(self, client):
        client.force_login(UserFactory(roles=[TECHNICIAN]))
        here = RepairOrderFactory()
        PhoneFactory(customer=here.customer, typed="138 0013 8000", is_primary=True)
        gone = RepairOrderFactory(released=True)

        response = client.get(self.url)

        assert listed(response) == [here.number]
        assert "8000" not in response.content.decode()
        assert client.get(here.get_absolute_url()).status_code == 200
        assert "8000" not in client.get(here.get_absolute_url()).content.decode()
        assert client.get(gone.get_absolute_url()).status_code == 404

    def test_orders_are_exported_with_every_amount(self, client, advisor):
        RepairOrderFactory(
            number="RO-1", released=True, advisor_name="李四", warranty_amount=Decimal("12.5"),
            concern="=1+1",
        )  # fmt: skip

        content = b"".join(client.get("/repair-orders/export.csv").streaming_content).decode()

        head, row = content.splitlines()
        for heading in ["Order no.", "Plate", "Paid by the manufacturer", "Total", "Rework of"]:
            assert f'"{heading}"' in head
        for cell in ['"RO-1"', '"Released"', '"李四"', '"2025-03-31 17:00"', "12.50", '"\'=1+1"']:
            assert cell in row

    def test_the_latest_orders_stand_beside_their_customer_and_vehicle(self, client, advisor):
        order = RepairOrderFactory()
        RepairOrderFactory.create_batch(10, customer=order.customer)
        of_customer = reverse("workshop:orders-of-customer", args=[order.customer_id])
        of_vehicle = reverse("workshop:orders-of-vehicle", args=[order.vehicle_id])

        beside = client.get(of_customer, headers=HTMX).content.decode()
        assert beside.count("<li>") == 10
        assert f"/repair-orders/?customer={order.customer_id}" in beside
        beside = client.get(of_vehicle, headers=HTMX).content.decode()
        assert order.number in beside
        assert "Show all" not in beside
        assert client.get(of_vehicle).url == f"/repair-orders/?vehicle={order.vehicle_id}"


class TestPage:
    def test_it_shows_the_order_and_the_one_next_action(self, client, advisor):
        order = RepairOrderFactory(concern="刹车异响", mileage_in=40_000, insurer_amount=500)

        page = client.get(order.get_absolute_url()).content.decode()

        for text in ["刹车异响", "40,000 km", "500.00", "Customer has signed", "2025-03-31 09:00"]:
            assert text in page
        assert "Release the car" not in page

    @pytest.mark.parametrize(
        ("state", "roles", "shown", "hidden"),
        [
            ({}, [TRACKING_SALESMAN], [], ["Customer has signed", "Cancel the order", ">Edit<"]),
            ({}, [CASHIER], [], ["Customer has signed", "Cancel the order"]),
            ({"authorized": True}, [CASHIER], ["Release the car"], ["Cancel the order"]),
            ({"authorized": True}, [SERVICE_ADVISOR], ["Release the car"], ["Cancel the order"]),
            ({"released": True}, [SERVICE_ADVISOR], ["rework order"], ["Release the car"]),
        ],
    )
    def test_only_what_the_reader_may_do_is_offered(self, client, state, roles, shown, hidden):
        client.force_login(UserFactory(roles=roles))
        order = RepairOrderFactory(**state)

        page = client.get(order.get_absolute_url()).content.decode()

        assert [text for text in shown if text not in page] == []
        assert [text for text in hidden if text in page] == []

    def test_it_takes_a_fixed_number_of_queries(self, client, advisor):
        order = RepairOrderFactory(advisor=advisor)
        RepairOrderFactory.create_batch(3, rework_of=order, kind=OrderKind.REWORK)

        with CaptureQueriesContext(connection) as queries:
            client.get(order.get_absolute_url())

        # Session (4), user, order, its reworks.
        assert len(queries) == 8

    def test_its_history_names_who_when_before_and_after(self, client, advisor):
        order = RepairOrderFactory()
        client.post(
            reverse("workshop:edit-order", args=[order.pk, "bringer"]),
            {"version": 1, "bringer_name": "王师傅", "bringer_phone": ""},
        )

        page = client.get(reverse("workshop:order-history", args=[order.pk])).content.decode()

        for text in ["李娜", "Brought by", "<ins>王师傅</ins>"]:
            assert text in page

    def test_orders_of_others_are_not_there(self, client):
        client.force_login(UserFactory(roles=[REST_CLIENT, SERVICE_ADVISOR]))
        assert client.get(RepairOrderFactory().get_absolute_url()).status_code == 200
        client.force_login(UserFactory(roles=[REST_CLIENT]))
        assert client.get(RepairOrderFactory().get_absolute_url()).status_code == 404


class TestEdit:
    def edit(self, client, order, group, **typed):
        url = reverse("workshop:edit-order", args=[order.pk, group])
        return client.post(url, typed, headers=HTMX)

    def test_a_group_is_corrected_in_its_place(self, client, advisor):
        order = RepairOrderFactory()

        form = client.get(reverse("workshop:edit-order", args=[order.pk, "work"]), headers=HTMX)
        assert 'name="concern"' in form.content.decode()
        part = self.edit(
            client, order, "work", version=1, kind="maintenance", concern="异响",
            service_items="", labor_hours="1.5",
        )  # fmt: skip

        order.refresh_from_db()
        assert (order.kind, order.concern, order.labor_hours) == (
            "maintenance", "异响", Decimal("1.5"),
        )  # fmt: skip
        assert part.content.decode().count("Maintenance") == 2  # the group and the head

    def test_a_unit_is_said_once(self, client, advisor):
        url = reverse("workshop:edit-order", args=[RepairOrderFactory().pk, "times"])

        page = client.get(url, headers=HTMX).content.decode()

        assert "Mileage in (km)" in page
        assert 'class="unit"' not in page

    def test_without_javascript_a_group_has_its_own_page(self, client, advisor):
        order = RepairOrderFactory()
        url = reverse("workshop:edit-order", args=[order.pk, "bringer"])

        assert "<html" in client.get(url).content.decode()
        answer = client.post(url, {"version": 1, "bringer_name": "王", "bringer_phone": ""})

        assert answer.url == f"{order.get_absolute_url()}#bringer"

    def test_of_two_editors_the_second_sees_both_versions(self, client, advisor):
        order = RepairOrderFactory()
        self.edit(client, order, "bringer", version=1, bringer_name="First", bringer_phone="")

        late = self.edit(
            client, order, "bringer", version=1, bringer_name="Second", bringer_phone=""
        )

        assert late.status_code == 409
        page = late.content.decode()
        assert "First" in page
        assert "Second" in page
        assert 'name="version" value="2"' in page
        order.refresh_from_db()
        assert order.bringer_name == "First"

    def test_wrong_times_are_refused_beside_the_field(self, client, advisor):
        order = RepairOrderFactory(released=True)

        answer = self.edit(
            client, order, "times", version=1, checked_in_at="2025-03-31T09:00",
            authorized_at="2025-03-31T10:00", gate_out_at="2025-04-01T17:00",
        )  # fmt: skip

        assert answer.status_code == 422
        assert answer.context["form"].errors == {"gate_out_at": ["This lies in the future."]}

    def test_times_that_nobody_touched_keep_their_seconds(self, client, advisor):
        checked_in = datetime(2025, 3, 31, 1, 0, 42, tzinfo=UTC)
        order = RepairOrderFactory(checked_in_at=checked_in)

        self.edit(
            client, order, "times", version=1, checked_in_at="2025-03-31T09:00", mileage_in=10
        )

        order.refresh_from_db()
        assert (order.checked_in_at, order.mileage_in) == (checked_in, 10)

    def test_an_odd_mileage_asks_for_a_reason(self, client, advisor):
        car = VehicleFactory(mileage=40_000, mileage_read_on=date(2025, 3, 1))
        order = RepairOrderFactory(vehicle=car)
        typed = {"version": 1, "checked_in_at": "2025-03-31T09:00", "mileage_in": 12}

        refused = self.edit(client, order, "times", **typed)
        assert "40,000" in refused.context["form"].errors["mileage_reason"][0]
        assert 'name="mileage_reason"' in refused.content.decode()
        self.edit(client, order, "times", **typed, mileage_reason="New odometer")

        order.refresh_from_db()
        assert order.mileage_in == 12

    def test_an_imported_rework_without_its_order_can_still_be_corrected(self, client, advisor):
        order = RepairOrderFactory(kind=OrderKind.REWORK)

        self.edit(client, order, "bringer", version=1, bringer_name="王", bringer_phone="")

        order.refresh_from_db()
        assert order.bringer_name == "王"

    @pytest.mark.parametrize("group", ["customer", "state", "__class__"])
    def test_other_groups_are_not_there(self, client, advisor, group):
        url = reverse("workshop:edit-order", args=[RepairOrderFactory().pk, group])

        assert client.get(url).status_code == 404


class TestMoves:
    def test_a_car_is_signed_for_and_leaves_within_a_minute(self, client, advisor):
        order = RepairOrderFactory(checked_in_at=NOW - timedelta(seconds=5))

        client.post(reverse("workshop:authorize", args=[order.pk]))
        release = reverse("workshop:release", args=[order.pk])
        form = client.get(release).context["form"]
        assert 'value="2025-03-31T18:00"' in str(form["gate_out_at"])
        amounts = {payer: "0" for payer in form.fields if payer.endswith("_amount")}
        answer = client.post(
            release,
            {"gate_out_at": "2025-03-31T18:00", "mileage_out": "12", **amounts}
            | {"customer_amount": "1100.50"},
        )

        assert answer.url == order.get_absolute_url()
        order.refresh_from_db()
        assert (order.state, order.gate_out_at) == (OrderState.RELEASED, NOW)
        assert (order.total_amount, order.mileage_out) == (Decimal("1100.50"), 12)

    def test_htmx_is_led_to_the_order_as_it_is_then(self, client, advisor):
        order = RepairOrderFactory()

        answer = client.post(
            reverse("workshop:cancel", args=[order.pk]), {"reason": "Wrong car"}, headers=HTMX
        )

        assert answer.headers["HX-Redirect"] == order.get_absolute_url()
        assert "Wrong car" in client.get(order.get_absolute_url()).content.decode()

    def test_a_move_that_the_state_forbids_says_why(self, client, advisor):
        order = RepairOrderFactory(released=True)

        answer = client.post(reverse("workshop:authorize", args=[order.pk]), follow=True)

        assert "has left the shop" in answer.content.decode()

    def test_tomorrow_is_no_time_to_have_left(self, client, advisor):
        order = RepairOrderFactory(authorized=True)
        form = client.get(reverse("workshop:release", args=[order.pk])).context["form"]
        amounts = {payer: "0" for payer in form.fields if payer.endswith("_amount")}

        answer = client.post(
            reverse("workshop:release", args=[order.pk]),
            {"gate_out_at": "2025-04-01T08:00", **amounts},
            headers=HTMX,
        )

        assert answer.status_code == 422
        assert answer.context["form"].errors == {"gate_out_at": ["This lies in the future."]}
        order.refresh_from_db()
        assert order.state == OrderState.AUTHORIZED

    def test_an_authorized_order_is_cancelled_by_a_supervisor_only(self, client, advisor):
        order = RepairOrderFactory(authorized=True)
        url = reverse("workshop:cancel", args=[order.pk])

        refused = client.post(url, {"reason": "Gave up"})
        assert "only a supervisor" in refused.content.decode()
        client.force_login(SupervisorFactory())
        client.post(url, {"reason": "Gave up"})

        order.refresh_from_db()
        assert order.state == OrderState.CANCELLED


class TestNewOrder:
    url = "/repair-orders/new/"

    @pytest.fixture
    def car(self):
        owner = CustomerFactory(name="王小明")
        PhoneFactory(customer=owner, typed="138 0013 8000", is_primary=True)
        return OwnershipFactory(customer=owner, vehicle__plate="粤A12345").vehicle

    def form(self, client, **query):
        return client.get(self.url, query).context["form"]

    def check_in(self, client, car, **typed):
        form = self.form(client, vehicle=car.pk)
        known = {
            "operation": form["operation"].value(),
            "customer": form.offered[0].pk if form.offered else "",
            "kind": "maintenance",
            "checked_in_at": "2025-03-31T18:00",
        }
        return client.post(f"{self.url}?vehicle={car.pk}", known | typed)

    @pytest.mark.parametrize("typed", ["12345", "8000", "wxm", "粤A"])
    def test_the_car_is_found_by_plate_phone_or_name(self, client, advisor, car, typed):
        find = reverse("workshop:find-car")

        part = client.post(find, {"what": typed}, headers=HTMX).content.decode()

        owner = car.relations.get().customer
        assert f"{self.url}?vehicle={car.pk}&amp;customer={owner.pk}" in part
        assert "<html" in client.post(find, {"what": typed}).content.decode()

    def test_nothing_found_leads_to_a_new_vehicle_or_customer(self, client, advisor):
        part = client.post(reverse("workshop:find-car"), {"what": "zzz"}, headers=HTMX)

        assert "/vehicles/new/" in part.content.decode()
        assert "/customers/new/" in part.content.decode()

    def test_the_cars_of_a_customer_are_offered(self, client, advisor, car):
        owner = car.relations.get().customer
        other = CustomerFactory()

        assert "粤A12345" in client.get(self.url, {"customer": owner.pk}).content.decode()
        page = client.get(self.url, {"customer": other.pk}).content.decode()
        assert f"/vehicles/new/?customer={other.pk}" in page

    def test_the_owner_the_advisor_and_the_time_are_filled_in(self, client, advisor, car):
        form = self.form(client, vehicle=car.pk)

        assert [customer.name for customer in form.offered] == ["王小明"]
        assert form["advisor"].value() == advisor.pk
        assert 'value="2025-03-31T18:00"' in str(form["checked_in_at"])

    def test_checking_in_opens_the_order(self, client, advisor, car):
        answer = self.check_in(client, car, concern="异响", mileage_in="40000", advisor=advisor.pk)

        order = RepairOrder.objects.get()
        assert answer.url == order.get_absolute_url()
        assert (order.customer.name, order.vehicle, order.advisor) == ("王小明", car, advisor)
        assert (order.checked_in_at, order.created_by) == (NOW, advisor)
        assert order.number.startswith("RO-2025-")

    def test_a_double_click_opens_one_order(self, client, advisor, car):
        operation = {"operation": "6f1c1f0e-53c0-4d7e-9a6e-7a3f6a3c5d10"}

        first = self.check_in(client, car, **operation)
        second = self.check_in(client, car, **operation)

        assert first.url == second.url
        assert RepairOrder.objects.count() == 1

    def test_nothing_typed_is_lost_when_something_is_wrong(self, client, advisor, car):
        answer = self.check_in(
            client, car, concern="异响", checked_in_at="2025-04-02T08:00", kind="rework"
        )

        assert answer.status_code == 422
        assert answer.context["form"].errors == {
            "checked_in_at": ["This lies in the future."],
            "rework_of": ["Say which order is being redone."],
        }
        assert "异响" in answer.content.decode()
        assert not RepairOrder.objects.exists()

    def test_rework_names_one_of_the_orders_of_the_car(self, client, advisor, car):
        earlier = RepairOrderFactory(vehicle=car, released=True)
        other = RepairOrderFactory(released=True)

        form = self.form(client, vehicle=car.pk, kind="rework", rework_of=earlier.pk)
        assert (form["kind"].value(), form["rework_of"].value()) == ("rework", str(earlier.pk))
        assert other.number not in str(form["rework_of"])
        self.check_in(client, car, kind="rework", rework_of=earlier.pk)

        assert RepairOrder.objects.get(kind="rework").rework_of == earlier

    def test_cars_of_others_are_not_there(self, client, car):
        client.force_login(UserFactory(roles=[REST_CLIENT]))

        assert client.get(self.url, {"vehicle": car.pk}).status_code == 404
        assert client.get(self.url, {"vehicle": "x"}).status_code == 200
