"""Letters are prepared, and issued exactly once: number, file, line and what follows.

Source: REG-02, REG-03.
"""

import hashlib
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from aftersales.tests.parallel import in_parallel
from customers.tests.factories import CustomerFactory, PhoneFactory
from followups.checks.registers import verify
from followups.letters import typesetting
from followups.letters.drafts import drafts
from followups.models import (
    BatchItem,
    BatchState,
    Ending,
    FollowUp,
    Letter,
    LetterEvent,
    LetterFile,
    LetterKind,
    LetterTemplate,
    Obstacle,
    OutboxMessage,
)
from followups.services import letter_batches, letters
from followups.services.letter_batches import NotNow
from followups.tests.factories import (
    CallFactory,
    FollowUpFactory,
    InvitationFactory,
    LetterTemplateFactory,
    MatterFactory,
    TrackerFactory,
)
from followups.tests.lettering import (  # noqa: F401
    NOW,
    TODAY,
    _texts,
    a_customer,
    issued,
    prepared,
    reads_only,
)


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
            typesetting.draw(draft.on_paper(dated=TODAY, handler=batch.created_by), now=NOW)

        assert draft.body == "We write to 王小明."
        assert not Letter.objects.exists()

    @pytest.mark.parametrize(
        ("kind", "greeting"), [("private", "王小明先生："), ("company", "王小明：")]
    )
    def test_a_company_has_no_title(self, kind, greeting):
        LetterTemplate.objects.update(body="{customer}{title}：")
        customer = CustomerFactory(name="王小明", title="先生", kind=kind, address="A")

        [letter] = issued(prepared(customer))

        assert letter.body == greeting

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
