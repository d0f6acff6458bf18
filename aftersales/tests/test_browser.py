import pytest
from axe_playwright_python.sync_playwright import Axe

from aftersales.tasks import heartbeat
from aftersales.tests.factories import SupervisorFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_supervisor_logs_in_and_reads_how_the_installation_is(page, live_server):
    SupervisorFactory(username="li", name="Li Na")
    heartbeat()

    page.goto(f"{live_server.url}/health/")
    page.locator("[name=username]").fill("li")
    page.locator("[name=password]").fill("correct horse battery")
    page.get_by_role("button", name="Log in").click()

    page.get_by_role("heading", name="System health").wait_for()
    assert page.get_by_text("Works").count() == 5
    assert Axe().run(page).response["violations"] == []
