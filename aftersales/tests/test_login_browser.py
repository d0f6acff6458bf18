"""The way in as people see it, and that what they typed outlives their session."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_otp.oath import TOTP
from playwright.sync_api import expect

from aftersales.models import User
from aftersales.services import second_factors
from aftersales.tests.factories import SupervisorFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery"
KEY = "3132333435363738393031323334353637383930"


@pytest.fixture
def anna():
    return SupervisorFactory(username="anna", name="Anna")


def code_at(moment):
    totp = TOTP(bytes.fromhex(KEY))
    totp.time = moment.timestamp()
    return f"{totp.token():06}"


def log_in(place, password=PASSWORD):
    place.get_by_label("User name").fill("anna")
    place.get_by_label("Password").fill(password)
    place.get_by_role("button", name="Log in").click()


def no_violations(page):
    return Axe().run(page).response["violations"] == []


def test_a_wrong_password_is_said_and_the_right_one_opens_the_page_asked_for(
    page, live_server, anna
):
    page.goto(f"{live_server.url}/account/")
    log_in(page, "wrong")

    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.get_by_label("User name")).to_have_value("anna")
    assert no_violations(page)

    log_in(page)
    expect(page.get_by_role("heading", name="My account")).to_be_visible()
    assert no_violations(page)


def test_the_second_factor_is_asked_after_the_password(page, live_server, anna):
    earlier = timezone.now() - timedelta(minutes=5)
    second_factors.set_up(by=anna, key=KEY, code=code_at(earlier), now=earlier)
    page.goto(f"{live_server.url}/login/?next=/account/")
    log_in(page)

    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("This code is wrong")).to_be_visible()
    assert no_violations(page)

    page.get_by_label("Code").fill(code_at(timezone.now()))
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="My account")).to_be_visible()


def test_a_form_sent_after_the_session_has_ended_comes_back_and_is_saved(page, live_server, anna):
    page.goto(f"{live_server.url}/login/?next=/account/")
    log_in(page)
    page.locator("#id_name").fill("Anna Typed Something")
    Session.objects.all().delete()

    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("what you typed is kept")
    log_in(page)
    expect(page.get_by_role("heading", name="This was not saved yet")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Anna Typed Something")
    assert no_violations(page)
    page.get_by_role("button", name="Save it now").click()

    expect(page.locator("#id_name")).to_have_value("Anna Typed Something")
    assert User.objects.get(pk=anna.pk).name == "Anna Typed Something"


def test_a_page_left_open_asks_for_the_login_before_it_sends_its_form(page, live_server, anna):
    page.clock.install()
    page.goto(f"{live_server.url}/login/?next=/account/")
    log_in(page)
    page.wait_for_url("**/account/")
    page.locator("#id_name").fill("Anna After Lunch")
    Session.objects.all().delete()
    page.clock.fast_forward("40:00")

    page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog", name="Your session has ended")
    log_in(dialog, "wrong")
    expect(dialog.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.locator("#id_name")).to_have_value("Anna After Lunch")
    log_in(dialog)

    expect(page.get_by_text("Your account is saved.")).to_be_visible()
    assert User.objects.get(pk=anna.pk).name == "Anna After Lunch"


def test_a_search_without_a_session_asks_for_the_login_and_keeps_the_words(page, live_server, anna):
    page.goto(f"{live_server.url}/login/?next=/account/")
    log_in(page)
    expect(page.get_by_role("heading", name="My account")).to_be_visible()
    page.wait_for_load_state()  # until its scripts listen
    Session.objects.all().delete()

    page.locator("#search-input").press_sequentially("王小明")
    dialog = page.get_by_role("dialog", name="Your session has ended")
    log_in(dialog)

    expect(dialog).to_be_hidden()
    expect(page.locator("#search-input")).to_have_value("王小明")
    page.locator("#id_name").fill("Anna Goes On")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your account is saved.")).to_be_visible()


def test_after_the_logout_the_back_button_shows_nothing(page, live_server, anna):
    page.goto(f"{live_server.url}/login/?next=/account/")
    log_in(page)
    page.locator("summary", has_text="Anna").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()

    page.go_back()

    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
