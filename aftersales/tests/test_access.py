"""Every route × every role × every method × one's own and a foreign object.

The permission table says what must come out; the routes come from the URL resolver, the
objects from `aftersales/tests/examples.py`.
"""

import hashlib

import pytest
from django.core import checks
from django.db import connection, transaction
from django.urls import path

from aftersales import access
from aftersales.checks import routes_are_classified
from aftersales.models import User
from aftersales.roles import REST_CLIENT, ROLES, SUPERVISOR
from aftersales.tests.examples import BODIES, example_of
from aftersales.tests.factories import UserFactory
from aftersales.tests.visitor import ROUTES, Addresses, Visitor, has_object, is_api
from followups.models import LetterTemplate, Policy, ReminderRule

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
EVERYTHING = list(ROLES)
# The page that shows the API to people reads this.
BY_SESSION_TOO = {"api:schema"}
# What a GET may write: that somebody was here.
PRESENCE = {"django_session", "aftersales_ratelimit", "aftersales_heartbeat"}

ACTORS = {
    **{role: [role] for role in ROLES},
    **{f"{role}, by token": [role, REST_CLIENT] for role in ROLES},
    "no role": [],
}


def outcome(answer):
    """Say in a word what became of a request."""
    if answer.status_code == 401 or answer.headers.get("Location", "").startswith("/login/?next="):
        return "login"
    words = {403: "refused", 404: "missing", 405: "no such method"}
    return words.get(answer.status_code, "open")


def expected(route, method, user, *, by_token=False, foreign=False):
    """Say in a word what the permission table promises."""
    needed = access.permission_for(route, method)
    if needed == access.PUBLIC:
        return "open"
    if user is None:
        return "login"
    if by_token and not user.has_perm("aftersales.use_api"):
        return "refused"
    if needed is None or (needed != access.LOGGED_IN and not user.has_perm(needed)):
        return "refused"
    return "missing" if foreign and not example_of(route).open_to(user) else "open"


@pytest.fixture(scope="module")
def methods(django_db_setup, django_db_blocker):
    """Return route → the methods that its view says it knows when asked for another one."""
    with django_db_blocker.unblock(), transaction.atomic():
        user = UserFactory(roles=EVERYTHING)
        browser, program = Visitor(user), Visitor(user, by_token=True)
        addresses = Addresses(user)
        known = {}
        for route in ROUTES:
            answer = (program if is_api(route) else browser).send("BREW", addresses.of(route))
            assert answer.status_code == 405, f"{route} answers any method"
            allowed = answer["Allow"].split(", ")
            known[route] = [method for method in METHODS if method in allowed]
        transaction.set_rollback(True)
    return known


def mismatches(visitor, user, methods, *, by_token=False):
    """Say which requests did not end as the permission table promises."""
    found = []
    own, foreigns = Addresses(user), Addresses()
    for route in ROUTES:
        if is_api(route) != by_token:
            continue
        for foreign in (False, True) if user and has_object(route) else (False,):
            address = (foreigns if foreign else own).of(route)
            for method in methods[route]:
                promised = expected(route, method, user, by_token=by_token, foreign=foreign)
                answer = visitor.send(method, address, BODIES.get(route, ""))
                if outcome(answer) != promised:
                    kind = "foreign" if foreign else "own"
                    found.append(f"{method} {route} ({kind}): {answer.status_code}, not {promised}")
    return "\n".join(found)


@pytest.mark.django_db
class TestPermissionTable:
    @pytest.mark.parametrize("actor", [name for name in ACTORS if not name.endswith("token")])
    def test_pages_open_as_the_table_says(self, methods, actor):
        user = UserFactory(roles=ACTORS[actor])

        assert not mismatches(Visitor(user), user, methods)

    @pytest.mark.parametrize("actor", ACTORS)
    def test_the_api_opens_as_the_table_says(self, methods, actor):
        user = UserFactory(roles=ACTORS[actor])

        visitor = Visitor(user, by_token=True)

        assert not mismatches(visitor, user, methods, by_token=True)

    def test_strangers_are_asked_to_log_in(self, methods):
        assert not mismatches(Visitor(), None, methods)
        assert not mismatches(Visitor(), None, methods, by_token=True)

    def test_deactivated_people_are_strangers(self, methods):
        user = UserFactory(roles=EVERYTHING)
        browser, program = Visitor(user), Visitor(user, by_token=True)
        User.objects.filter(pk=user.pk).update(is_active=False)

        assert not mismatches(browser, None, methods)
        assert not mismatches(program, None, methods, by_token=True)

    def test_pages_do_not_open_by_token_nor_the_api_by_session(self, methods):
        user = UserFactory(roles=EVERYTHING)
        browser, program = Visitor(user), Visitor(user, by_token=True)
        addresses = Addresses(user)

        for route in ROUTES.keys() - BY_SESSION_TOO:
            if access.ROUTES[route] != access.PUBLIC:
                visitor = browser if is_api(route) else program
                for method in methods[route]:
                    assert outcome(visitor.send(method, addresses.of(route))) == "login", route

    def test_no_view_answers_a_method_that_the_table_does_not_know(self, methods):
        unknown = [
            f"{method} {route}"
            for route, known in methods.items()
            for method in known
            if access.permission_for(route, method) is None
        ]

        assert unknown == []


class TestCompleteness:
    def test_every_route_has_a_line_and_every_line_a_route(self):
        assert set(ROUTES) == set(access.ROUTES)

    def test_every_permission_of_the_table_is_granted_to_some_role(self):
        needed = {
            permission
            for rule in access.ROUTES.values()
            for permission in (rule.values() if isinstance(rule, dict) else [rule])
        } - {access.PUBLIC, access.LOGGED_IN}

        assert needed <= {permission for role in ROLES.values() for permission in role.permissions}

    def test_a_route_without_a_line_stops_the_start(self, settings):
        settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": [path("x/", print, name="x")]})

        [error] = routes_are_classified(None)

        assert (error.level, error.id) == (checks.ERROR, "aftersales.unclassified-route")

    @pytest.mark.django_db
    def test_a_route_without_a_line_is_refused_for_everybody(self, client, monkeypatch):
        monkeypatch.delitem(access.ROUTES, "account")
        client.force_login(UserFactory(roles=EVERYTHING))

        assert client.get("/account/").status_code == 403


@pytest.mark.django_db
class TestObjects:
    def test_a_number_that_nothing_has_is_missing(self, methods):
        user = UserFactory(roles=EVERYTHING)
        browser, program = Visitor(user), Visitor(user, by_token=True)
        addresses = Addresses(user)
        found = []
        for route in filter(has_object, ROUTES):
            visitor = program if is_api(route) else browser
            made = addresses.objects_of(route)
            for name in [name for name, value in made.items() if isinstance(value, int)]:
                for number in (0, 2**31, 2**63, 10**30):
                    address = addresses.of(route, **{name: number})
                    answer = visitor.send(methods[route][0], address)
                    if answer.status_code != 404:
                        found.append(f"{methods[route][0]} {address}: {answer.status_code}")

        assert not found, "\n".join(found)

    def test_looking_changes_nothing(self, methods):
        # These are written when somebody first looks.
        Policy.objects.current()
        LetterTemplate.objects.in_use()
        ReminderRule.objects.current()
        for roles in ([SUPERVISOR], EVERYTHING):
            user = UserFactory(roles=roles)
            browser, program = Visitor(user), Visitor(user, by_token=True)
            addresses = Addresses(user)
            known = {route: addresses.of(route) for route in ROUTES if "GET" in methods[route]}
            before = digest()
            for route, address in known.items():
                writes = written()
                with transaction.atomic():
                    (program if is_api(route) else browser).get(address)
                    # A preview may write and take it back.
                    changed = written() != writes and digest() != before
                    transaction.set_rollback(True)
                assert not changed, f"GET {route} wrote something"


def written():
    """Return how many rows were written in this transaction, also those that were taken back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
            " WHERE relname <> ALL(%s)",
            [list(PRESENCE)],
        )
        return cursor.fetchone()[0]


def digest():
    """Return a number that differs when any row of any table does."""
    tables = sorted(set(connection.introspection.table_names()) - PRESENCE)
    rows = " UNION ALL ".join(
        f"SELECT '{table}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(rows)
        return hashlib.md5(repr(sorted(cursor.fetchall())).encode()).hexdigest()
