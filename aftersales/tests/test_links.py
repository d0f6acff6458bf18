"""Links with which somebody chooses a password, the first administrator's too."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from aftersales.models import User
from aftersales.roles import ADMINISTRATOR, SUPERVISOR
from aftersales.services import links, users
from aftersales.tests.factories import UserFactory
from aftersales.tests.parallel import in_parallel

NOW = datetime(2025, 3, 31, 8, 0, tzinfo=UTC)
NEW = {"new_password1": "a better horse battery", "new_password2": "a better horse battery"}


@pytest.fixture
def admin(db):
    return UserFactory(username="admin", name="Ada Admin", roles=[ADMINISTRATOR])


@pytest.fixture
def anna(db):
    return UserFactory(username="anna", name="Anna", email="anna@example.com")


class TestLink:
    def open(self, link):
        """Return a browser that has followed the link, and where it led."""
        browser = Client()
        return browser, browser.get(f"/welcome/{link}/")

    def test_lets_its_holder_choose_a_password_and_log_in_with_it(self, admin, anna):
        browser, moved = self.open(links.issue(anna.pk, by=admin, now=NOW))
        page = browser.get(moved["Location"])
        done = browser.post(moved["Location"], NEW)

        assert (moved["Location"], moved["Referrer-Policy"]) == ("/welcome/", "no-referrer")
        assert b"Anna" in page.content
        assert done["Location"] == "/login/"
        answer = browser.post("/login/", {"username": "anna", "password": NEW["new_password1"]})
        assert answer.status_code == 302

    def test_opening_it_changes_nothing(self, admin, anna):
        link = links.issue(anna.pk, by=admin, now=NOW)
        before = User.objects.get(pk=anna.pk).version

        for _scanner in range(3):
            browser, moved = self.open(link)
            browser.get(moved["Location"])
            browser.head(f"/welcome/{link}/")

        assert User.objects.get(pk=anna.pk).version == before
        assert links.holder_of(link) == anna

    def test_works_once(self, admin, anna):
        link = links.issue(anna.pk, by=admin, now=NOW)
        links.use(link, password="a better horse battery", now=NOW)

        browser, moved = self.open(link)

        assert browser.get(moved["Location"]).status_code == 410
        with pytest.raises(links.LinkNotValid):
            links.use(link, password="another horse battery", now=NOW)

    @pytest.mark.django_db(transaction=True)
    def test_of_two_who_use_it_at_the_same_moment_one_is_refused(self, admin, anna):
        link = links.issue(anna.pk, by=admin, now=NOW)

        def use(password):
            try:
                links.use(link, password=password, now=NOW)
            except links.LinkNotValid:
                return "refused"
            return "used"

        outcomes = in_parallel(partial(use, "first password"), partial(use, "second password"))

        assert sorted(outcomes) == ["refused", "used"]

    def test_works_for_an_hour(self, admin, anna):
        with time_machine.travel(NOW, tick=False):
            link = links.issue(anna.pk, by=admin, now=NOW)
        with time_machine.travel(NOW + timedelta(minutes=60), tick=False):
            assert links.holder_of(link) == anna
        with time_machine.travel(NOW + timedelta(minutes=60, seconds=1), tick=False):
            assert links.holder_of(link) is None

    def test_ends_with_the_next_one(self, admin, anna):
        first = links.issue(anna.pk, by=admin, now=NOW)
        second = links.issue(anna.pk, by=admin, now=NOW + timedelta(seconds=1))

        assert (links.holder_of(first), links.holder_of(second)) == (None, anna)

    def test_ends_with_the_account(self, admin, anna):
        link = links.issue(anna.pk, by=admin, now=NOW)

        users.deactivate_user(anna.pk, by=admin)

        assert links.holder_of(link) is None

    def test_does_not_fit_another_account(self, admin, anna):
        signature = links.issue(anna.pk, by=admin, now=NOW).partition("-")[2]

        assert links.holder_of(f"{admin.pk}-{signature}") is None

    @pytest.mark.parametrize("link", ["", "-", "1", "x-y", "1-", "9" * 40 + "-a-b", "1-a-b-c"])
    def test_an_invented_one_opens_nothing(self, db, link):
        assert links.holder_of(link) is None

    def test_no_altered_letter_passes(self, admin, anna):
        link = links.issue(anna.pk, by=admin, now=NOW)
        altered = [
            link[:place] + ("0" if link[place] != "0" else "1") + link[place + 1 :]
            for place in range(len(link))
        ]

        assert {links.holder_of(each) for each in altered} == {None}

    def test_does_not_replace_the_second_factor(self, admin, anna):
        User.objects.filter(pk=anna.pk).update(second_factor_since=NOW)
        browser, moved = self.open(links.issue(anna.pk, by=admin, now=NOW))
        browser.post(moved["Location"], NEW)

        asked = browser.post("/login/", {"username": "anna", "password": NEW["new_password1"]})

        assert b'name="code"' in asked.content

    @pytest.mark.parametrize(
        "password", ["short", "123456789012345", "password12345", "anna@example.com"]
    )
    def test_refuses_a_weak_password(self, admin, anna, password):
        browser, moved = self.open(links.issue(anna.pk, by=admin, now=NOW))

        answer = browser.post(
            moved["Location"], {"new_password1": password, "new_password2": password}
        )

        assert answer.context["form"].errors


@pytest.mark.django_db
class TestFirstAdministrator:
    def create(self, capsys, username="ada"):
        call_command("create_first_administrator", username, "--name", "Ada Admin")
        return re.search(r"/welcome/(\S+)/", capsys.readouterr().out)[1]

    def test_gets_a_link_and_no_password(self, capsys):
        link = self.create(capsys)

        ada = links.holder_of(link)
        assert (ada.username, ada.name, ada.roles) == ("ada", "Ada Admin", [ADMINISTRATOR])
        assert not ada.has_usable_password()

    def test_is_created_once(self, capsys):
        links.use(self.create(capsys), password="a better horse battery", now=NOW)

        with pytest.raises(CommandError, match="There is an administrator already"):
            self.create(capsys, "eve")
        assert not User.objects.filter(username="eve").exists()

    def test_is_one_person_even_before_the_link_is_used(self, capsys):
        self.create(capsys)

        with pytest.raises(CommandError, match="There is an administrator already: ada"):
            self.create(capsys, "eve")

    @pytest.mark.django_db(transaction=True)
    def test_of_two_commands_at_the_same_moment_one_is_refused(self):
        def create(username):
            try:
                users.create_first_administrator(username=username, name="First")
            except users.AdministratorExists:
                return "refused"
            return "created"

        outcomes = in_parallel(partial(create, "ada"), partial(create, "eve"))

        assert sorted(outcomes) == ["created", "refused"]

    def test_gets_another_link_while_the_first_one_was_not_used(self, capsys):
        first = self.create(capsys)
        second = self.create(capsys)

        assert links.holder_of(first) is None
        assert links.holder_of(second).username == "ada"

    def test_helps_when_the_last_one_was_deactivated_in_the_database(self, capsys, admin):
        User.objects.filter(pk=admin.pk).update(is_active=False, roles=[SUPERVISOR, ADMINISTRATOR])

        ada = links.holder_of(self.create(capsys, "admin"))

        assert (ada.pk, ada.roles) == (admin.pk, [SUPERVISOR, ADMINISTRATOR])
