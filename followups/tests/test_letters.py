"""Letters are prepared, and issued exactly once: number, file, line and what follows (REG-02)."""

import hashlib
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from aftersales.tests.factories import UserFactory
from aftersales.tests.parallel import in_parallel
from customers.models import Channel, ContactPurpose, ContactRefusal, Customer
from customers.tests.factories import CustomerFactory, PhoneFactory
from followups import letter_paper
from followups.letter_drafts import drafts
from followups.models import (
    BatchItem,
    BatchState,
    Ending,
    FollowUp,
    Letter,
    LetterBatch,
    LetterEvent,
    LetterFile,
    LetterKind,
    LetterTemplate,
    Matter,
    Obstacle,
    OutboxMessage,
)
from followups.services import letter_batches, letters
from followups.services.letter_batches import NotNow
from followups.tests.factories import (
    CallFactory,
    CampaignFactory,
    FollowUpFactory,
    InvitationFactory,
    LetterTemplateFactory,
    MatterFactory,
    PolicyFactory,
    TrackerFactory,
)
from followups.verification import verify

NOW = datetime(2025, 4, 5, 2, 0, tzinfo=UTC)
TODAY = date(2025, 4, 5)


def prepared(*customers, by=None, kind=LetterKind.CONTACT_CHECK, **more):
    return letter_batches.prepare_batch(
        kind=kind,
        template_name="Short",
        customers=Customer.objects.filter(pk__in=[customer.pk for customer in customers]),
        by=by or TrackerFactory(),
        operation=uuid4(),
        **more,
    )


def issued(batch, now=NOW):
    letters.start(batch.pk, by=batch.created_by, now=now)
    letters.issue_all(batch.pk, now=now)
    batch.refresh_from_db()
    return list(batch.letters.order_by("pk"))


def obstacles(batch):
    found = drafts(batch, batch.items.all(), handler=batch.created_by, now=NOW)
    return [draft.obstacle for draft in found]


def reads_only(execute, sql, params, many, context):
    assert sql.startswith("SELECT")
    return execute(sql, params, many, context)


@pytest.fixture(autouse=True)
def _texts(db):
    PolicyFactory()
    for kind in LetterKind:
        LetterTemplateFactory(kind=kind)


@pytest.fixture
def customer():
    return CustomerFactory(address="Street 1", postal_code="510000")


class TestIssue:
    def test_a_letter_has_number_file_and_hash(self, customer):
        [letter] = issued(prepared(customer))

        assert letter.letter_no == "L-2025-000001"
        assert (letter.customer_name, letter.address) == ("王小明", "Street 1")
        assert letter.subject == "Hello 王小明"
        content = bytes(letter.file.content)
        assert hashlib.sha256(content).hexdigest() == letter.pdf_hash
        assert letter.file.pages == 1
        assert content.startswith(b"%PDF")

    def test_numbers_go_on_without_gaps_in_the_order_of_the_list(self):
        first = prepared(*[CustomerFactory(address="A", name=name) for name in ("丙", "甲", "乙")])
        second = prepared(CustomerFactory(address="A"))

        numbers = [letter.number for letter in issued(first) + issued(second)]

        assert numbers == [1, 2, 3, 4]
        assert not verify(Letter).findings

    def test_a_new_year_begins_anew(self, customer):
        issued(prepared(customer))

        [letter] = issued(prepared(customer), now=datetime(2025, 12, 31, 16, 0, tzinfo=UTC))

        assert letter.letter_no == "L-2026-000001"

    def test_a_batch_is_issued_in_several_transactions_and_resumed(self):
        batch = prepared(*[CustomerFactory(address="A") for _ in range(3)])
        letters.start(batch.pk, by=batch.created_by, now=NOW)

        assert letters.issue_some(batch.pk, now=NOW, most=2)
        assert Letter.objects.count() == 2
        assert letters.unfinished() == [batch.pk]
        letters.issue_all(batch.pk, now=NOW)

        batch.refresh_from_db()
        assert batch.state == BatchState.ISSUED
        assert Letter.objects.count() == 3
        assert letters.unfinished() == []

    def test_a_batch_is_issued_once(self, customer):
        batch = prepared(customer)
        issued(batch)

        with pytest.raises(NotNow):
            letters.start(batch.pk, by=batch.created_by, now=NOW)
        letters.issue_all(batch.pk, now=NOW)

        assert Letter.objects.count() == 1

    def test_nothing_to_issue_is_said(self):
        batch = prepared(CustomerFactory(address="A"))
        letter_batches.leave_out(
            batch.pk, batch.items.values_list("pk", flat=True), because="no", by=batch.created_by
        )

        with pytest.raises(letters.NothingToIssue):
            letters.start(batch.pk, by=batch.created_by, now=NOW)

    def test_the_follow_up_ends_with_its_letter(self, customer):
        invitation = InvitationFactory(customer=customer, told_on=date(2025, 4, 4))
        owed = FollowUpFactory(
            kind="campaign_letter",
            order=None,
            customer=customer,
            invitation=invitation,
            fact_on=date(2025, 4, 4),
            opens_on=date(2025, 4, 4),
            target_on=date(2025, 4, 4),
            due_on=date(2025, 4, 6),
        )
        batch = letter_batches.prepare_batch(
            kind=LetterKind.INVITATION,
            template_name="Short",
            follow_ups=FollowUp.objects.filter(pk=owed.pk),
            campaign=invitation.campaign,
            by=TrackerFactory(),
            operation=uuid4(),
        )

        [letter] = issued(batch)

        owed.refresh_from_db()
        assert (owed.state, owed.ending, owed.closed_on) == ("done", Ending.SENT, TODAY)
        assert owed.closed_by == batch.created_by
        assert (letter.told_on, letter.due_on) == (date(2025, 4, 4), date(2025, 4, 6))
        assert letter.follow_up == owed

    def test_a_follow_up_that_ended_meanwhile_gets_no_letter(self, customer):
        owed = FollowUpFactory(
            customer=customer,
            state="cancelled",
            ending="called_off",
            closed_at=NOW,
            closed_on=TODAY,
        )
        batch = letter_batches.prepare_batch(
            kind=LetterKind.CONTACT_CHECK,
            template_name="Short",
            follow_ups=FollowUp.objects.filter(pk=owed.pk),
            by=TrackerFactory(),
            operation=uuid4(),
        )

        assert issued(batch) == []
        assert batch.items.get().obstacle == Obstacle.FOLLOW_UP_ENDED

    def test_an_e_mail_lies_in_the_outbox_with_its_letter(self):
        batch = prepared(CustomerFactory(email="wang@example.com"), channel="email")

        [letter] = issued(batch)

        message = OutboxMessage.objects.get()
        assert (message.letter, message.recipient) == (letter, "wang@example.com")
        assert message.subject == "Hello 王小明"

    def test_a_text_message_goes_to_a_number_that_works(self):
        customer = CustomerFactory()
        PhoneFactory(customer=customer, typed="13800138000", is_primary=True, is_bad=True)
        good = PhoneFactory(customer=customer, typed="13800138001")

        [letter] = issued(prepared(customer, channel="sms"))

        assert letter.recipient == good.e164
        assert OutboxMessage.objects.get().channel == "sms"

    def test_preview_writes_nothing(self, customer):
        batch = prepared(customer)

        with connection.execute_wrapper(reads_only):
            [draft] = drafts(batch, batch.items.all(), handler=batch.created_by, now=NOW)
            letter_paper.draw(draft.on_paper(dated=TODAY, handler=batch.created_by), now=NOW)

        assert draft.body == "We write to 王小明."
        assert not Letter.objects.exists()

    def test_own_words_are_printed_as_they_are(self, customer):
        batch = letter_batches.prepare_letter(
            BatchItem(customer=customer, subject="{plate}", body="{customer} {{x}}"),
            kind=LetterKind.REPLY,
            by=TrackerFactory(),
            operation=uuid4(),
        )

        [letter] = issued(batch)

        assert (letter.subject, letter.body) == ("{plate}", "{customer} {{x}}")

    def test_a_reply_is_tied_to_what_it_answers(self, customer):
        call = CallFactory(customer=customer)
        matter = MatterFactory(customer=customer, call=call, solution="New pads.")
        LetterTemplateFactory(
            kind=LetterKind.REPLY, name="Answer", body="{matter} {heard_on}: {answer}"
        )
        batch = letter_batches.prepare_letter(
            BatchItem(customer=customer, matter=matter, call=call),
            kind=LetterKind.REPLY,
            template_name="Answer",
            by=TrackerFactory(),
            operation=uuid4(),
        )

        [letter] = issued(batch)

        assert (letter.matter, letter.call, letter.told_on) == (matter, call, date(2025, 4, 3))
        assert letter.body.startswith("The brakes squeal. ")
        assert letter.body.endswith(": New pads.")


class TestRegister:
    @pytest.mark.parametrize("model", [Letter, LetterFile, LetterEvent])
    def test_nothing_of_it_can_be_changed_or_deleted(self, customer, model):
        [letter] = issued(prepared(customer))
        LetterEvent.objects.create(letter=letter, kind="posted", on=TODAY)

        for change in (
            lambda: model.objects.update(id=0),
            lambda: model.objects.all()._raw_delete("default"),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()

    def test_another_file_is_found(self, customer):
        issued(prepared(customer))
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("UPDATE followups_letterfile SET content = 'forged'")
            cursor.execute("SET session_replication_role = DEFAULT")

        [finding] = verify(Letter).findings

        assert (finding.line, str(finding.problem)) == ("L-2025-000001", "file")


class TestObstacles:
    def test_a_missing_address_is_named_and_gone_once_it_is_there(self):
        customer = CustomerFactory()
        batch = prepared(customer)
        assert obstacles(batch) == [Obstacle.NO_ADDRESS]

        Customer.objects.filter(pk=customer.pk).update(address="Street 1")

        assert obstacles(batch) == [""]

    def test_an_address_too_long_for_the_window(self):
        batch = prepared(CustomerFactory(address="广东省广州市" * 30))

        assert obstacles(batch) == [Obstacle.TOO_LONG]

    @pytest.mark.parametrize(
        ("purpose", "channel", "is_refused"),
        [
            (ContactPurpose.PROMOTION, Channel.LETTER, True),
            (ContactPurpose.ALL, Channel.LETTER, True),
            (ContactPurpose.PROMOTION, Channel.ALL, True),
            (ContactPurpose.PROMOTION, Channel.PHONE, False),
            (ContactPurpose.PROMOTION, Channel.EMAIL, False),
            (ContactPurpose.SERVICE, Channel.ALL, False),
        ],
    )
    def test_a_refusal_holds_for_its_purpose_and_channel(
        self, customer, purpose, channel, is_refused
    ):
        ContactRefusal.objects.create(
            customer=customer,
            purpose=purpose,
            channel=channel,
            reason="said so",
            refused_on=TODAY,
            recorded_by=UserFactory(),
        )

        found = obstacles(prepared(customer, kind=LetterKind.NOTICE))

        assert found == [Obstacle.REFUSED if is_refused else ""]

    def test_an_open_complaint_holds_back_what_sells_only(self, customer):
        MatterFactory(customer=customer)

        assert obstacles(prepared(customer, kind=LetterKind.INVITATION)) == [Obstacle.COMPLAINT]
        assert obstacles(prepared(customer, kind=LetterKind.REPLY)) == [""]

    def test_a_closed_complaint_holds_back_nothing(self, customer):
        Matter.objects.filter(pk=MatterFactory(customer=customer).pk).update(
            state="closed",
            closed_on=TODAY,
            closed_by=UserFactory(),
            answer="x",
            answered_on=TODAY,
        )

        assert obstacles(prepared(customer, kind=LetterKind.INVITATION)) == [""]

    def test_a_recall_passes_complaints(self, customer):
        MatterFactory(customer=customer)
        campaign = CampaignFactory(
            kind="recall", passes_limits=True, passes_because="brakes", decided=True
        )

        batch = prepared(customer, kind=LetterKind.NOTICE, campaign=campaign)

        assert obstacles(batch) == [""]

    def test_who_had_enough_contacts_this_month_is_left_alone(self, customer):
        PolicyFactory()
        for _ in range(4):
            issued(prepared(customer))

        assert obstacles(prepared(customer, kind=LetterKind.NOTICE)) == [Obstacle.ENOUGH]
        assert obstacles(prepared(customer, kind=LetterKind.REPLY)) == [""]

    def test_a_text_speaks_of_what_the_file_lacks(self, customer):
        LetterTemplateFactory(kind=LetterKind.NOTICE, name="Car", body="Your {plate}.")
        batch = letter_batches.prepare_letter(
            BatchItem(customer=customer),
            kind=LetterKind.NOTICE,
            template_name="Car",
            by=TrackerFactory(),
            operation=uuid4(),
        )

        [draft] = drafts(batch, batch.items.all(), handler=batch.created_by, now=NOW)

        assert (draft.obstacle, draft.detail) == (Obstacle.GAP, "{plate}")

    def test_a_language_without_template(self):
        LetterTemplate.objects.filter(language="ko").update(is_active=False)

        assert obstacles(prepared(CustomerFactory(address="A", language="ko"))) == [
            Obstacle.NO_TEMPLATE
        ]

    def test_a_name_that_no_font_has(self):
        batch = prepared(CustomerFactory(address="A", name="王😀"))

        assert obstacles(batch) == [Obstacle.UNPRINTABLE]

    @pytest.mark.parametrize(("channel", "obstacle"), [("email", "no_email"), ("sms", "no_mobile")])
    def test_no_way_to_reach_the_customer(self, customer, channel, obstacle):
        Customer.objects.filter(pk=customer.pk).update(email="not an address")

        assert obstacles(prepared(customer, channel=channel)) == [obstacle]

    def test_what_stood_in_the_way_is_written_down_and_others_are_issued(self, customer):
        batch = prepared(customer, CustomerFactory())

        assert len(issued(batch)) == 1
        assert batch.items.get(letter=None).obstacle == Obstacle.NO_ADDRESS


class TestPreparation:
    def test_sent_twice_it_is_one_batch(self, customer):
        operation = uuid4()
        by = TrackerFactory()

        first, second = (
            letter_batches.prepare_batch(
                kind=LetterKind.REPLY,
                template_name="Short",
                customers=Customer.objects.all(),
                by=by,
                operation=operation,
            )
            for _ in range(2)
        )

        assert first == second
        assert LetterBatch.objects.count() == 1

    def test_nobody_is_refused(self, db):
        with pytest.raises(letter_batches.NobodyToWriteTo):
            prepared()

    def test_merged_files_get_none(self, customer):
        merged = CustomerFactory(merged_into=customer)

        assert [item.customer for item in prepared(customer, merged).items.all()] == [customer]

    def test_leaving_out_needs_a_reason(self, customer):
        batch = prepared(customer)

        with pytest.raises(ValidationError):
            letter_batches.leave_out(
                batch.pk, [batch.items.get().pk], because=" ", by=batch.created_by
            )

    def test_who_was_left_out_can_be_taken_in_again(self, customer):
        batch = prepared(customer)
        [item] = batch.items.all()
        letter_batches.leave_out(batch.pk, [item.pk], because="moved", by=batch.created_by)
        letter_batches.take_in(batch.pk, [item.pk], by=batch.created_by)

        assert len(issued(batch)) == 1

    def test_what_is_issued_cannot_be_changed(self, customer):
        batch = prepared(customer)
        issued(batch)

        for refused in (
            lambda: letter_batches.discard(batch.pk, by=batch.created_by),
            lambda: letter_batches.leave_out(batch.pk, [], because="x", by=batch.created_by),
        ):
            with pytest.raises(NotNow):
                refused()


DYING = """
import os, signal, sys
import django
django.setup()
from datetime import datetime
from django.db import connection
from followups import models
from followups.services import letters

database, batch, model, name, now = sys.argv[1:]
connection.settings_dict["NAME"] = database
manager = getattr(models, model).objects
original = getattr(manager, name)

def dies(*args, **kwargs):
    original(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(manager, name, dies)
letters.issue_all(int(batch), now=datetime.fromisoformat(now))
"""


def killed_while(batch, model, name):
    """Issue the batch in a process of its own that is killed at a moment; return how it ended."""
    database = connection.settings_dict["NAME"]
    said = [database, str(batch.pk), model, name, NOW.isoformat()]
    worker = subprocess.run([sys.executable, "-c", DYING, *said], timeout=60, check=False)
    return worker.returncode


@pytest.mark.django_db(transaction=True)
class TestUnderFaults:
    @pytest.mark.parametrize(
        "moment",
        [
            ("Letter", "bulk_create"),
            ("BatchItem", "bulk_update"),
            ("OutboxMessage", "get_or_create"),
        ],
        ids=["number without file", "file without item", "message of one of three"],
    )
    def test_killed_between_number_and_file_it_leaves_nothing_and_is_done_once(self, moment):
        people = [CustomerFactory(email=f"c{number}@example.com") for number in range(3)]
        batch = prepared(*people, channel="email")
        letters.start(batch.pk, by=batch.created_by, now=NOW)

        assert killed_while(batch, *moment) == -signal.SIGKILL
        assert not Letter.objects.exists()
        assert not LetterFile.objects.exists()
        assert not OutboxMessage.objects.exists()

        letters.issue_all(batch.pk, now=NOW)

        assert list(Letter.objects.order_by("pk").values_list("number", flat=True)) == [1, 2, 3]
        assert LetterFile.objects.count() == OutboxMessage.objects.count() == 3
        assert not verify(Letter).findings

    def test_two_windows_and_two_workers_issue_once(self):
        batch = prepared(*[CustomerFactory(address="A") for _ in range(6)])

        def press():
            try:
                letters.start(batch.pk, by=batch.created_by, now=NOW)
            except NotNow:
                return "refused"
            return "started"

        assert sorted(in_parallel(press, press)) == ["refused", "started"]

        def work():
            while letters.issue_some(batch.pk, now=NOW, most=1):
                pass

        in_parallel(work, work, work)
        letters.issue_all(batch.pk, now=NOW)

        assert Letter.objects.count() == LetterFile.objects.count() == 6
        assert not verify(Letter).findings

    def test_two_batches_at_once_share_the_register(self):
        batches = [prepared(*[CustomerFactory(address="A") for _ in range(4)]) for _ in range(2)]
        for batch in batches:
            letters.start(batch.pk, by=batch.created_by, now=NOW)

        in_parallel(
            *[lambda batch=batch: letters.issue_all(batch.pk, now=NOW) for batch in batches]
        )

        numbers = Letter.objects.order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, 9))
        assert not verify(Letter).findings
