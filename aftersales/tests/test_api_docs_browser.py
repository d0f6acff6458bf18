"""Swagger UI under the strict policy, without anything from elsewhere."""

import pytest

from aftersales.tests.factories import SupervisorFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_people_read_the_rest_interface_without_a_complaint_of_the_browser(page, live_server):
    SupervisorFactory(username="li")
    complaints, hosts = [], set()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(error.message))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))

    page.goto(f"{live_server.url}/login/?next=/api/v1/docs/")
    page.locator("[name=username]").fill("li")
    page.locator("[name=password]").fill("correct horse battery")
    page.locator("[name=password]").press("Enter")

    page.get_by_role("link", name="/api/v1/customers/{id}/verify-contact/").first.click()
    page.get_by_text("Idempotency-Key").wait_for()
    assert complaints == []
    assert hosts == {live_server.url.removeprefix("http://")}
