"""How long a session lives, what ends it, and that nothing typed is lost with it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from aftersales import access, unsaved
from aftersales.models import User
from aftersales.roles import ADMINISTRATOR, SERVICE_ADVISOR
from aftersales.services import users
from aftersales.tests.factories import UserFactory

PASSWORD = "correct horse battery"
NOW = datetime(2025, 3, 31, 8, 0, tzinfo=UTC)
HERE = {"Origin": "http://testserver"}
TYPED = {"name": "Anna Müller <x>", "language": "ko", "theme": "dark"}


def at(minutes):
    return time_machine.travel(NOW + timedelta(minutes=minutes), tick=False)


def log_in(client, username="anna", **fields):
    return client.post("/login/", {"username": username, "password": PASSWORD, **fields})


def is_logged_in(client):
    return client.get(reverse("account")).status_code == 200


def hidden_fields(answer):
    """Return what the form of a page would send."""
    inputs = re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.content.decode()
    )
    return {name: unescape(value) for name, value in inputs}


@pytest.fixture(autouse=True)
def _monday_morning(db):
    with at(0):
        yield


@pytest.fixture
def anna():
    return UserFactory(username="anna", name="Anna")


class TestLifetime:
    def test_half_an_hour_without_a_request_ends_it(self, client, anna):
        log_in(client)

        with at(29):
            assert is_logged_in(client)
        with at(58):
            assert is_logged_in(client)
        with at(89):
            assert not is_logged_in(client)

    def test_the_row_of_an_idle_session_is_deleted(self, client, anna):
        log_in(client)

        with at(31):
            client.get("/")

        assert not Session.objects.exists()

    def test_work_does_not_prolong_it_beyond_twelve_hours(self, client, anna):
        log_in(client)
        for minutes in range(25, 12 * 60, 25):
            with at(minutes):
                assert is_logged_in(client)

        with at(12 * 60):
            assert not is_logged_in(client)

    def test_a_route_may_allow_a_longer_pause(self, client, anna, monkeypatch):
        monkeypatch.setitem(access.IDLE_AFTER, "account", timedelta(minutes=60))
        log_in(client)
        client.get("/account/")

        with at(59):
            assert client.get("/account/password/").status_code == 200
        with at(59 + 31):
            assert not is_logged_in(client)

    def test_a_page_that_asks_by_itself_keeps_no_session_alive(self, client, anna, monkeypatch):
        monkeypatch.setitem(access.IDLE_AFTER, "account", None)
        log_in(client)

        for minutes in (10, 20, 29):
            with at(minutes):
                assert is_logged_in(client)
        with at(31):
            assert not is_logged_in(client)

    def test_the_progress_of_an_import_is_such_a_page(self):
        assert access.idle_after("workshop:import-progress") is None

    def test_it_is_written_at_most_once_a_minute(self, client, anna, django_assert_num_queries):
        log_in(client)
        client.get("/account/password/")

        with django_assert_num_queries(2):  # session and user
            client.get("/account/password/")


class TestEnd:
    def test_a_new_password_ends_the_other_sessions_and_not_this_one(self, client, anna):
        other = Client()
        log_in(client)
        log_in(other)
        before = client.cookies["sessionid"].value
        new = "a better horse battery"

        client.post(
            "/account/password/",
            {"current_password": PASSWORD, "new_password1": new, "new_password2": new},
        )

        assert is_logged_in(client)
        assert client.cookies["sessionid"].value != before
        assert not is_logged_in(other)

    def test_other_roles_end_every_session(self, client, anna):
        admin = UserFactory(roles=[ADMINISTRATOR])
        log_in(client)

        users.change_user(
            anna.pk,
            by=admin,
            version=User.objects.get(pk=anna.pk).version,
            name="Anna",
            email="",
            language="en",
            roles=[SERVICE_ADVISOR],
        )

        assert not is_logged_in(client)

    def test_another_name_ends_none(self, client, anna):
        log_in(client)

        User.objects.filter(pk=anna.pk).update(name="Anna Neu", theme="dark")

        assert is_logged_in(client)

    def test_whoever_is_deactivated_is_out_at_the_next_request(self, client, anna):
        log_in(client)

        users.deactivate_user(anna.pk, by=UserFactory(roles=[ADMINISTRATOR]))

        assert not is_logged_in(client)


class TestNothingTypedIsLost:
    def post_too_late(self, client, minutes=31):
        log_in(client)
        with at(minutes):
            return client.post("/account/", TYPED)

    def test_a_form_that_comes_too_late_asks_for_the_login(self, client, anna):
        answer = self.post_too_late(client)

        assert answer.status_code == 401
        assert "registration/login.html" in [template.name for template in answer.templates]
        anna.refresh_from_db()
        assert anna.name == "Anna"

    def test_after_the_login_it_is_shown_and_one_button_saves_it(self, anna):
        client = Client(enforce_csrf_checks=True)
        client.force_login(anna)
        client.cookies["csrftoken"] = token = "x" * 32
        client.get("/account/")
        with at(31):
            late = client.post("/account/", {**TYPED, "csrfmiddlewaretoken": token})
            shown = log_in(client, **hidden_fields(late))
            fields = hidden_fields(shown)
            saved = client.post("/account/", fields)

        assert shown.status_code == 200
        assert b'action="/account/"' in shown.content
        assert b"Anna M\xc3\xbcller &lt;x&gt;" in shown.content
        assert fields["csrfmiddlewaretoken"] != token
        assert saved.status_code == 302
        anna.refresh_from_db()
        assert {name: getattr(anna, name) for name in TYPED} == TYPED

    def test_it_survives_a_wrong_password_in_between(self, client, anna):
        late = self.post_too_late(client)
        with at(32):
            again = client.post(
                "/login/",
                {"username": "anna", "password": "wrong", **carried(late)},
            )
            shown = log_in(client, **carried(again))

        assert shown.context["unsaved"].fields == list(TYPED.items())

    def test_it_keeps_every_value_of_a_field_and_no_secret(self, client, anna):
        log_in(client)
        with at(31):
            late = client.post(
                "/account/", {"roles": ["a", "b"], "new_password1": "s3cret", "empty": ""}
            )
            shown = log_in(client, **carried(late))

        assert shown.context["unsaved"].fields == [("roles", "a"), ("roles", "b"), ("empty", "")]

    def test_nobody_else_gets_to_see_it(self, client, anna):
        UserFactory(username="ben")
        late = self.post_too_late(client)

        with at(31):
            answer = log_in(client, "ben", **carried(late))

        assert answer.status_code == 302

    def test_after_twelve_hours_whose_it_was_is_unknown_and_it_still_comes_back(self, client, anna):
        late = self.post_too_late(client, minutes=13 * 60)

        with at(13 * 60):
            shown = log_in(client, **carried(late))

        assert shown.context["unsaved"].typed_by is None
        assert shown.context["unsaved"].fields == list(TYPED.items())

    def test_an_altered_one_is_dropped(self, client, anna):
        late = self.post_too_late(client)
        sealed = carried(late)["unsaved"]

        with at(31):
            answer = log_in(client, unsaved=sealed[:-1] + "?")

        assert answer.status_code == 302

    def test_one_of_yesterday_is_dropped(self, rf, anna):
        sealed = unsaved.Unsaved.of(rf.post("/account/", TYPED), typed_by=None).sealed()

        with at(12 * 60 + 1):
            assert unsaved.unseal(sealed, user=anna) is None

    def test_bookkeeping_is_not_shown_and_sent_all_the_same(self, rf, anna):
        fields = {"customer_name": "王小明", "version": "3", "phones-TOTAL_FORMS": "1", "note": ""}
        kept = unsaved.Unsaved.of(rf.post("/customers/1/", fields), typed_by=None)

        assert kept.typed == [("Customer name", "王小明")]
        assert dict(kept.fields) == fields

    def test_a_part_of_a_page_is_told_that_the_session_has_expired(self, client, anna):
        for send in (client.get, client.post):
            answer = send("/account/", headers={"HX-Request": "true"})

            assert (answer.status_code, answer["HX-Trigger"]) == (401, "session-expired")

    def test_a_page_is_opened_after_the_login(self, client):
        answer = client.get("/users/?q=anna")

        assert answer["Location"] == "/login/?next=/users/%3Fq%3Danna"


class TestStaleToken:
    """Somebody logged in anew in another tab, so the token of this page's form is of yesterday."""

    @pytest.fixture
    def client(self, anna):
        client = Client(enforce_csrf_checks=True)
        client.force_login(anna)
        client.cookies["csrftoken"] = "x" * 32
        return client

    def test_the_form_is_shown_with_one_button_that_saves_it(self, client, anna):
        shown = client.post("/account/", TYPED, headers=HERE)

        saved = client.post("/account/", hidden_fields(shown))

        assert shown.status_code == 403
        assert shown.context["unsaved"].fields == list(TYPED.items())
        assert saved.status_code == 302

    def test_a_form_of_another_site_is_neither_saved_nor_shown(self, client):
        for headers in ({"Origin": "https://evil.example"}, {}):
            answer = client.post("/account/", TYPED, headers=headers)

            assert answer.status_code == 403
            assert "unsaved" not in answer.context

    def test_a_part_of_a_page_gets_a_new_token_and_sends_again(self, client):
        answer = client.post("/account/", TYPED, headers={**HERE, "HX-Request": "true"})

        assert (answer.status_code, answer["HX-Trigger"]) == (401, "session-expired")

    def test_without_a_session_the_login_comes_first(self, anna):
        client = Client(enforce_csrf_checks=True)

        late = client.post("/account/", TYPED, headers=HERE)

        assert late.status_code == 401
        assert carried(late)["unsaved"]

    def test_an_old_login_page_is_drawn_anew_and_leads_where_it_did(self):
        client = Client(enforce_csrf_checks=True)

        answer = client.post("/login/", {"username": "anna", "next": "/account/"}, headers=HERE)

        assert answer.status_code == 422
        assert answer.context["form"]["next"].value() == "/account/"
        assert PASSWORD.encode() not in answer.content

    def test_an_old_login_page_sends_on_whoever_is_logged_in(self, client):
        answer = client.post("/login/", {"username": "anna"}, headers=HERE)

        assert answer["Location"] == "/"


def carried(answer):
    """Return what the login form carries along."""
    form = answer.context["form"]
    return {name: form[name].value() or "" for name in ("next", "unsaved")}
