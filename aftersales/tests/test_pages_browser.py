"""Every page that a role may open: accessible light and dark, quiet, and no wider than a phone."""

import pytest
from django.test import Client

from aftersales import access
from aftersales.roles import ADMINISTRATOR, SERVICE_ADVISOR, SUPERVISOR
from aftersales.tests.browsing import beyond_the_window, complaints_of, log_in, violations
from aftersales.tests.factories import UserFactory
from aftersales.tests.visitor import ROUTES, Addresses, is_api

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = {"width": 1366, "height": 768}
# Swagger UI has a test of its own.
DRAWN_BY_OTHERS = {"api-docs"}
PHONE = {"width": 360, "height": 740}


def pages_of(user):
    """Return the addresses of whole pages; parts of pages, files and redirects are left out."""
    client = Client()
    client.force_login(user)
    addresses = Addresses(user)
    for route in ROUTES:
        needed = access.permission_for(route, "GET")
        if is_api(route) or needed is None or route in DRAWN_BY_OTHERS:
            continue
        if needed not in {access.PUBLIC, access.LOGGED_IN} and not user.has_perm(needed):
            continue
        address = addresses.of(route)
        answer = client.get(address)
        if answer.status_code == 200 and b"<!doctype html>" in answer.getvalue()[:100]:
            yield address


@pytest.mark.parametrize("role", [SERVICE_ADVISOR, SUPERVISOR, ADMINISTRATOR])
def test_pages_are_accessible_quiet_and_no_wider_than_a_phone(page, live_server, role):
    user = UserFactory(roles=[role])
    log_in(page.context, live_server, user)
    complaints = complaints_of(page)
    page.emulate_media(reduced_motion="reduce")
    found = []
    for address in pages_of(user):
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        page.goto(live_server.url + address)
        found += [f"{address} light {each}" for each in violations(page)]
        page.emulate_media(color_scheme="dark")
        found += [f"{address} dark {each}" for each in violations(page, only="color-contrast")]
        page.set_viewport_size(PHONE)
        found += [f"{address} sideways {each}" for each in beyond_the_window(page)]
        found += [f"{address} console {each}" for each in complaints]
        complaints.clear()

    assert not found, "\n".join(found)
