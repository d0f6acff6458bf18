"""The way in: passwords, limits, second factor."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken

from aftersales.http import client_address
from aftersales.models import RateLimit
from aftersales.services import logins, second_factors
from aftersales.tests.factories import UserFactory

PASSWORD = "correct horse battery"
KEY = "3132333435363738393031323334353637383930"
NOW = datetime(2025, 3, 31, 8, 0, tzinfo=UTC)
LOGIN = "/login/"


@pytest.fixture(autouse=True)
def _monday_morning(db):
    with time_machine.travel(NOW, tick=False):
        yield


def try_password(client, username="anna", password=PASSWORD, **fields):
    return client.post(LOGIN, {"username": username, "password": password, **fields})


def is_logged_in(client):
    return client.get(reverse("account")).status_code == 200


def code_at(moment):
    totp = TOTP(bytes.fromhex(KEY))
    totp.time = moment.timestamp()
    return f"{totp.token():06}"


@pytest.fixture
def anna():
    return UserFactory(username="anna")


@pytest.fixture
def protected_anna(anna):
    """Anna with an authenticator app, set up an hour ago."""
    earlier = NOW - timedelta(hours=1)
    anna.recovery_codes = second_factors.set_up(
        by=anna, key=KEY, code=code_at(earlier), now=earlier
    )
    anna.refresh_from_db()
    return anna


class TestPassword:
    def test_the_right_one_opens_the_home_page(self, client, anna):
        answer = try_password(client)

        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert is_logged_in(client)

    def test_leads_to_the_page_that_was_asked_for(self, client, anna):
        asked = client.get("/account/")
        assert asked["Location"] == "/login/?next=/account/"

        form = client.get(asked["Location"]).context["form"]
        assert try_password(client, next=form["next"].value())["Location"] == "/account/"

    @pytest.mark.parametrize(
        "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""]
    )
    def test_never_leads_to_another_site(self, client, anna, elsewhere):
        assert try_password(client, next=elsewhere)["Location"] == "/"

    def test_the_login_page_sends_on_whoever_is_logged_in(self, client, anna):
        client.force_login(anna)

        assert client.get(LOGIN, {"next": "/account/"})["Location"] == "/account/"

    def test_the_answer_is_the_same_whether_the_account_exists_or_not(self, client, anna):
        UserFactory(username="left", is_active=False)
        UserFactory(username="invited", password="!")
        answers = [
            try_password(client, "anna", "wrong"),
            try_password(client, "nobody", "wrong"),
            try_password(client, "left", PASSWORD),
            try_password(client, "invited", "wrong"),
        ]

        assert {answer.status_code for answer in answers} == {422}
        bodies = {re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in answers}
        assert len(bodies) == 1

    def test_a_check_costs_one_hash_whether_the_account_exists_or_not(
        self, client, anna, monkeypatch
    ):
        hashed = []
        encode = MD5PasswordHasher.encode
        monkeypatch.setattr(
            MD5PasswordHasher,
            "encode",
            lambda self, *args, **kwargs: hashed.append(1) or encode(self, *args, **kwargs),
        )
        costs = []
        for username in ("anna", "nobody"):
            hashed.clear()
            try_password(client, username, "wrong")
            costs.append(len(hashed))

        assert costs == [1, 1]

    def test_the_password_is_not_shown_again(self, client, anna):
        assert b"hunter2hunter2" not in try_password(client, password="hunter2hunter2").content

    def test_the_session_id_is_new_after_the_login(self, client, anna):
        client.get("/welcome/not-a-link/")  # gives a session to somebody unknown
        before = client.cookies["sessionid"].value

        try_password(client)

        assert client.cookies["sessionid"].value != before

    def test_logging_out_ends_the_session_on_the_server(self, client, anna):
        try_password(client)
        cookie = client.cookies["sessionid"].value

        answer = client.post("/logout/")

        assert answer["Clear-Site-Data"] == '"cache", "storage"'
        client.cookies["sessionid"] = cookie
        assert not is_logged_in(client)

    def test_a_link_cannot_log_anybody_out(self, client, anna):
        client.force_login(anna)

        assert client.get("/logout/").status_code == 405
        assert is_logged_in(client)


class TestLimits:
    def test_the_eleventh_try_of_an_account_is_not_checked(self, client, anna):
        answers = [try_password(client, password="wrong").status_code for _try in range(10)]

        refused = try_password(client)

        assert answers == [422] * 10
        assert (refused.status_code, refused["Retry-After"]) == (429, "900")
        assert not is_logged_in(client)

    def test_after_a_quarter_of_an_hour_it_is_checked_again(self, client, anna):
        for _try in range(10):
            try_password(client, password="wrong")

        with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
            assert try_password(client).status_code == 302

    def test_a_login_gives_the_account_all_its_tries_back(self, client, anna):
        for _try in range(9):
            try_password(client, password="wrong")
        try_password(client)
        client.logout()

        answers = [try_password(client, password="wrong").status_code for _try in range(10)]

        assert answers == [422] * 10

    def test_an_address_has_fifty_wrong_tries_whatever_the_account(self, client, anna):
        for number in range(50):
            assert try_password(client, f"guess{number}", "wrong").status_code == 422

        assert try_password(client).status_code == 429

    def test_everybody_of_a_shop_may_log_in_from_its_one_address(self, client, anna):
        answers = [try_password(Client()).status_code for _person in range(60)]

        assert set(answers) == {302}

    def test_names_that_no_account_can_have_are_not_counted(self, client):
        assert try_password(client, "n" * 151).status_code == 422
        assert not RateLimit.objects.exists()

    def test_a_third_check_at_the_same_moment_is_put_off(self, client, anna):
        for _check in range(2):
            logins._checks_at_once.acquire()
        try:
            answer = try_password(client)
        finally:
            for _check in range(2):
                logins._checks_at_once.release()

        assert (answer.status_code, answer["Retry-After"]) == (429, "1")
        assert not RateLimit.objects.exists()
        assert try_password(client).status_code == 302


class TestClientAddress:
    @pytest.mark.parametrize(
        ("proxies", "forwarded", "address"),
        [
            (0, None, "10.0.0.9"),
            (0, "1.2.3.4", "10.0.0.9"),
            (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
            (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
            (1, None, ""),
            (2, "1.2.3.4", "10.0.0.9"),
        ],
    )
    def test_is_the_one_that_our_own_proxies_wrote(self, rf, settings, proxies, forwarded, address):
        settings.TRUSTED_PROXIES = proxies
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}

        request = rf.get("/", headers=headers, REMOTE_ADDR="10.0.0.9")

        assert client_address(request) == address

    def test_a_forged_header_does_not_give_new_tries(self, client, anna, settings):
        settings.TRUSTED_PROXIES = 1
        for number in range(50):
            forwarded = f"203.0.113.{number}, 198.51.100.7"
            client.post(
                LOGIN,
                {"username": f"guess{number}", "password": "wrong"},
                headers={"X-Forwarded-For": forwarded},
            )

        assert RateLimit.objects.get(key__startswith="login from").used == 50


class TestSecondFactor:
    def give_code(self, client, code, answer=None):
        ticket = (answer or try_password(client)).context["form"]["ticket"].value()
        return client.post("/login/code/", {"ticket": ticket, "code": code})

    def test_the_password_alone_does_not_open_a_protected_account(self, client, protected_anna):
        answer = try_password(client)

        assert answer.status_code == 200
        assert "registration/code.html" in [template.name for template in answer.templates]
        assert not is_logged_in(client)

    def test_password_and_code_do(self, client, protected_anna):
        assert self.give_code(client, code_at(NOW)).status_code == 302
        assert is_logged_in(client)

    def test_a_code_works_once(self, client, protected_anna):
        self.give_code(client, code_at(NOW))

        assert self.give_code(Client(), code_at(NOW)).status_code == 422

    def test_a_wrong_code_does_not(self, client, protected_anna):
        wrong = code_at(NOW + timedelta(days=1))

        assert self.give_code(client, wrong).status_code == 422
        assert not is_logged_in(client)

    def test_a_recovery_code_replaces_the_app_once(self, client, protected_anna):
        code = protected_anna.recovery_codes[3]

        assert self.give_code(client, code.upper().replace("-", " ")).status_code == 302
        assert self.give_code(Client(), code).status_code == 422
        assert second_factors.recovery_codes_left(protected_anna) == 9

    def test_recovery_codes_are_not_kept_as_they_are(self, protected_anna):
        kept = set(StaticToken.objects.values_list("token", flat=True))
        shown = {code.replace("-", "")[:16] for code in protected_anna.recovery_codes}

        assert len(kept) == len(shown) == 10
        assert not kept & shown

    def test_the_eleventh_code_is_not_checked(self, client, protected_anna):
        answer = try_password(client)
        for _try in range(10):
            assert self.give_code(client, "000000", answer).status_code == 422

        refused = self.give_code(client, code_at(NOW), answer)

        assert (refused.status_code, refused["Retry-After"]) == (429, "900")

    def test_the_ticket_of_the_password_ends_after_five_minutes(self, client, protected_anna):
        answer = try_password(client)

        with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
            late = self.give_code(client, code_at(NOW + timedelta(minutes=6)), answer)

        assert late.status_code == 422
        assert "registration/login.html" in [template.name for template in late.templates]

    @pytest.mark.parametrize("change", [{"is_active": False}, {"password": "md5$x$other"}])
    def test_the_ticket_ends_with_the_password_and_the_account(
        self, client, protected_anna, change
    ):
        answer = try_password(client)
        type(protected_anna).objects.filter(pk=protected_anna.pk).update(**change)

        assert self.give_code(client, code_at(NOW), answer).status_code == 422
        assert not is_logged_in(client)

    def test_an_invented_ticket_opens_nothing(self, client, protected_anna):
        answer = client.post("/login/code/", {"ticket": "1:abc:def", "code": code_at(NOW)})

        assert answer.status_code == 422
        assert not is_logged_in(client)

    def test_where_the_login_leads_survives_the_second_step(self, client, protected_anna):
        form = try_password(client, next="/account/").context["form"]
        fields = {name: form[name].value() for name in ("ticket", "next", "unsaved")}

        answer = client.post("/login/code/", {**fields, "code": code_at(NOW)})

        assert answer["Location"] == "/account/"


class TestDialog:
    """What `static/js/session.js` relies on."""

    def test_shows_the_form_alone(self, client):
        answer = client.get("/login/?dialog=1")

        assert answer.status_code == 200
        assert b"<html" not in answer.content
        assert b'action="/login/?dialog=1"' in answer.content

    def test_says_who_is_logged_in_already_and_which_token_to_use(self, client, anna):
        client.force_login(anna)

        answer = client.get("/login/?dialog=1")

        assert (answer.status_code, answer["X-User"]) == (204, str(anna.pk))
        assert answer["X-CSRFToken"]

    def test_a_login_answers_with_the_token_that_forms_must_send_from_now_on(self, anna):
        client = Client(enforce_csrf_checks=True)
        form = client.get("/login/?dialog=1").content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]

        answer = client.post(
            "/login/?dialog=1",
            {"username": "anna", "password": PASSWORD, "csrfmiddlewaretoken": token},
        )

        assert (answer.status_code, answer["X-User"]) == (204, str(anna.pk))
        headers = {"X-CSRFToken": answer["X-CSRFToken"]}
        assert client.post("/preferences/", {}, headers=headers).status_code == 302

    def test_a_wrong_password_shows_the_form_again(self, client, anna):
        answer = client.post("/login/?dialog=1", {"username": "anna", "password": "wrong"})

        assert answer.status_code == 422
        assert b"<html" not in answer.content
        assert b'value="anna"' in answer.content

    def test_the_second_factor_is_asked_in_the_dialog_too(self, client, protected_anna):
        asked = client.post("/login/?dialog=1", {"username": "anna", "password": PASSWORD})
        ticket = asked.context["form"]["ticket"].value()

        answer = client.post("/login/code/?dialog=1", {"ticket": ticket, "code": code_at(NOW)})

        assert b'action="/login/code/?dialog=1"' in asked.content
        assert answer.status_code == 204
