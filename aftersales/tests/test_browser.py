import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from aftersales.roles import ADMINISTRATOR
from aftersales.tasks import heartbeat
from aftersales.tests.browsing import log_in
from aftersales.tests.factories import SupervisorFactory, UserFactory

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


def test_the_last_login_stands_in_one_line_at_twice_the_size(page, context, live_server):
    log_in(context, live_server, UserFactory(roles=[ADMINISTRATOR], last_login=timezone.now()))
    page.set_viewport_size({"width": 683, "height": 384})

    page.goto(f"{live_server.url}/users/")

    line = page.get_by_role("cell", name=str(timezone.localdate())).evaluate(
        "(cell) => { const range = document.createRange(); range.selectNodeContents(cell);"
        " return range.getClientRects().length; }"
    )
    assert line == 1
