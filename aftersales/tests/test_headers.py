"""What every answer tells the browser, whatever the route and the status."""

from html.parser import HTMLParser

import pytest
from django.test import Client

from aftersales import access
from aftersales.roles import ROLES
from aftersales.tests.factories import UserFactory
from aftersales.tests.visitor import ROUTES, Addresses, Visitor, is_api

POLICY = {
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# The address of such a page is a secret itself.
REFERRERS = dict.fromkeys(["welcome", "followups:public-link"], "no-referrer")


class Markup(HTMLParser):
    """Collects what a strict policy would not run."""

    def __init__(self, answer):
        super().__init__()
        self.forbidden = []
        self.policy = answer["Content-Security-Policy"]
        self.feed(answer.content.decode())

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        is_inline = tag == "style" or (tag == "script" and "src" not in names)
        if is_inline and f"'nonce-{names.get('nonce')}'" not in self.policy:
            self.forbidden.append(self.get_starttag_text())
        if "style" in names or any(name.startswith(("on", "hx-on")) for name in names):
            self.forbidden.append(self.get_starttag_text())
        for name in ("src", "href", "action"):
            if (names.get(name) or "").startswith(("http:", "https:", "//", "javascript:")):
                self.forbidden.append(self.get_starttag_text())


def assert_strict(answer, *, referrer="same-origin"):
    directives = answer["Content-Security-Policy"].split("; ")
    assert set(directives) >= POLICY
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & {
        source for directive in directives for source in directive.split()
    }
    assert {name: answer[name] for name in FIXED} == FIXED
    assert answer["Referrer-Policy"] == referrer
    assert "no-store" in answer["Cache-Control"]


@pytest.fixture
def everybody(db):
    return UserFactory(roles=list(ROLES))


def test_every_route_is_strict_and_its_markup_obeys(everybody):
    browser, program = Visitor(everybody), Visitor(everybody, by_token=True)
    addresses = Addresses(everybody)
    for route in ROUTES:
        visitor = program if is_api(route) else browser
        answer = visitor.send("GET", addresses.of(route))

        assert_strict(answer, referrer=REFERRERS.get(route, "same-origin"))
        if answer["Content-Type"].startswith("text/html"):
            assert Markup(answer).forbidden == [], route


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/", 302),
        ("POST", "/account/", 401),
        ("GET", "/no-such-page/", 404),
        ("GET", "/logout/", 405),
        ("GET", "/api/v1/customers/", 401),
        ("GET", "/api/v1/no-such-resource/", 404),
    ],
)
def test_strangers_get_strict_answers(client, method, address, status):
    answer = client.generic(method, address)

    assert answer.status_code == status
    assert_strict(answer)


@pytest.mark.django_db
def test_a_refusal_is_strict(client):
    client.force_login(UserFactory())

    answer = client.get("/users/")

    assert answer.status_code == 403
    assert_strict(answer)


@pytest.mark.django_db
def test_a_forged_form_is_refused_strictly(everybody):
    client = Client(enforce_csrf_checks=True)
    client.force_login(everybody)

    answer = client.post("/account/", headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403
    assert_strict(answer)


def test_a_strange_host_is_refused_strictly(client, settings):
    settings.ALLOWED_HOSTS = ["shop.example"]

    answer = client.get("/login/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert_strict(answer)


@pytest.mark.django_db
def test_a_failure_of_ours_is_strict(client, monkeypatch):
    monkeypatch.setattr(access, "permission_for", lambda route, method: 1 / 0)
    client.raise_request_exception = False

    answer = client.get("/login/")

    assert answer.status_code == 500
    assert_strict(answer)


@pytest.mark.django_db
def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client):
    UserFactory(username="anna")
    client.get("/login/")
    client.post("/login/", {"username": "anna", "password": "correct horse battery"})

    assert {
        name: (morsel["httponly"], morsel["samesite"]) for name, morsel in client.cookies.items()
    } == {
        "csrftoken": (True, "Lax"),
        "sessionid": (True, "Lax"),
    }
    assert client.cookies["sessionid"]["max-age"] <= 12 * 60 * 60
