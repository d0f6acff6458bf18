"""Errors of the API have one shape, whoever notices them."""

import pytest
from django.db import connection
from django.test import Client as Browser
from rest_framework.test import APIClient

from aftersales.roles import ADMINISTRATOR, CASHIER, REST_CLIENT
from aftersales.tests.api import Client, errors_of
from aftersales.tests.factories import UserFactory
from customers.models import Customer

pytestmark = pytest.mark.django_db

CUSTOMERS = "/api/v1/customers/"


def kind_of(answer):
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem.keys() >= {"type", "title", "status", "detail", "errors"}
    assert problem["status"] == answer.status_code
    return answer.status_code, problem["type"].removeprefix("urn:problem-type:aftersales:")


def test_without_a_token_nothing_is_said_but_how_to_present_one():
    answer = APIClient().get(CUSTOMERS)

    assert kind_of(answer) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize(
    "header", ["Token", "Token a b", "Token \xff\xfe", "Token wrong", "Token \0"]
)
def test_a_token_that_is_none_is_refused(header):
    answer = APIClient().get(CUSTOMERS, HTTP_AUTHORIZATION=header)

    assert kind_of(answer) == (401, "authentication_failed")


def test_a_login_of_a_person_opens_no_endpoint():
    browser = Browser()
    browser.force_login(UserFactory(roles=[REST_CLIENT]))

    assert kind_of(browser.get(CUSTOMERS)) == (401, "not_authenticated")


def test_whoever_may_not_use_the_api_is_refused_in_spite_of_a_token():
    answer = Client(UserFactory(roles=[CASHIER, ADMINISTRATOR])).get("/api/v1/vehicles/")

    assert kind_of(answer) == (403, "permission_denied")


def test_an_address_that_leads_nowhere_is_a_problem_for_programs_and_a_page_for_people():
    assert kind_of(APIClient().get("/api/v1/nothing/")) == (404, "not_found")
    assert Browser().get("/nothing/")["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("method", ["put", "delete", "options"])
def test_methods_that_an_address_does_not_know_are_named(method):
    answer = getattr(Client(), method)(CUSTOMERS)

    assert kind_of(answer) == (405, "method_not_allowed")
    assert "POST" in answer["Allow"]


def test_answers_come_as_json_only():
    assert kind_of(Client().get(CUSTOMERS, headers={"Accept": "text/html"})) == (
        406,
        "not_acceptable",
    )


@pytest.mark.parametrize(
    ("body", "content_type", "problem"),
    [
        ("<customer/>", "application/xml", (415, "unsupported_media_type")),
        ("name=Wang", "application/x-www-form-urlencoded", (415, "unsupported_media_type")),
        ("{", "application/json", (400, "parse_error")),
        ("[" * 100_000, "application/json", (400, "parse_error")),
        ('{"name": "\\ud800"}', "application/json", (400, "parse_error")),
        ('{"name": NaN}', "application/json", (400, "parse_error")),
        (b"\xff\xfe{", "application/json", (400, "parse_error")),
        ("[]", "application/json", (400, "invalid")),
        ("null", "application/json", (400, "invalid")),
        ('{"name": "a\\u0000b"}', "application/json", (400, "invalid")),
        (b" " * 3_000_000, "application/json", (413, "too_large")),
    ],
)
@pytest.mark.parametrize("method", ["post", "patch"])
def test_bodies_that_cannot_be_read_are_refused(method, body, content_type, problem):
    client = Client()
    path = CUSTOMERS
    if method == "patch":
        path += f"{client.post(CUSTOMERS, {'name': '王小明'}).json()['id']}/"

    answer = getattr(client, method)(path, body, content_type=content_type)

    assert kind_of(answer) == problem


def test_errors_name_the_field_also_inside_of_lists():
    answer = Client().post(
        CUSTOMERS,
        {"kind": "robot", "phones": [{"typed": "138 0013 8000"}, {"typed": "x", "tail": 1}]},
    )

    assert kind_of(answer) == (400, "invalid")
    assert errors_of(answer) == {
        "name": ["required"],
        "kind": ["invalid_choice"],
        "phones.1.tail": ["unknown"],
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [("remarks", 7), ("remarks", 0.5), ("is_fleet", 1), ("is_fleet", "true"), ("remarks", ["a"])],
)
def test_a_value_has_the_type_of_its_field(name, value):
    answer = Client().post(CUSTOMERS, {"name": "王小明", name: value})

    assert errors_of(answer) == {name: ["wrong_type"]}


def test_a_program_is_answered_in_the_language_it_asks_for():
    german, korean = (
        Client().get(CUSTOMERS, {"page_size": 0}, headers={"Accept-Language": language})
        for language in ("de", "ko")
    )

    assert german["Content-Language"] == "en"
    assert korean["Content-Language"] == "ko"


def test_a_defect_of_ours_is_answered_without_a_word_about_it(settings):
    client = Client(raise_request_exception=False)
    settings.SHOP = None

    answer = client.post(CUSTOMERS, {"name": "王小明", "phones": [{"typed": "138 0013 8000"}]})

    assert kind_of(answer) == (500, "error")
    assert "SHOP" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", ['FROM "knox_authtoken"', 'INTO "customers_customer"'])
def test_while_the_database_is_away_one_is_told_when_to_come_again(statement):
    client = Client(raise_request_exception=False)

    def cut_off(execute, sql, params, many, context):
        if statement in sql:
            context["cursor"].execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(cut_off):
        answer = client.post(CUSTOMERS, {"name": "王小明"}, key="once")

    assert kind_of(answer) == (503, "unavailable")
    assert answer["Retry-After"] == "2"
    connection.close()
    assert client.post(CUSTOMERS, {"name": "王小明"}, key="once").status_code == 201
    assert Customer.objects.count() == 1
