"""Pages of templates, single letters, batches, and the register (REG-02, form F4)."""

import hashlib
import re
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from aftersales.roles import SUPERVISOR, TRACKING_SALESMAN
from aftersales.tests.factories import UserFactory
from customers.models import Customer
from customers.tests.factories import CustomerFactory
from followups.models import (
    BatchState,
    Letter,
    LetterBatch,
    LetterEvent,
    LetterKind,
    LetterTemplate,
)
from followups.services import letter_batches, letters
from followups.tests.factories import (
    CallFactory,
    FollowUpFactory,
    LetterTemplateFactory,
    MatterFactory,
    PolicyFactory,
)
from followups.views import letter_batches as letter_batches_views

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 4, 5, 2, 0, tzinfo=UTC)
TODAY = date(2025, 4, 5)


@pytest.fixture(autouse=True)
def _world():
    PolicyFactory()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def boss():
    return UserFactory(roles=[SUPERVISOR], name="Zhou")


@pytest.fixture
def visitor(boss):
    visitor = Client()
    visitor.force_login(boss)
    return visitor


@pytest.fixture
def customer():
    return CustomerFactory(address="Street 1", postal_code="510000", language="en", name="Wang")


def prepared(boss, *customers):
    return letter_batches.prepare_batch(
        kind=LetterKind.CONTACT_CHECK,
        template_name="Standard",
        customers=Customer.objects.filter(pk__in=[customer.pk for customer in customers]),
        by=boss,
        operation=uuid4(),
    )


def issued(boss, *customers):
    batch = prepared(boss, *customers)
    letters.start(batch.pk, by=boss, now=NOW)
    letters.issue_all(batch.pk, now=NOW)
    return batch


def page(visitor, route, *args, **query):
    return visitor.get(reverse(f"followups:{route}", args=args), query)


def send(visitor, route, *args, follow=True, **data):
    return visitor.post(reverse(f"followups:{route}", args=args), data, follow=follow)


class TestTemplates:
    def typed(self, **fields):
        return {
            "kind": "notice",
            "language": "en",
            "name": "Spring",
            "subject": "Dear {customer}",
            "body": "Come.",
            "is_active": "on",
        } | fields

    def test_a_shop_begins_with_one_of_each_kind_in_each_language(self, visitor):
        shown = page(visitor, "letter-templates").content.decode()

        assert LetterTemplate.objects.count() == 12
        assert "请核实您的联系方式" in shown
        assert "연락처 확인 부탁드립니다" in shown

    def test_a_template_is_written_and_changed_with_history(self, visitor):
        send(visitor, "create-letter-template", **self.typed())
        template = LetterTemplate.objects.get(name="Spring")

        shown = send(
            visitor,
            "letter-template",
            template.pk,
            **self.typed(subject="Hello {customer}", version=template.version),
        )

        template.refresh_from_db()
        assert template.subject == "Hello {customer}"
        assert "Dear {customer}" in shown.content.decode()

    @pytest.mark.parametrize("body", ["{unknown}", "{a{customer}}", "{", "{customer.pk}"])
    def test_what_is_no_placeholder_is_refused_with_its_name(self, visitor, body):
        shown = send(visitor, "create-letter-template", **self.typed(body=body))

        assert shown.status_code == 422
        assert not LetterTemplate.objects.filter(name="Spring").exists()
        if body != "{":
            assert body in shown.content.decode()

    def test_two_who_change_it_see_both_versions(self, visitor):
        template = LetterTemplateFactory(language="en", kind="notice", name="Spring")
        LetterTemplate.objects.filter(pk=template.pk).update(body="By somebody else")

        shown = send(
            visitor, "letter-template", template.pk, **self.typed(version=template.version)
        )

        assert shown.status_code == 409
        assert "By somebody else" in shown.content.decode()

    def test_the_same_name_twice_is_refused(self, visitor):
        LetterTemplateFactory(language="en", kind="notice", name="Spring")

        assert send(visitor, "create-letter-template", **self.typed()).status_code == 422

    def test_the_preview_shows_pages_and_problems_and_saves_nothing(self, visitor):
        before = LetterTemplate.objects.count()

        shown = send(visitor, "preview-letter-template", **self.typed(body="{wrong}"))

        assert "data:image/png;base64," in shown.content.decode()
        assert "{wrong}" in shown.content.decode()
        assert LetterTemplate.objects.count() == before

    def test_the_preview_opens_as_pdf(self, visitor):
        shown = send(visitor, "preview-letter-template", **self.typed(), pdf="1")

        assert shown.headers["Content-Type"] == "application/pdf"
        assert shown.content.startswith(b"%PDF")

    def test_whoever_makes_calls_does_not_change_templates(self):
        visitor = Client()
        visitor.force_login(UserFactory(roles=[TRACKING_SALESMAN]))

        assert page(visitor, "letter-templates").status_code == 403


class TestWriting:
    def typed(self, **fields):
        return {
            "template": "contact_check:Standard",
            "channel": "post",
            "subject": "About your car",
            "body": "Dear Wang, {customer} <b>",
            "operation": uuid4(),
        } | fields

    def test_the_text_is_filled_in_for_the_customer(self, visitor, customer):
        shown = page(visitor, "write-letter", customer.pk).content.decode()

        assert "Dear Wang," in shown
        assert "How can we reach you?" in shown
        assert not LetterBatch.objects.exists()

    def test_an_answer_to_a_matter_is_proposed_with_its_words(self, visitor, customer):
        matter = MatterFactory(
            customer=customer, call=CallFactory(customer=customer), solution="New pads."
        )

        shown = page(visitor, "write-letter", customer.pk, matter=matter.pk).content.decode()

        assert "The brakes squeal." in shown
        assert "New pads." in shown

    def test_it_is_issued_once_however_often_it_is_sent(self, visitor, customer):
        data = self.typed()

        first = send(visitor, "write-letter", customer.pk, follow=False, **data)
        second = send(visitor, "write-letter", customer.pk, follow=False, **data)

        letter = Letter.objects.get()
        assert first.url == second.url == letter.get_absolute_url()
        assert letter.body == "Dear Wang, {customer} <b>"

    def test_what_stands_in_the_way_is_said_and_the_text_kept(self, visitor, customer):
        Customer.objects.filter(pk=customer.pk).update(address="")

        shown = send(visitor, "write-letter", customer.pk, **self.typed())

        assert shown.status_code == 422
        assert "The file has no address" in shown.content.decode()
        assert "About your car" in shown.content.decode()
        assert not LetterBatch.objects.exists()

    def test_the_preview_writes_nothing(self, visitor, customer):
        shown = send(visitor, "preview-written-letter", customer.pk, **self.typed())

        assert "data:image/png;base64," in shown.content.decode()
        assert not LetterBatch.objects.exists()

    @pytest.mark.parametrize("name", ["call", "matter", "follow_up"])
    def test_what_belongs_to_another_customer_is_not_found(self, visitor, customer, name):
        other = {"call": CallFactory, "matter": MatterFactory, "follow_up": FollowUpFactory}[name]()

        assert page(visitor, "write-letter", customer.pk, **{name: other.pk}).status_code == 404


class TestBatches:
    def test_a_filtered_list_of_customers_is_prepared(self, visitor, customer):
        CustomerFactory(address="Street 2", district="Tianhe")
        address = reverse("followups:prepare-letters") + "?district=Tianhe"

        shown = visitor.post(
            address,
            {"template": "contact_check:Standard", "channel": "post", "operation": uuid4()},
            follow=True,
        )

        batch = LetterBatch.objects.get()
        assert shown.redirect_chain[-1][0] == batch.get_absolute_url()
        assert [item.customer.district for item in batch.items.all()] == ["Tianhe"]

    def test_all_whom_nobody_reached_are_prepared(self, visitor, customer):
        FollowUpFactory(
            customer=customer,
            state="done",
            ending="unreachable",
            closed_at=NOW,
            closed_on=TODAY,
        )
        CustomerFactory(address="Street 2")
        address = reverse("followups:prepare-letters") + "?list=unreachable"

        visitor.post(
            address,
            {"template": "contact_check:Standard", "channel": "post", "operation": uuid4()},
        )

        assert [item.customer for item in LetterBatch.objects.get().items.all()] == [customer]

    def test_who_is_left_out_is_named_with_the_reason(self, visitor, boss, customer):
        batch = prepared(boss, customer, CustomerFactory(name="Nameless"))
        [item] = batch.items.filter(customer=customer)
        send(visitor, "leave-out-letters", batch.pk, items=[item.pk], because="moved away")

        shown = visitor.get(batch.get_absolute_url() + "?show=left_out").content.decode()

        assert "moved away" in shown
        assert "The file has no address" in shown
        assert "Issue 0 letters" in shown

    def test_a_large_batch_stands_before_all_of_it_is_looked_through(
        self, visitor, boss, customer, monkeypatch
    ):
        monkeypatch.setattr(letter_batches_views, "LOOKED_THROUGH_AT_ONCE", 1)
        batch = prepared(boss, customer, CustomerFactory(name="Nameless"))
        address = batch.get_absolute_url()

        first = visitor.get(address).content.decode()
        asked = visitor.get(address + "?count=1").content.decode()
        kept = visitor.get(address).content.decode()

        assert "Looking for what stands in the way" in first
        assert 'hx-get="?count=1' in first
        assert "Nameless" in first
        assert "Issue" not in re.sub(r"<nav.*?</nav>", "", first, flags=re.DOTALL)
        for shown in (asked, kept):
            assert "Issue 1 letter" in shown
            assert "The file has no address: 1" in shown
            assert "hx-get" not in re.search(r'id="counted".*?</div>', shown, re.DOTALL)[0]

    def test_rows_are_as_of_now_although_the_count_is_kept(
        self, visitor, boss, customer, monkeypatch
    ):
        monkeypatch.setattr(letter_batches_views, "LOOKED_THROUGH_AT_ONCE", 1)
        batch = prepared(boss, customer, CustomerFactory(address="A"))
        address = batch.get_absolute_url()
        assert "Issue 2 letters" in visitor.get(address + "?count=1").content.decode()
        Customer.objects.filter(pk=customer.pk).update(address="")

        kept = visitor.get(address).content.decode()
        anew = visitor.get(address + "?count=1").content.decode()
        send(visitor, "issue-letters", batch.pk)

        assert "Issue 2 letters" in kept
        assert "The file has no address" in kept
        assert "Issue 1 letter<" in anew
        assert Letter.objects.get().customer != customer

    def test_the_letters_can_be_narrowed_to_those_that_are_issued(
        self, visitor, boss, customer, monkeypatch
    ):
        monkeypatch.setattr(letter_batches_views, "LOOKED_THROUGH_AT_ONCE", 1)
        batch = prepared(boss, customer, CustomerFactory(name="Nameless"))
        address = batch.get_absolute_url()

        ready = visitor.get(address + "?show=ready").content.decode()
        left_out = visitor.get(address + "?show=left_out").content.decode()

        assert "Wang" in ready
        assert "Nameless" not in ready
        assert "Nameless" in left_out
        assert "Wang" not in left_out

    def test_leaving_out_without_a_reason_is_refused(self, visitor, boss, customer):
        batch = prepared(boss, customer)

        shown = send(visitor, "leave-out-letters", batch.pk, items=[batch.items.get().pk])

        assert "say why" in shown.content.decode()
        assert batch.items.get().left_out_because == ""

    def test_every_letter_can_be_looked_at(self, visitor, boss, customer):
        batch = prepared(boss, customer, CustomerFactory(address="A"))
        first, second = batch.items.all()

        shown = page(visitor, "preview-letter", batch.pk, first.pk).content.decode()

        assert "1 of 2" in shown
        assert reverse("followups:preview-letter", args=[batch.pk, second.pk]) in shown
        assert "data:image/png;base64," in shown
        assert not Letter.objects.exists()

    def test_issued_printed_labeled_and_posted(self, visitor, boss, customer):
        batch = prepared(boss, customer, CustomerFactory(address="A"))

        send(visitor, "issue-letters", batch.pk)
        again = send(visitor, "issue-letters", batch.pk).content.decode()

        assert "in another state by now" in again
        assert Letter.objects.count() == 2
        for route, args in [
            ("print-letters", [1]),
            ("print-labels", []),
            ("posting-list", []),
        ]:
            assert page(visitor, route, batch.pk, *args).content.startswith(b"%PDF")
        assert page(visitor, "print-letters", batch.pk, 2).status_code == 404
        send(visitor, "post-letters", batch.pk, on="2025-04-05")
        send(visitor, "post-letters", batch.pk, on="2025-04-05")
        assert LetterEvent.objects.filter(kind="posted").count() == 2

    @pytest.mark.parametrize(
        ("on", "text"), [("2025-04-06", "not come yet"), ("2025-04-04", "later")]
    )
    def test_the_day_of_posting_is_plausible(self, visitor, boss, customer, on, text):
        batch = issued(boss, customer)

        shown = send(visitor, "post-letters", batch.pk, on=on).content.decode()

        assert text in shown
        assert not LetterEvent.objects.exists()

    def test_progress_leads_to_the_page_once_all_are_issued(self, visitor, boss, customer):
        batch = prepared(boss, customer)
        letters.start(batch.pk, by=boss, now=NOW)
        assert "0 of 1" in page(visitor, "letter-batch-progress", batch.pk).content.decode()

        letters.issue_all(batch.pk, now=NOW)

        done = page(visitor, "letter-batch-progress", batch.pk)
        assert done.headers["HX-Redirect"] == batch.get_absolute_url()

    def test_discarded_letters_were_never_issued(self, visitor, boss, customer):
        batch = prepared(boss, customer)

        send(visitor, "discard-letters", batch.pk)

        batch.refresh_from_db()
        assert batch.state == BatchState.DISCARDED
        assert send(visitor, "issue-letters", batch.pk).status_code == 200
        assert not Letter.objects.exists()

    @pytest.mark.parametrize("many", [1, 3])
    def test_the_number_of_queries_does_not_grow(
        self, visitor, boss, many, django_assert_num_queries
    ):
        batch = prepared(boss, *[CustomerFactory(address="A") for _ in range(many)])
        visitor.get(batch.get_absolute_url())

        with django_assert_num_queries(15):
            visitor.get(batch.get_absolute_url())


class TestRegister:
    def test_the_list_narrows_by_what_became_of_the_letters(self, visitor, boss, customer):
        batch = issued(boss, customer, CustomerFactory(address="A", name="Li"))
        first = batch.letters.get(customer=customer)
        LetterEvent.objects.create(letter=first, kind="posted", on=TODAY)
        LetterEvent.objects.create(letter=first, kind="returned", on=TODAY)

        def found(state):
            shown = page(visitor, "letters", state=state).content.decode()
            return [each for each in ("Wang", "Li") if f">{each}</a>" in shown]

        assert found("here") == ["Li"]
        assert found("out") == ["Wang"]
        assert found("returned") == ["Wang"]
        assert found("answered") == []
        assert found("") == ["Wang", "Li"]

    def test_the_form_is_in_the_order_of_the_numbers(self, visitor, boss):
        issued(boss, *[CustomerFactory(address="A") for _ in range(3)])

        shown = page(visitor, "letter-register-form").content.decode()

        assert re.findall(r"L-2025-00000\d", shown) == [
            "L-2025-000001",
            "L-2025-000002",
            "L-2025-000003",
        ]

    @pytest.mark.parametrize("file_format", ["csv", "xlsx"])
    def test_it_is_exported_and_no_cell_is_a_formula(self, visitor, boss, file_format):
        issued(boss, CustomerFactory(address="=1+1", name="@Wang", language="en"))

        answer = page(visitor, "export-letters", file_format)

        content = b"".join(answer.streaming_content)
        if file_format == "csv":
            assert b"'=1+1" in content
            assert b"'@Wang" in content
        else:
            assert content.startswith(b"PK")

    def test_the_file_is_the_archived_one_and_its_reprint_is_marked(self, visitor, boss, customer):
        letter = issued(boss, customer).letters.get()

        archived = page(visitor, "letter-file", letter.pk)
        copy = page(visitor, "letter-file", letter.pk, copy="")

        assert hashlib.sha256(archived.content).hexdigest() == letter.pdf_hash
        assert archived.headers["Content-Type"] == "application/pdf"
        assert copy.content.startswith(b"%PDF")
        assert copy.content != archived.content

    def test_what_became_of_a_letter_is_noted_in_order(self, visitor, boss, customer):
        letter = issued(boss, customer).letters.get()

        def note(kind, on="2025-04-05"):
            return send(visitor, "note-letter", letter.pk, kind=kind, on=on, note="")

        assert note("returned").status_code == 422
        assert note("posted", on="2025-04-04").status_code == 422
        assert note("posted").status_code == 200
        assert note("posted").status_code == 422
        assert note("answered").status_code == 200
        assert [event.kind for event in letter.events.all()] == ["posted", "answered"]

    @pytest.mark.parametrize("many", [1, 3])
    def test_the_number_of_queries_does_not_grow(
        self, visitor, boss, many, django_assert_num_queries
    ):
        issued(boss, *[CustomerFactory(address="A") for _ in range(many)])
        page(visitor, "letters")

        with django_assert_num_queries(6):
            page(visitor, "letters")
