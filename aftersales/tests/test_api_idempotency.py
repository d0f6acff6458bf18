"""A POST may be sent again: one effect, one answer, also at the same moment and over a crash."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import get_resolver
from rest_framework.test import APIClient

from aftersales.models import IdempotentRequest
from aftersales.roles import ROLES
from aftersales.tests.api import Client, errors_of
from aftersales.tests.factories import UserFactory

CUSTOMERS = "/api/v1/customers/"
WANG = {"name": "王小明", "phones": [{"typed": "138 0013 8000"}]}


def count(client):
    return len(client.get(CUSTOMERS).json()["results"])


def in_threads(*actions):
    """Run the actions at the same moment, each on its own connection."""
    start = Barrier(len(actions))

    def run(action):
        start.wait()
        try:
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return [task.result() for task in [pool.submit(run, action) for action in actions]]


@pytest.mark.django_db
class TestSentAgain:
    def test_the_same_request_brings_the_same_bytes_and_no_second_customer(self):
        client = Client()

        first, second = (client.post(CUSTOMERS, WANG, key="a") for _time in range(2))

        assert (first.status_code, second.status_code) == (201, 201)
        assert first.content == second.content
        assert second["Idempotency-Replayed"] == "true"
        assert count(client) == 1

    def test_another_body_is_refused(self):
        client = Client()
        client.post(CUSTOMERS, WANG, key="a")

        answer = client.post(CUSTOMERS, {"name": "李娜"}, key="a")

        assert answer.status_code == 422
        assert answer.json()["type"].endswith(":idempotency_key_reused")
        assert count(client) == 1

    def test_another_address_is_refused(self):
        client = Client()
        client.post(CUSTOMERS, WANG, key="a")

        assert client.post("/api/v1/vehicles/", WANG, key="a").status_code == 422

    def test_a_key_belongs_to_one_client(self):
        mine, theirs = Client(), Client()
        mine.post(CUSTOMERS, WANG, key="a")

        assert theirs.post(CUSTOMERS, {"name": "李娜"}, key="a").status_code == 201

    def test_a_refusal_is_an_answer_like_any_other(self):
        client = Client()

        first, second = (client.post(CUSTOMERS, {"nam": "王"}, key="a") for _time in range(2))

        assert (first.status_code, second.status_code) == (400, 400)
        assert first.content == second.content
        assert second["Content-Type"] == "application/problem+json"
        assert errors_of(second) == {"nam": ["unknown"]}

    def test_a_request_that_came_to_no_answer_of_the_endpoint_leaves_the_key_unused(self):
        client = Client()
        assert (
            client.post(CUSTOMERS, WANG, key="a", headers={"Accept": "text/html"}).status_code
            == 406
        )

        assert client.post(CUSTOMERS, WANG, key="a").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "with blank", "é", "x" * 101])
def test_without_a_usable_key_nothing_is_done(key):
    client = Client()

    answer = APIClient.post(client, CUSTOMERS, WANG, headers={"Idempotency-Key": key})

    assert answer.status_code == 400
    assert answer.json()["type"].endswith(":idempotency_key_missing")
    assert count(client) == 0


def posts():
    """Return the addresses of the API that take a POST, with 1 for each id."""
    for pattern in get_resolver("aftersales.api_urls").url_patterns:
        view = getattr(pattern.callback, "cls", None)
        actions = getattr(pattern.callback, "actions", None) or {}
        if "post" in actions or hasattr(view, "post"):
            yield "/api/v1/" + str(pattern.pattern).replace("<int:customer_id>", "1").replace(
                "<int:pk>", "1"
            )


@pytest.mark.django_db
def test_every_post_asks_for_a_key():
    client = Client(UserFactory(roles=list(ROLES)))

    kinds = {path: APIClient.post(client, path).json()["type"] for path in posts()}

    assert CUSTOMERS in kinds
    assert set(kinds.values()) == {"urn:problem-type:aftersales:idempotency_key_missing"}


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_while_the_first_is_running_the_second_is_told_so(self):
        client = Client()

        with ThreadPoolExecutor(1) as pool, transaction.atomic():
            with connection.cursor() as cursor:
                # The first one waits here, in the middle of its work.
                cursor.execute("LOCK TABLE customers_customer IN EXCLUSIVE MODE")
            first = pool.submit(in_threads, lambda: client.post(CUSTOMERS, WANG, key="a"))
            self.wait_for_somebody_waiting()
            second = Client(client.user).post(CUSTOMERS, WANG, key="a")
            # Leaving the block lets the first one go on.

        assert second.status_code == 409
        assert second.json()["type"].endswith(":still_running")
        assert [answer.status_code for answer in first.result()] == [201]
        assert client.post(CUSTOMERS, WANG, key="a").content == first.result()[0].content
        assert count(client) == 1

    def test_whoever_waits_too_long_for_somebody_else_may_try_again(self):
        client = Client()

        def post_with_little_patience():
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '50ms'")
            return client.post(CUSTOMERS, WANG, key="a")

        with ThreadPoolExecutor(1) as pool, transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE customers_customer IN EXCLUSIVE MODE")
            waited = pool.submit(in_threads, post_with_little_patience).result()[0]

        assert waited.status_code == 409
        assert waited.json()["type"].endswith(":busy")
        assert client.post(CUSTOMERS, WANG, key="a").status_code == 201

    def test_two_who_save_the_same_thing_at_once_do_not_both_succeed(self):
        bodies = [{"unit_no": "U 7", "color": color} for color in ("red", "blue", "green")]
        user = Client().user

        answers = in_threads(
            *(partial(Client(user).post, "/api/v1/vehicles/", body) for body in bodies)
        )

        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]

    def test_of_many_only_one_has_an_effect(self):
        user = Client().user
        clients = [Client(user) for _number in range(6)]

        answers = in_threads(
            *(lambda client=client: client.post(CUSTOMERS, WANG, key="a") for client in clients)
        )

        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
        assert count(clients[0]) == 1

    def wait_for_somebody_waiting(self):
        with connection.cursor() as cursor:
            for _try in range(500):
                cursor.execute("SELECT pg_sleep(0.01)")
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    return
        pytest.fail("nobody waits")


@pytest.mark.django_db
def test_what_was_done_is_undone_if_its_answer_cannot_be_kept():
    client = Client()
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE aftersales_idempotentrequest"
            " ADD CONSTRAINT full_disk CHECK (false) NOT VALID"
        )

    with pytest.raises(IntegrityError, match="full_disk"), transaction.atomic():
        client.post(CUSTOMERS, WANG, key="a")

    assert count(client) == 0
    assert not IdempotentRequest.objects.exists()
