"""A customer's file as people keep it: opened, corrected, and by two of them at once."""

import pytest
from playwright.sync_api import expect

from aftersales.roles import SERVICE_ADVISOR
from aftersales.tests.browsing import log_in, violations
from aftersales.tests.factories import UserFactory
from customers.models import Customer
from customers.tests.factories import CustomerFactory, PhoneFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def anna(context, live_server):
    anna = UserFactory(name="Anna", roles=[SERVICE_ADVISOR])
    log_in(context, live_server, anna)
    return anna


def edit_address(page):
    page.get_by_role("link", name="Edit Address and convenient time").click()
    return page.get_by_label("Address", exact=True)


def typed_number(page):
    return page.locator("#phone-rows input:not([type=hidden])").first


def test_while_a_customer_is_typed_the_one_who_has_the_number_is_shown(page, live_server, anna):
    PhoneFactory(typed="138 0013 8000", customer__name="王小明")
    page.goto(f"{live_server.url}/customers/new/")

    page.get_by_label("Customer name").fill("王晓明")
    typed_number(page).fill("13800138000")

    expect(page.locator("#possible-duplicates")).to_contain_text("王小明")
    expect(page.locator("#possible-duplicates")).to_contain_text("Is it the same person?")
    assert violations(page) == []

    typed_number(page).fill("13900139000")
    expect(page.locator("#possible-duplicates")).to_be_empty()
    typed_number(page).press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("王晓明")
    assert Customer.objects.get(name="王晓明").created_by == anna


def test_a_correction_stays_on_the_page_and_the_history_says_who_wrote_what(
    page, live_server, anna
):
    customer = CustomerFactory(address="Old Street 1")
    page.goto(live_server.url + customer.get_absolute_url())

    edit_address(page).fill("New Street 2")
    assert violations(page) == []
    page.get_by_label("Address", exact=True).press("Enter")

    expect(page.locator("#contact")).to_contain_text("New Street 2")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    page.get_by_role("link", name="History").click()
    change = page.get_by_role("row").filter(has_text="New Street 2")
    expect(change).to_contain_text("Old Street 1")
    expect(page.get_by_role("main")).to_contain_text("Anna")


def test_two_people_who_write_the_same_field_lose_nothing(
    page, live_server, anna, new_context, context
):
    customer = CustomerFactory(address="Old Street 1")
    elsewhere = new_context()
    log_in(elsewhere, live_server, UserFactory(name="Ben", roles=[SERVICE_ADVISOR]))
    bens = elsewhere.new_page()
    for each in (page, bens):
        each.goto(live_server.url + customer.get_absolute_url())
        edit_address(each)

    bens.get_by_label("Address", exact=True).fill("Ben's Street 3")
    bens.get_by_role("button", name="Save").click()
    expect(bens.locator("#contact")).to_contain_text("Ben's Street 3")
    page.get_by_label("Address", exact=True).fill("Anna's Street 2")
    page.get_by_role("button", name="Save").click()

    conflict = page.get_by_role("row", name="Address")
    expect(conflict).to_contain_text("Ben's Street 3")
    expect(conflict).to_contain_text("Anna's Street 2")
    expect(page.get_by_label("Address", exact=True)).to_have_value("Anna's Street 2")
    assert violations(page) == []

    page.get_by_role("button", name="Save").click()
    expect(page.locator("#contact dl")).to_contain_text("Anna's Street 2")


def test_who_leaves_with_something_unsaved_is_asked(page, live_server, anna):
    customer = CustomerFactory()
    page.goto(live_server.url + customer.get_absolute_url())
    edit_address(page).press_sequentially("New")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))

    page.get_by_role("link", name="Vehicles", exact=True).first.click(no_wait_after=True)

    expect(page.get_by_label("Address", exact=True)).to_have_value("New")
    assert asked == ["beforeunload"]
