"""The accounts of everybody, for who looks after them."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from aftersales.models import User
from aftersales.roles import ADMINISTRATOR, REST_CLIENT, SERVICE_ADVISOR, SUPERVISOR
from aftersales.services import links, users
from aftersales.tests.factories import SupervisorFactory, UserFactory
from aftersales.tests.parallel import in_parallel

NOW = datetime(2025, 3, 31, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


class AdministratorFactory(UserFactory):
    roles = [ADMINISTRATOR]


@pytest.fixture
def admin(db):
    return AdministratorFactory(username="admin", name="Ada Admin")


@pytest.fixture
def anna(db):
    return UserFactory(username="anna", name="Anna", email="anna@example.com")


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin)
    return client


def fields_of(user, **changed):
    """Return what the form of an account sends."""
    names = ("name", "email", "language", "roles", "version")
    return {name: getattr(user, name) for name in names} | changed


def change(user, *, by, **changed):
    return users.change_user(user.pk, by=by, **fields_of(user, **changed))


class TestList:
    @pytest.mark.parametrize("count", [1, 3])
    def test_takes_a_fixed_number_of_queries(self, db, client, django_assert_num_queries, count):
        UserFactory.create_batch(count, roles=[SERVICE_ADVISOR])
        client.force_login(SupervisorFactory())
        client.get("/users/")

        with django_assert_num_queries(4):  # session, user, heartbeat, users
            client.get("/users/")

    def test_shows_who_works_here(self, as_admin, admin, anna):
        UserFactory(name="Ben", is_active=False)

        assert list(as_admin.get("/users/").context["users"]) == [admin, anna]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("q=ANN", ["Anna"]),
            ("q=ada", ["Ada Admin"]),
            ("role=administrator", ["Ada Admin"]),
            ("state=inactive", ["Ben"]),
            ("state=all", ["Ada Admin", "Anna", "Ben"]),
            ("state=all&q=b&role=supervisor", ["Ben"]),
            ("role=nonsense", []),
        ],
    )
    def test_is_narrowed_by_name_role_and_state(self, as_admin, anna, query, found):
        UserFactory(name="Ben", roles=[SUPERVISOR], is_active=False)

        shown = as_admin.get(f"/users/?{query}").context["users"]

        assert [user.name for user in shown] == found


class TestCreate:
    def test_makes_an_account_without_a_password_and_shows_a_link_once(self, as_admin, admin):
        answer = as_admin.post(
            "/users/new/",
            {
                "username": "ben",
                "name": "Ben",
                "email": "ben@example.com",
                "language": "ko",
                "roles": [SUPERVISOR, SERVICE_ADVISOR],
            },
        )

        ben = User.objects.get(username="ben")
        assert (ben.name, ben.email, ben.language) == ("Ben", "ben@example.com", "ko")
        assert ben.roles == [SERVICE_ADVISOR, SUPERVISOR]
        assert not ben.has_usable_password()
        address = answer.context["address"]
        assert links.holder_of(address.rstrip("/").rpartition("/")[2]) == ben
        assert address not in as_admin.get(reverse("user", args=[ben.pk])).content.decode()

    def test_refuses_a_user_name_that_somebody_has(self, as_admin, anna):
        answer = as_admin.post("/users/new/", {"username": "anna", "name": "X", "language": "en"})

        assert "username" in answer.context["form"].errors

    def test_two_who_take_the_same_name_at_once_get_a_clear_answer(self, admin, anna):
        with pytest.raises(users.UsernameTaken):
            users.create_user(
                by=admin, username="anna", name="X", email="", language="en", roles=[]
            )

    def test_refuses_roles_that_do_not_exist(self, as_admin, anna):
        answer = as_admin.post(
            "/users/new/",
            {"username": "ben", "name": "Ben", "language": "en", "roles": ["superuser"]},
        )

        assert "roles" in answer.context["form"].errors
        with pytest.raises(IntegrityError, match="aftersales_user_has_known_roles"):
            UserFactory(roles=["superuser"])


class TestChange:
    def test_saves_what_the_form_says_and_nothing_else(self, as_admin, anna):
        sent = fields_of(anna, name="Anna B.", roles=[SERVICE_ADVISOR])
        as_admin.post(
            f"/users/{anna.pk}/change/",
            {**sent, "is_active": "", "username": "root", "password": "x", "theme": "dark"},
        )

        after = User.objects.get(pk=anna.pk)
        assert (after.name, after.roles) == ("Anna B.", [SERVICE_ADVISOR])
        kept = ("username", "password", "is_active", "theme", "email")
        assert [getattr(after, name) for name in kept] == [getattr(anna, name) for name in kept]

    def test_of_two_who_edit_at_once_the_second_is_shown_what_the_first_saved(
        self, as_admin, admin, anna
    ):
        change(anna, by=admin, name="Anna the First")

        answer = as_admin.post(f"/users/{anna.pk}/change/", fields_of(anna, name="Anna the Second"))

        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Anna the First" in page
        assert 'value="Anna the Second"' in page
        again = re.search(r'name="version" value="(\d+)"', page)[1]
        as_admin.post(
            f"/users/{anna.pk}/change/", fields_of(anna, name="Anna the Second", version=again)
        )
        assert User.objects.get(pk=anna.pk).name == "Anna the Second"

    def test_a_login_meanwhile_is_no_change(self, client, admin, anna):
        client.post("/login/", {"username": "anna", "password": PASSWORD})

        assert change(anna, by=admin, name="Anna B.").name == "Anna B."

    def test_nobody_changes_his_own_roles(self, as_admin, admin):
        with pytest.raises(users.OwnRights):
            change(admin, by=admin, roles=[ADMINISTRATOR, SUPERVISOR])

        as_admin.post(
            f"/users/{admin.pk}/change/", fields_of(admin, name="Ada", roles=[SUPERVISOR])
        )
        admin.refresh_from_db()
        assert (admin.name, admin.roles) == ("Ada", [ADMINISTRATOR])

    def test_the_order_of_the_roles_is_no_change(self, admin):
        admin.roles = [SUPERVISOR, ADMINISTRATOR]
        admin.save()

        changed = change(User.objects.get(pk=admin.pk), by=admin, roles=[ADMINISTRATOR, SUPERVISOR])

        assert set(changed.roles) == {ADMINISTRATOR, SUPERVISOR}


class TestLastAdministrator:
    def test_keeps_the_role(self, admin):
        supervisor = SupervisorFactory()

        with pytest.raises(users.LastAdministrator):
            change(admin, by=supervisor, roles=[])

    def test_stays_active(self, admin):
        with pytest.raises(users.LastAdministrator):
            users.deactivate_user(admin.pk, by=SupervisorFactory())

    def test_is_not_the_last_while_there_is_another(self, admin):
        other = AdministratorFactory()
        AdministratorFactory(is_active=False)

        assert not users.deactivate_user(other.pk, by=admin).is_active
        with pytest.raises(users.LastAdministrator):
            users.deactivate_user(admin.pk, by=SupervisorFactory())

    @pytest.mark.django_db(transaction=True)
    def test_two_who_deactivate_each_other_leave_one(self):
        one, other = AdministratorFactory.create_batch(2)

        def deactivate(target, by):
            with suppress(users.LastAdministrator):
                users.deactivate_user(target.pk, by=by)

        in_parallel(partial(deactivate, one, by=other), partial(deactivate, other, by=one))

        assert User.objects.active().count() == 1


class TestDeactivate:
    def test_asks_first_and_ends_the_tokens_too(self, as_admin, anna):
        anna.roles = [REST_CLIENT]
        anna.save()
        _token, secret = AuthToken.objects.create(anna)
        address = f"/users/{anna.pk}/deactivate/"

        assert b"Deactivate Anna?" in as_admin.get(address).content
        assert User.objects.get(pk=anna.pk).is_active
        as_admin.post(address)

        assert not User.objects.get(pk=anna.pk).is_active
        users.reactivate_user(anna.pk, by=anna)
        answer = Client().get("/api/v1/users/me/", headers={"Authorization": f"Token {secret}"})
        assert answer.status_code == 401

    def test_nobody_deactivates_himself(self, as_admin, admin):
        AdministratorFactory()

        as_admin.post(f"/users/{admin.pk}/deactivate/")

        assert User.objects.get(pk=admin.pk).is_active

    def test_whoever_comes_back_has_password_and_roles_of_before(self, client, as_admin, anna):
        users.deactivate_user(anna.pk, by=AdministratorFactory())

        as_admin.post(f"/users/{anna.pk}/reactivate/")

        answer = Client().post("/login/", {"username": "anna", "password": PASSWORD})
        assert answer.status_code == 302

    def test_nobody_is_ever_deleted(self, anna):
        with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
            anna.delete()
        with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
            User.objects.filter(pk=anna.pk)._raw_delete("default")

        assert User.objects.filter(pk=anna.pk).exists()


class TestHistory:
    def test_says_who_changed_what_and_when_before_and_after(self, as_admin, admin, anna):
        with time_machine.travel(NOW, tick=False):
            links.issue(anna.pk, by=admin, now=NOW)
        anna.refresh_from_db()
        change(anna, by=admin, name="Anna B.", roles=[SERVICE_ADVISOR])

        newest, link, created = as_admin.get(f"/users/{anna.pk}/").context["history"]

        assert (newest.by, link.by, created.by) == ("Ada Admin", "Ada Admin", "")
        assert [(field.before, field.after) for field in newest.fields] == [
            ("Anna", "Anna B."),
            ("", "Service advisor"),
        ]
        assert [field.label for field in link.fields] == ["Link for a new password"]

    def test_a_password_is_never_in_it(self, as_admin, anna):
        page = as_admin.get(f"/users/{anna.pk}/").content.decode()

        assert anna.password not in page
