"""`/api/v1/letters/` and `/api/v1/letter-templates/`."""

import hashlib

import pytest

from aftersales.roles import REST_CLIENT, SUPERVISOR, TRACKING_SALESMAN
from aftersales.tests.api import Client, errors_of
from aftersales.tests.factories import UserFactory
from customers.tests.factories import CustomerFactory
from followups.models import Letter, LetterTemplate
from followups.tests.factories import (
    LetterFactory,
    LetterTemplateFactory,
    MatterFactory,
    PolicyFactory,
)

pytestmark = pytest.mark.django_db
LETTERS = "/api/v1/letters/"
TEMPLATES = "/api/v1/letter-templates/"


@pytest.fixture(autouse=True)
def policy():
    return PolicyFactory()


@pytest.fixture
def client():
    return Client(UserFactory(roles=[TRACKING_SALESMAN, REST_CLIENT], name="Ma Li"))


@pytest.fixture
def boss():
    return Client(UserFactory(roles=[SUPERVISOR, REST_CLIENT]))


@pytest.fixture
def customer():
    return CustomerFactory(address="Street 1", language="en")


class TestIssuing:
    def test_a_letter_is_issued_once_for_a_key(self, client, customer):
        body = {"customer": customer.pk, "kind": "contact_check", "template_name": "Standard"}

        first = client.post(LETTERS, body, key="one")
        second = client.post(LETTERS, body, key="one")

        assert first.status_code == 201
        assert first.json() == second.json()
        letter = Letter.objects.get()
        assert first.json()["letter_no"] == letter.letter_no
        assert first.json()["subject"] == "How can we reach you?"

    def test_own_words_are_taken_as_they_are(self, client, customer):
        matter = MatterFactory(customer=customer)
        body = {
            "customer": customer.pk,
            "kind": "reply",
            "subject": "Re {x}",
            "body": "#panic()",
            "matter": matter.pk,
        }

        answer = client.post(LETTERS, body).json()

        assert (answer["subject"], answer["body"]) == ("Re {x}", "#panic()")
        assert answer["matter"] == matter.pk

    def test_what_stands_in_the_way_is_a_conflict(self, client):
        body = {
            "customer": CustomerFactory().pk,
            "kind": "contact_check",
            "template_name": "Standard",
        }

        answer = client.post(LETTERS, body)

        assert answer.status_code == 409
        assert answer.json()["detail"] == "The file has no address"
        assert not Letter.objects.exists()

    @pytest.mark.parametrize(
        "body", [{}, {"subject": "only"}, {"body": "only"}, {"template_name": "S", "subject": "x"}]
    )
    def test_half_a_text_is_refused(self, client, customer, body):
        answer = client.post(LETTERS, {"customer": customer.pk, "kind": "reply", **body})

        assert "body" in errors_of(answer)

    def test_a_matter_of_another_customer_is_refused(self, client, customer):
        body = {
            "customer": customer.pk,
            "kind": "reply",
            "subject": "a",
            "body": "b",
            "matter": MatterFactory().pk,
        }

        assert "matter" in errors_of(client.post(LETTERS, body))

    def test_a_program_without_a_role_issues_nothing(self, customer):
        assert Client().post(LETTERS, {"customer": customer.pk}).status_code == 403


class TestReading:
    def test_the_file_is_the_archived_one(self, client, customer):
        body = {"customer": customer.pk, "kind": "reply", "subject": "a", "body": "b"}
        letter = client.post(LETTERS, body).json()

        answer = client.get(f"{LETTERS}{letter['id']}/pdf/")

        assert answer.headers["Content-Type"] == "application/pdf"
        assert hashlib.sha256(answer.content).hexdigest() == letter["pdf_hash"]

    def test_a_program_sees_letters_to_whom_it_brought_in(self):
        program = Client()
        own = LetterFactory(customer__created_by=program.user)
        foreign = LetterFactory()

        found = program.get(LETTERS).json()["results"]

        assert [each["id"] for each in found] == [own.pk]
        assert program.get(f"{LETTERS}{foreign.pk}/").status_code == 404
        assert program.get(f"{LETTERS}{foreign.pk}/pdf/").status_code == 404

    @pytest.mark.parametrize("many", [1, 3])
    def test_the_number_of_queries_does_not_grow(self, client, many, django_assert_num_queries):
        LetterFactory.create_batch(many)

        with django_assert_num_queries(5):
            client.get(LETTERS)


class TestTemplates:
    WRITTEN = {
        "kind": "notice",
        "language": "en",
        "name": "Spring",
        "subject": "Dear {customer}",
        "body": "Come.",
    }

    def test_a_template_is_written_and_changed(self, boss):
        made = boss.post(TEMPLATES, self.WRITTEN).json()

        changed = boss.patch(
            f"{TEMPLATES}{made['id']}/", {"body": "Go.", "version": made["version"]}
        )

        assert changed.status_code == 200
        assert LetterTemplate.objects.get(pk=made["id"]).body == "Go."

    def test_a_stale_version_is_a_conflict(self, boss):
        template = LetterTemplateFactory()

        answer = boss.patch(f"{TEMPLATES}{template.pk}/", {"body": "Go.", "version": 99})

        assert answer.status_code == 409

    @pytest.mark.parametrize("body", ["{unknown}", "{a{b}}", "}"])
    def test_what_is_no_placeholder_is_refused(self, boss, body):
        answer = boss.post(TEMPLATES, self.WRITTEN | {"body": body})

        assert answer.status_code == 400
        assert "body" in errors_of(answer)

    def test_whoever_issues_letters_reads_templates_only(self, client):
        template = LetterTemplateFactory()

        assert client.get(f"{TEMPLATES}{template.pk}/").status_code == 200
        assert client.post(TEMPLATES, self.WRITTEN).status_code == 403
