"""Tokens: who gets one, how long it lives, how often it may ask."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from knox.models import AuthToken
from rest_framework.test import APIClient

from aftersales.models import User
from aftersales.roles import REST_CLIENT, SUPERVISOR
from aftersales.tests.api import Client
from aftersales.tests.factories import UserFactory

ME = "/api/v1/users/me/"
NOON = datetime(2025, 3, 31, 4, 0, tzinfo=UTC)


def me(token):
    return APIClient().get(ME, HTTP_AUTHORIZATION=f"Token {token}")


@pytest.fixture
def create_token(capsys):
    def create(*arguments):
        call_command("create_api_token", *arguments)
        return capsys.readouterr().out.strip()

    return create


@pytest.mark.django_db
class TestCreateApiToken:
    def test_prints_a_token_that_lives_for_90_days(self, create_token):
        UserFactory(username="dms", roles=[REST_CLIENT])
        with time_machine.travel(NOON, tick=False):
            token = create_token("dms")

        with time_machine.travel(NOON + timedelta(days=90), tick=False):
            assert me(token).json()["username"] == "dms"
        with time_machine.travel(NOON + timedelta(days=90, seconds=1), tick=False):
            assert me(token).status_code == 401

    def test_keeps_no_token_that_could_be_stolen(self, create_token):
        UserFactory(username="dms", roles=[REST_CLIENT])
        token = create_token("dms", "--days=1")

        assert token not in AuthToken.objects.values_list("digest", flat=True)

    def test_makes_a_rest_client_without_a_password_if_there_is_none(self, create_token):
        token = create_token("dms", "--name=Our DMS")

        user = User.objects.get(username="dms")
        assert (user.name, user.roles, user.has_usable_password()) == (
            "Our DMS",
            [REST_CLIENT],
            False,
        )
        assert me(token).json()["name"] == "Our DMS"

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            (["nobody"], "no user nobody"),
            (["wang"], "REST client"),
            (["gone"], "REST client"),
            (["dms", "--days=91"], "90 days"),
            (["dms", "--days=0"], "90 days"),
        ],
    )
    def test_refuses_whoever_could_not_use_it(self, create_token, arguments, reason):
        UserFactory(username="wang", roles=[SUPERVISOR])
        UserFactory(username="gone", roles=[REST_CLIENT], is_active=False)
        UserFactory(username="dms", roles=[REST_CLIENT])

        with pytest.raises(CommandError, match=reason):
            create_token(*arguments)

        assert not AuthToken.objects.exists()


@pytest.mark.django_db
def test_a_client_learns_whose_token_it_has_and_what_it_may_do():
    user = UserFactory(username="dms", name="Our DMS", roles=[REST_CLIENT])
    with time_machine.travel(NOON, tick=False):
        client = Client(user)
        answer = client.get(ME)

    assert answer.json() == {
        "id": user.pk,
        "username": "dms",
        "name": "Our DMS",
        "email": "",
        "language": "en",
        "roles": ["rest_client"],
        "permissions": sorted(user.permissions),
        "token_expires_at": "2025-03-31T22:00:00+08:00",
    }


@pytest.mark.django_db
def test_a_deactivated_user_is_out_with_the_next_request():
    client = Client()
    User.objects.filter(pk=client.user.pk).update(is_active=False)

    assert client.get(ME).status_code == 401


@pytest.mark.django_db
def test_a_client_ends_its_token_or_all_its_tokens():
    first, second, third = (Client(user) for user in [UserFactory(roles=[REST_CLIENT])] * 3)
    other = Client()

    assert first.delete("/api/v1/auth/token/").status_code == 204
    assert [client.get(ME).status_code for client in (first, second)] == [401, 200]
    assert second.delete("/api/v1/auth/tokens/").status_code == 204
    assert [client.get(ME).status_code for client in (third, other)] == [401, 200]


@pytest.mark.django_db
class TestThrottle:
    @pytest.fixture(autouse=True)
    def _three_a_minute(self, settings):
        settings.API_REQUESTS_PER_MINUTE = 3

    def test_says_when_to_come_back(self):
        client = Client()
        with time_machine.travel(NOON, tick=False) as clock:
            assert [client.get(ME).status_code for _time in range(3)] == [200, 200, 200]
            clock.shift(20)
            refused = client.get(ME)
            clock.shift(40)
            again = client.get(ME)

        assert (refused.status_code, refused["Retry-After"]) == (429, "40")
        assert refused.json()["type"].endswith(":throttled")
        assert again.status_code == 200

    def test_counts_all_tokens_of_a_user_but_not_those_of_others(self):
        user = UserFactory(roles=[REST_CLIENT])
        mine = [Client(user), Client(user)]

        assert [mine[number % 2].get(ME).status_code for number in range(4)] == [200, 200, 200, 429]
        assert Client().get(ME).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_many_requests_at_the_same_moment_no_more_than_allowed_come_through(settings):
    settings.API_REQUESTS_PER_MINUTE = 5
    client = Client()

    def ask(_number):
        try:
            return client.get(ME).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(40)))

    assert (answers.count(200), answers.count(429)) == (5, 35)
