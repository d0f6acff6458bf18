"""A list by keyboard: filtered, sorted, kept under a name."""

import pytest
from playwright.sync_api import expect

from aftersales.roles import SERVICE_ADVISOR
from aftersales.tests.browsing import log_in, violations
from aftersales.tests.factories import UserFactory
from customers.tests.factories import CustomerFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def customers(page, live_server):
    log_in(page.context, live_server, UserFactory(roles=[SERVICE_ADVISOR]))
    for name, district in [("Ada", "North"), ("Bo", "South"), ("Cy", "North")]:
        CustomerFactory(name=name, district=district)
    page.goto(f"{live_server.url}/customers/")
    return page


def names(page):
    return page.locator("tbody th .name")


def test_a_list_is_filtered_sorted_and_kept_under_a_name(customers):
    page = customers
    page.get_by_role("link", name="Filter", exact=True).click()
    page.locator("#filters").get_by_label("District").fill("North")
    assert violations(page) == []
    page.locator("#filters").get_by_role("button", name="Filter").click()
    expect(names(page)).to_have_text(["Ada", "Cy"])
    page.get_by_role("columnheader", name="Customer").get_by_role("link").click()
    expect(names(page)).to_have_text(["Cy", "Ada"])

    page.get_by_text("My lists").click()
    page.get_by_label("Name of the list").fill("North, backwards")
    assert violations(page) == []
    page.get_by_label("Name of the list").press("Enter")
    page.get_by_role("link", name="Remove all").click()
    expect(names(page)).to_have_text(["Cy", "Bo", "Ada"])
    page.get_by_text("My lists").click()
    page.get_by_role("link", name="North, backwards", exact=True).click()

    expect(names(page)).to_have_text(["Cy", "Ada"])


def test_j_and_k_walk_through_the_rows_and_enter_opens_one(customers):
    page = customers
    for key in "jjjk":
        page.keyboard.press(key)
    expect(names(page).nth(1)).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Bo")


def test_a_question_mark_shows_the_keys_but_not_while_one_types(customers):
    page = customers
    page.keyboard.press("/")
    page.keyboard.type("?j")
    expect(page.locator("#search-input")).to_have_value("?j")
    expect(page.locator("#shortcuts")).to_be_hidden()

    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    assert violations(page) == []
