"""One's own account: name, language, appearance, password, second factor."""

from base64 import b32decode
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django_otp.oath import TOTP

from aftersales.models import User
from aftersales.roles import ADMINISTRATOR
from aftersales.services import second_factors
from aftersales.tests.factories import UserFactory

NOW = datetime(2025, 3, 31, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
NEW = {"new_password1": "a better horse battery", "new_password2": "a better horse battery"}
KEY = "3132333435363738393031323334353637383930"


@pytest.fixture
def anna(db):
    return UserFactory(username="anna", name="Anna", email="anna@example.com")


class TestOwnAccount:
    @pytest.fixture(autouse=True)
    def _monday_morning(self):
        with time_machine.travel(NOW, tick=False):
            yield

    @pytest.fixture
    def as_anna(self, _monday_morning, client, anna):
        client.force_login(anna)
        return client

    def set_up(self, client, shown, code):
        sealed = shown.context["form"]["sealed_key"].value()
        return client.post("/account/second-factor/", {"sealed_key": sealed, "code": code})

    def test_name_language_and_appearance(self, as_anna, anna):
        as_anna.post("/account/", {"name": "Anna B.", "language": "zh-hans", "theme": "dark"})

        anna.refresh_from_db()
        assert (anna.name, anna.language, anna.theme) == ("Anna B.", "zh-hans", "dark")
        page = as_anna.get("/account/")
        assert page["Content-Language"] == "zh-hans"
        assert b'data-theme="dark"' in page.content

    def test_nothing_else_of_it(self, as_anna, anna):
        sent = {"name": "Anna", "language": "en", "theme": "dark"}
        as_anna.post(
            "/account/", {**sent, "roles": ADMINISTRATOR, "username": "root", "is_active": ""}
        )

        anna.refresh_from_db()
        assert (anna.roles, anna.username, anna.is_active) == ([], "anna", True)

    @pytest.mark.parametrize(
        ("sent", "language", "theme"),
        [
            ({"language": "ko"}, "ko", "system"),
            ({"theme": "light"}, "en", "light"),
            ({"language": "xx"}, "en", "system"),
            ({}, "en", "system"),
        ],
    )
    def test_the_head_of_every_page_changes_language_and_appearance(
        self, as_anna, anna, sent, language, theme
    ):
        answer = as_anna.post("/preferences/", {**sent, "next": "/account/"})

        anna.refresh_from_db()
        assert (anna.language, anna.theme) == (language, theme)
        assert answer["Location"] == "/account/"

    def test_before_the_login_the_browser_says_which_language(self, client):
        for asked, answered in (("ko", "ko"), ("zh-CN,en;q=0.5", "zh-hans"), ("fr", "en")):
            page = client.get("/login/", headers={"Accept-Language": asked})

            assert page["Content-Language"] == answered

    def test_a_new_password_needs_the_current_one(self, as_anna, anna):
        answer = as_anna.post("/account/password/", {"current_password": "wrong", **NEW})

        assert "current_password" in answer.context["form"].errors
        anna.refresh_from_db()
        assert anna.check_password(PASSWORD)

    def test_whoever_sits_down_at_an_open_session_may_not_guess_the_password(self, as_anna):
        for _try in range(10):
            as_anna.post("/account/password/", {"current_password": "wrong", **NEW})

        answer = as_anna.post("/account/password/", {"current_password": PASSWORD, **NEW})

        assert "Too many tries" in str(answer.context["form"].errors)

    def test_the_second_factor_needs_the_code_of_the_key_that_was_shown(self, as_anna, anna):
        shown, another = (as_anna.get("/account/second-factor/") for _time in range(2))

        answer = self.set_up(as_anna, shown, code_of(another.context["key"]))

        assert "code" in answer.context["form"].errors
        assert answer.context["key"] == shown.context["key"]
        assert not User.objects.get(pk=anna.pk).second_factor_since

    def test_a_key_of_half_an_hour_ago_is_shown_anew(self, as_anna):
        shown = as_anna.get("/account/second-factor/")

        with time_machine.travel(NOW + timedelta(minutes=29), tick=False):
            as_anna.get("/account/")
        with time_machine.travel(NOW + timedelta(minutes=31), tick=False):
            answer = self.set_up(as_anna, shown, "123456")

        assert answer["Location"] == "/account/second-factor/"

    def test_recovery_codes_are_renewed_with_the_password(self, as_anna, anna):
        shown = as_anna.get("/account/second-factor/")
        first = self.set_up(as_anna, shown, code_of(shown.context["key"])).context["codes"]
        address = "/account/second-factor/recovery-codes/"

        assert "codes" not in as_anna.post(address, {"current_password": "wrong"}).context
        second = as_anna.post(address, {"current_password": PASSWORD}).context["codes"]

        assert len(set(first) | set(second)) == 20
        assert not second_factors.use_code(anna, first[0])
        assert second_factors.use_code(anna, second[0])

    def test_the_second_factor_is_removed_with_the_password(self, as_anna, anna):
        shown = as_anna.get("/account/second-factor/")
        codes = self.set_up(as_anna, shown, code_of(shown.context["key"])).context["codes"]
        assert User.objects.get(pk=anna.pk).second_factor_since == NOW
        address = "/account/second-factor/remove/"

        as_anna.post(address, {"current_password": "wrong"})
        assert User.objects.get(pk=anna.pk).second_factor_since
        as_anna.post(address, {"current_password": PASSWORD})

        assert not User.objects.get(pk=anna.pk).second_factor_since
        assert not second_factors.use_code(anna, codes[0])

    def test_the_session_id_is_new_with_each_change_of_the_second_factor(self, as_anna):
        ids = [as_anna.cookies["sessionid"].value]
        shown = as_anna.get("/account/second-factor/")
        self.set_up(as_anna, shown, code_of(shown.context["key"]))
        ids.append(as_anna.cookies["sessionid"].value)
        as_anna.post("/account/second-factor/remove/", {"current_password": PASSWORD})
        ids.append(as_anna.cookies["sessionid"].value)

        assert len(set(ids)) == 3

    def test_an_account_has_one_second_factor(self, anna):
        second_factors.set_up(by=anna, key=KEY, code=code_of_hex(KEY), now=NOW)

        with pytest.raises(second_factors.AlreadyProtected):
            second_factors.set_up(by=anna, key=KEY, code=code_of_hex(KEY), now=NOW)

    def test_an_administrator_helps_whoever_lost_the_app(self, client, anna):
        second_factors.set_up(by=anna, key=KEY, code=code_of_hex(KEY), now=NOW)
        client.force_login(UserFactory(roles=[ADMINISTRATOR]))

        client.post(f"/users/{anna.pk}/remove-second-factor/")

        answer = Client().post("/login/", {"username": "anna", "password": PASSWORD})
        assert answer.status_code == 302


def code_of(base32_key):
    return code_of_hex(b32decode(base32_key).hex())


def code_of_hex(key):
    totp = TOTP(bytes.fromhex(key))
    totp.time = NOW.timestamp()
    return f"{totp.token():06}"


class TestSessions:
    CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36"
    PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"

    @pytest.fixture(autouse=True)
    def clock(self):
        with time_machine.travel(NOW, tick=False) as travel:
            yield travel

    def log_in(self, user, agent, address="192.0.2.1"):
        browser = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
        browser.post("/login/", {"username": user.username, "password": PASSWORD})
        return browser

    def listed(self, browser):
        return [
            (session.device, session.address, session.is_this)
            for session in browser.get("/account/").context["sessions"]
        ]

    def test_somebody_sees_where_he_is_logged_in(self, anna, clock):
        self.log_in(UserFactory(), self.CHROME)
        self.log_in(anna, self.CHROME)
        clock.shift(timedelta(minutes=1))
        phone = self.log_in(anna, self.PHONE, "192.0.2.2")

        assert self.listed(phone) == [
            ("Safari, iPhone", "192.0.2.2", True),
            ("Chrome, Windows", "192.0.2.1", False),
        ]
        assert "since 2025-03-31 16:00" in phone.get("/account/").content.decode()

    def test_a_session_that_opens_nothing_any_more_is_not_among_them(self, anna, clock):
        self.log_in(anna, self.CHROME)
        clock.shift(timedelta(minutes=31))

        assert self.listed(self.log_in(anna, self.PHONE)) == [("Safari, iPhone", "192.0.2.1", True)]

    def test_he_ends_all_but_this_one(self, anna):
        bobs, desk, phone = (self.log_in(user, self.CHROME) for user in (UserFactory(), anna, anna))

        phone.post("/account/sessions/end/")

        assert desk.get("/account/").status_code == 302
        assert phone.get("/account/").status_code == 200
        assert bobs.get("/account/").status_code == 200
        assert "Log out everywhere else" not in phone.get("/account/").content.decode()
