"""The OpenAPI document and the page that shows it."""

import io

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from aftersales import sessions
from aftersales.tests.api import Client
from aftersales.tests.factories import UserFactory

SCHEMA = "/api/v1/schema/"
DOCS = "/api/v1/docs/"
AS_JSON = {"Accept": "application/vnd.oai.openapi+json"}


def test_the_schema_is_valid_and_made_without_a_warning():
    written = io.StringIO()

    call_command("spectacular", "--validate", "--fail-on-warn", stdout=written)

    assert "/api/v1/customers/{id}/" in written.getvalue()


@pytest.mark.django_db
class TestWhoReadsIt:
    def test_nobody_without_login_or_token(self):
        assert APIClient().get(SCHEMA).status_code == 401

    def test_a_client(self):
        assert Client().get(SCHEMA).status_code == 200

    def test_a_person_whose_session_lives(self):
        browser = Browser()
        browser.force_login(UserFactory())
        assert browser.get(SCHEMA).status_code == 200

        session = browser.session
        session[sessions.IDLE_UNTIL] = timezone.now().timestamp() - 1
        session.save()
        assert browser.get(SCHEMA).status_code == 401


@pytest.mark.django_db
class TestWhatItSays:
    @pytest.fixture
    def schema(self):
        return Client().get(SCHEMA, headers=AS_JSON).json()

    def operations(self, schema):
        return [
            (method, path, operation)
            for path, methods in schema["paths"].items()
            for method, operation in methods.items()
        ]

    def test_every_operation_has_a_summary_a_token_and_error_answers(self, schema):
        for method, path, operation in self.operations(schema):
            assert operation["summary"], (method, path)
            assert operation["security"] == [{"token": []}], (method, path)
            assert operation["responses"].keys() >= {"401", "403", "406", "429"}, (method, path)
            assert ("404" in operation["responses"]) is ("{" in path), (method, path)

    def test_every_post_takes_an_idempotency_key_and_nothing_else_does(self, schema):
        for method, path, operation in self.operations(schema):
            names = {parameter["name"] for parameter in operation.get("parameters", [])}
            assert ("Idempotency-Key" in names) is (method == "post"), (method, path)

    def test_bodies_have_no_other_fields(self, schema):
        bodies = {
            name: body
            for name, body in schema["components"]["schemas"].items()
            if name.endswith("Request")
        }
        assert "NewCustomerInputRequest" in bodies
        assert all(body["additionalProperties"] is False for body in bodies.values())


@pytest.mark.django_db
class TestDocs:
    def test_people_log_in_first(self):
        answer = Browser().get(DOCS)

        assert (answer.status_code, answer["Location"]) == (302, f"/login/?next={DOCS}")

    def test_the_page_loads_nothing_from_elsewhere_and_runs_no_inline_script(self):
        browser = Browser()
        browser.force_login(UserFactory())

        page = browser.get(DOCS)

        assert f'data-schema-url="{reverse("api:schema")}"' in page.content.decode()
        assert "http" not in page.content.decode()
        assert "<script>" not in page.content.decode()
        assert "unsafe" not in page["Content-Security-Policy"]
