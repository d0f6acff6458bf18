"""Undoing a release: the service, the page, the API."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse

from aftersales.roles import REST_CLIENT, SERVICE_ADVISOR, SUPERVISOR
from aftersales.tests.api import Client, errors_of
from aftersales.tests.factories import SupervisorFactory, UserFactory
from workshop.models import RepairOrder
from workshop.services import orders
from workshop.states import OrderState
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 31, 10, 0, tzinfo=UTC)  # 18:00 in the shop
TOMORROW = NOW + timedelta(days=1)


def release(order, **values):
    known = {"at": NOW, "mileage_out": 40_005, "amounts": {"customer_amount": 900}, "now": NOW}
    return orders.release(order.pk, by=SupervisorFactory(), **known | values)


def undo_release(order, reason):
    return orders.undo_release(order.pk, by=SupervisorFactory(), reason=reason, now=NOW)


class TestService:
    def test_the_car_is_in_the_shop_again_and_the_order_says_why(self):
        order = RepairOrderFactory(authorized=True, mileage_in=40_000)
        release(order)

        undo_release(order, " Wrong car ")

        order.refresh_from_db()
        assert RepairOrder.objects.in_shop().get() == order
        assert (order.state, order.gate_out_at) == (OrderState.AUTHORIZED, None)
        assert (order.release_undone_at, order.release_undo_reason) == (NOW, "Wrong car")
        assert order.total_amount == 900

    def test_the_mileage_at_the_gate_goes_and_the_reading_of_the_vehicle_stays(self):
        order = RepairOrderFactory(authorized=True)
        release(order)

        undo_release(order, "Wrong car")

        order.refresh_from_db()
        assert order.mileage_out is None
        assert order.vehicle.mileage == 40_005

    def test_the_car_can_leave_again_and_what_happened_stays_readable(self):
        order = RepairOrderFactory(authorized=True)
        release(order)
        undo_release(order, "Brakes squeal")

        release(order, at=TOMORROW, now=TOMORROW, mileage_out=40_010)

        order.refresh_from_db()
        assert (order.state, order.gate_out_at) == (OrderState.RELEASED, TOMORROW)
        assert (order.mileage_out, order.vehicle.mileage) == (40_010, 40_010)
        assert order.release_undo_reason == "Brakes squeal"

    @pytest.mark.parametrize(
        ("state", "reason"),
        [
            ({}, "has not been released"),
            ({"authorized": True}, "has not been released"),
            (
                {
                    "state": OrderState.CANCELLED,
                    "cancelled_at": NOW,
                    "cancel_reason": "Came to ask only",
                },
                "was cancelled",
            ),
        ],
    )
    def test_an_order_that_is_not_released_stays_as_it_is(self, state, reason):
        order = RepairOrderFactory(**state)

        with pytest.raises(orders.MoveNotAllowed, match=reason):
            undo_release(order, "Wrong car")

        assert RepairOrder.objects.get().version == 1

    def test_it_wants_a_reason(self):
        order = RepairOrderFactory(released=True)

        with pytest.raises(ValidationError, match="Say why"):
            undo_release(order, "  ")

        assert RepairOrder.objects.get().state == OrderState.RELEASED

    @pytest.mark.parametrize(
        "half", [{"release_undone_at": NOW}, {"release_undo_reason": "Wrong car"}]
    )
    def test_when_and_why_are_said_together(self, half):
        with pytest.raises(IntegrityError, match="workshop_undone_releases_say_when_and_why"):
            RepairOrderFactory(**half)


class TestPage:
    @pytest.fixture(autouse=True)
    def _supervisor_at_six(self, client):
        client.force_login(SupervisorFactory(name="陈静"))
        with time_machine.travel(NOW, tick=False):
            yield

    def undo(self, client, order, reason):
        url = reverse("workshop:undo-release", args=[order.pk])
        return client.post(url, {"reason": reason}, headers={"HX-Request": "true"})

    def test_the_order_page_and_the_history_say_when_and_why(self, client):
        order = RepairOrderFactory(released=True)

        answer = self.undo(client, order, "Brakes squeal")

        assert answer.headers["HX-Redirect"] == order.get_absolute_url()
        for url in [order.get_absolute_url(), f"{order.get_absolute_url()}history/"]:
            page = client.get(url).content.decode()
            for text in ["Release undone", "2025-03-31 18:00", "Brakes squeal"]:
                assert text in page
        assert "陈静" in page.partition("<main")[2]

    @pytest.mark.parametrize(
        ("role", "state", "offered"),
        [
            (SUPERVISOR, {"released": True}, True),
            (SUPERVISOR, {"authorized": True}, False),
            (SERVICE_ADVISOR, {"released": True}, False),
        ],
    )
    def test_it_is_offered_to_supervisors_for_released_orders(self, client, role, state, offered):
        client.force_login(UserFactory(roles=[role]))

        page = client.get(RepairOrderFactory(**state).get_absolute_url()).content.decode()

        assert ("Undo the release" in page) == offered

    def test_without_a_reason_the_form_comes_back(self, client):
        order = RepairOrderFactory(released=True)

        answer = self.undo(client, order, " ")

        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == ["reason"]
        order.refresh_from_db()
        assert order.state == OrderState.RELEASED

    def test_a_second_click_hears_that_it_is_done(self, client):
        order = RepairOrderFactory(authorized=True)

        assert "has not been released" in self.undo(client, order, "Twice").content.decode()


class TestApi:
    def test_a_supervisor_undoes_a_release_with_a_reason(self, time_machine):
        time_machine.move_to(NOW, tick=False)
        url = f"/api/v1/repair-orders/{RepairOrderFactory(released=True).pk}/undo-release/"
        advisor, supervisor = (
            Client(UserFactory(roles=[role, REST_CLIENT])) for role in (SERVICE_ADVISOR, SUPERVISOR)
        )

        assert advisor.post(url, {"reason": "wrong car"}).status_code == 403
        assert errors_of(supervisor.post(url, {})) == {"reason": ["required"]}
        undone = supervisor.post(url, {"reason": "wrong car"}).json()
        again = supervisor.post(url, {"reason": "wrong car"})

        assert (undone["state"], undone["gate_out_at"]) == ("authorized", None)
        assert undone["release_undone_at"] == "2025-03-31T18:00:00+08:00"
        assert undone["release_undo_reason"] == "wrong car"
        assert again.status_code == 409
        assert again.json()["type"].endswith(":move_not_allowed")
        assert again.json()["current"] == undone
