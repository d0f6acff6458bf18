"""The weekly digests go out by themselves, each once (FUP-17)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from aftersales.celery import app
from aftersales.models import Language
from aftersales.tests.factories import UserFactory
from followups.models import Department, OutboxMessage, Policy
from followups.tests.factories import CallFactory, PolicyFactory
from reports.models import DepartmentMailbox
from reports.services.digests import send_digests
from reports.services.mailboxes import change_mailboxes
from reports.tasks import send_digests as ring
from reports.tests.complaining import complain
from reports.tests.factories import MeasureFactory

pytestmark = pytest.mark.django_db
# Monday, 7 April 2025, six in the morning in the shop.
MONDAY = datetime(2025, 4, 6, 22, tzinfo=UTC)


@pytest.fixture(autouse=True)
def policy():
    return PolicyFactory()


def mailbox(department=Department.WORKSHOP, language=Language.ENGLISH):
    return DepartmentMailbox.objects.create(
        department=department, email=f"{department}@example.com", language=language
    )


def test_are_sent_on_monday_at_six_about_the_week_that_is_over():
    mailbox()

    assert send_digests(now=MONDAY - timedelta(seconds=1)) == 0
    assert send_digests(now=MONDAY) == 1

    message = OutboxMessage.objects.get()
    assert (message.key, message.recipient) == ("digest:2025-W14:workshop", "workshop@example.com")
    assert message.subject == "Call results of week 2025-W14: Workshop"


def test_are_sent_once_however_often_beat_rings():
    mailbox()
    mailbox(Department.PARTS)

    assert [send_digests(now=MONDAY + timedelta(hours=hour)) for hour in (0, 1, 100)] == [2, 0, 0]
    assert OutboxMessage.objects.count() == 2


def test_are_sent_late_when_nobody_rang_on_monday():
    mailbox()

    assert send_digests(now=MONDAY + timedelta(days=3)) == 1
    assert OutboxMessage.objects.get().key == "digest:2025-W14:workshop"


def test_of_each_week_are_sent():
    mailbox()

    for week in range(2):
        send_digests(now=MONDAY + timedelta(weeks=week))

    keys = OutboxMessage.objects.order_by("key").values_list("key", flat=True)
    assert list(keys) == ["digest:2025-W14:workshop", "digest:2025-W15:workshop"]


def test_go_nowhere_without_an_address_or_before_go_live():
    DepartmentMailbox.objects.create(department=Department.PARTS)
    assert send_digests(now=MONDAY) == 0

    mailbox()
    Policy.objects.update(go_live_on=date(2025, 4, 7))
    assert send_digests(now=MONDAY) == 0


def test_tell_words_and_plates_but_no_names_and_no_numbers():
    mailbox()
    said = complain(date(2025, 4, 2), department=Department.WORKSHOP)
    CallFactory(
        scores={"q_clean": 3},
        score_reasons={"q_clean": "Oil on the seat"},
        customer=said.customer,
        phone_used="+8613800138000",
        plate="粤A12345",
    )
    MeasureFactory(due_on=date(2025, 4, 1))

    send_digests(now=MONDAY)

    body = OutboxMessage.objects.get().body
    assert "Calls made: 1. Customers reached: 1." in body
    assert "- 2025-04-03 " not in body
    assert "- 2025-04-02 Complaint, Open: The brakes squeal." in body
    assert "- Cleanliness of the car? 3 [粤A12345]: Oil on the seat" in body
    assert "[ ] Check the torque of every wheel bolt twice." in body
    assert "(Overdue)" in body
    assert said.customer.name not in body
    assert "13800138000" not in body


def test_keep_what_customers_wrote_as_they_wrote_it():
    mailbox()
    matter = complain(date(2025, 4, 2), department=Department.WORKSHOP)
    matter.text = '<b>"Don\'t"</b> & {{ name }}'
    matter.save(update_fields=["text"])

    send_digests(now=MONDAY)

    assert matter.text in OutboxMessage.objects.get().body


def test_speak_the_language_of_the_department():
    mailbox(language=Language.CHINESE)
    complain(date(2025, 4, 2), department=Department.WORKSHOP)

    send_digests(now=MONDAY)

    assert " 投诉" in OutboxMessage.objects.get().body


def test_beat_rings_for_them():
    mailbox()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}

    with time_machine.travel(MONDAY, tick=False):
        ring()

    assert ring.name in scheduled
    assert OutboxMessage.objects.count() == 1


class TestMailboxes:
    def test_change_where_somebody_typed_and_stay_elsewhere(self):
        mailbox()

        change_mailboxes(
            {"workshop": {"email": "bay@example.com"}, "parts": {"language": Language.KOREAN}},
            by=UserFactory(),
        )

        kept = DepartmentMailbox.objects.values_list("department", "email", "language")
        assert set(kept) == {("workshop", "bay@example.com", "en"), ("parts", "", "ko")}
