"""The search box under the fingers of somebody who knows half of what he is looking for."""

import pytest
from playwright.sync_api import expect

from aftersales.roles import SERVICE_ADVISOR
from aftersales.tests.browsing import log_in, violations
from aftersales.tests.factories import UserFactory
from customers.tests.factories import CustomerFactory, OwnershipFactory, PhoneFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def box(page, live_server):
    """The search box of a page, reached by its key."""
    wang = CustomerFactory(name="王小明")
    PhoneFactory(customer=wang, typed="138 0013 8765")
    OwnershipFactory(customer=wang, vehicle__plate="粤B12345")
    OwnershipFactory(customer__name="李娜", vehicle__plate="粤B12346")
    log_in(page.context, live_server, UserFactory(roles=[SERVICE_ADVISOR]))
    page.goto(f"{live_server.url}/customers/")
    page.keyboard.press("/")
    expect(page.locator("#search-input")).to_be_focused()
    return page.locator("#search-input")


@pytest.mark.parametrize("typed", ["8765", "wxm", "wangxiao", "王小", "12345"])
def test_half_a_word_and_enter_open_the_customer(page, box, typed):
    box.press_sequentially(typed)
    expect(page.get_by_role("option").first).to_contain_text("王小明")
    assert violations(page) == []
    box.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("王小明")


def test_the_key_of_the_box_is_no_word(page, box):
    box.press("/")
    box.press_sequentially("8765")

    expect(box).to_have_value("8765")


def test_arrows_choose_among_the_hits(page, box):
    box.press_sequentially("粤B1234")
    expect(page.get_by_role("option")).to_have_count(2)
    second = page.get_by_role("option").nth(1)
    box.press("ArrowDown")
    expect(second).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    box.press("ArrowUp")
    address = second.get_attribute("href")
    box.press("Enter")

    page.wait_for_url(f"**{address}")


def test_enter_before_the_answer_opens_the_best_hit(page, box):
    box.type("8765\n")

    expect(page.get_by_role("heading", level=1)).to_contain_text("王小明")


def test_nothing_is_asked_or_opened_while_a_word_is_being_composed(page, box):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    input_method = page.context.new_cdp_session(page)
    input_method.send(
        "Input.imeSetComposition", {"text": "w'x", "selectionStart": 3, "selectionEnd": 3}
    )
    box.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "isComposing": True})
    page.wait_for_timeout(400)
    assert asked == []

    input_method.send("Input.insertText", {"text": "王小"})
    expect(page.get_by_role("option").first).to_contain_text("王小明")
    assert [url.rpartition("/search/")[1] for url in asked] == ["/search/"]
