"""A repair order from check-in to gate-out without a mouse."""

import pytest
from playwright.sync_api import expect

from aftersales.roles import SERVICE_ADVISOR
from aftersales.tests.browsing import log_in, violations
from aftersales.tests.factories import UserFactory
from customers.tests.factories import OwnershipFactory
from workshop.models import RepairOrder
from workshop.states import OrderState

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def press_on(page, role, name):
    """Press Enter on what Tab leads to."""
    target = page.get_by_role(role, name=name)
    expect(target).to_be_visible()
    for _stop in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return page.keyboard.press("Enter")
    raise AssertionError(f"Tab does not lead to {name}")


def test_a_car_is_checked_in_authorized_and_released_by_keyboard(page, live_server):
    OwnershipFactory(customer__name="王小明", vehicle__plate="粤B12345")
    log_in(page.context, live_server, UserFactory(roles=[SERVICE_ADVISOR]))
    page.goto(f"{live_server.url}/repair-orders/new/")

    page.keyboard.type("12345")
    expect(page.locator("#cars")).to_contain_text("王小明")
    press_on(page, "link", "王小明")
    page.get_by_label("Order type").focus()
    page.keyboard.type("General")
    page.get_by_label("Customer's words").focus()
    page.keyboard.type("It rattles when it is cold")
    assert violations(page) == []
    press_on(page, "button", "Check the car in")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Checked in")
    expect(page.get_by_role("main")).to_contain_text("It rattles when it is cold")

    press_on(page, "button", "Customer has signed")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Authorized")
    press_on(page, "link", "Release the car")
    expect(page.get_by_role("heading", name="Release the car")).to_be_visible()
    assert violations(page) == []
    press_on(page, "button", "The car has left")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Released")
    assert RepairOrder.objects.get().state == OrderState.RELEASED
