"""What sells waits: a complaint is open (CMP-01), the contacts of a month are used up (CRM-03)."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.tests.factories import UserFactory
from customers.tests.factories import CustomerFactory, PhoneFactory, VehicleFactory
from followups.calling import queue
from followups.calling.waiting import can_wait, why_waiting
from followups.models import (
    SELLING,
    Campaign,
    FollowUp,
    Invitation,
    Kind,
    Letter,
    LetterBatch,
    MatterState,
    Policy,
)
from followups.tests.calling import NOW, first_call
from followups.tests.factories import (
    CallFactory,
    FollowUpFactory,
    MatterFactory,
    PolicyFactory,
    TrackerFactory,
)

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def policy(db):
    return PolicyFactory(contacts_a_month=2)


@pytest.fixture
def customer():
    return PhoneFactory().customer


def reminder(customer, kind=Kind.INSURANCE, **fields):
    """Return a reminder that is due from today on."""
    about = {"about_on": date(2025, 6, 1)}
    if kind in {Kind.MAINTENANCE, Kind.INSURANCE, Kind.INSPECTION, Kind.WARRANTY_END}:
        about["vehicle"] = VehicleFactory()
    return FollowUpFactory(
        kind=kind, customer=customer, order=None, fact_on=TODAY, opens_on=TODAY,
        target_on=TODAY, due_on=TODAY + timedelta(7), **about | fields,
    )  # fmt: skip


def notice(customer, *, passes_limits=False):
    """Return the notice of a campaign that is due from today on."""
    campaign = Campaign.objects.create(
        kind="recall" if passes_limits else "promotion", title="Airbags", content="Exchange",
        place="Our shop", starts_on=date(2025, 4, 20), ends_on=date(2025, 4, 25),
        passes_limits=passes_limits, passes_because="Lives" if passes_limits else "",
        created_by=UserFactory(),
    )  # fmt: skip
    invitation = Invitation.objects.create(campaign=campaign, customer=customer)
    return reminder(
        customer, kind=Kind.CAMPAIGN_NOTICE, about_on=None, vehicle=None, invitation=invitation
    )


def is_due(owed, now=NOW):
    today = now.astimezone(NOW.tzinfo).date()
    return FollowUp.objects.due(today=today, now=now).filter(pk=owed.pk).exists()


def talked(customer, days_ago, **fields):
    moment = NOW - timedelta(days_ago)
    return CallFactory(customer=customer, started_at=moment, ended_at=moment, **fields)


def write_to(customer):
    person = UserFactory()
    batch = LetterBatch.objects.create(kind="notice", created_by=person, operation=uuid4())
    return Letter.objects.create(
        batch=batch, kind="notice", customer=customer, handler=person, issued_at=NOW, year=2025
    )


def talk_often(customer):
    return [talked(customer, 20), talked(customer, 10)]


class TestOpenComplaint:
    def test_freezes_what_sells_and_thaws_by_itself(self, customer):
        owed = reminder(customer)
        complaint = MatterFactory(customer=customer, kind="complaint")
        assert not is_due(owed)
        assert str(why_waiting(customer, policy=Policy.objects.current(), now=NOW).rule) == "CMP-01"

        close(complaint)

        assert is_due(owed)
        assert why_waiting(customer, policy=Policy.objects.current(), now=NOW) is None

    @pytest.mark.parametrize("state", ["open", "reported", "solved", "answered"])
    def test_freezes_until_the_customer_is_satisfied(self, customer, state):
        owed = reminder(customer)
        complaint = MatterFactory(customer=customer, kind="complaint")
        type(complaint).objects.filter(pk=complaint.pk).update(
            state=state, reported_on=TODAY, solution="New pads", solved_at=NOW,
            answer="Told", answered_on=TODAY,
        )  # fmt: skip

        assert not is_due(owed)

    def test_of_somebody_else_and_other_matters_freeze_nothing(self, customer):
        owed = reminder(customer)
        MatterFactory(kind="complaint")
        MatterFactory(customer=customer, kind="request")

        assert is_due(owed)

    def test_does_not_touch_calls_after_a_visit(self):
        owed = first_call()
        MatterFactory(customer=owed.customer, kind="complaint")

        assert is_due(owed)


class TestContactsOfAMonth:
    def test_hold_back_the_next_one_for_thirty_days(self, customer, policy):
        owed = reminder(customer)
        older, _ = talk_often(customer)
        until = older.started_at + timedelta(30)

        assert [is_due(owed), is_due(owed, until - timedelta(seconds=1)), is_due(owed, until)] == [
            False,
            False,
            True,
        ]
        waiting = why_waiting(customer, policy=policy, now=NOW)
        assert (waiting.rule, waiting.until) == ("CRM-03", until)
        assert waiting.text == "Waits: 2 contacts in 30 days, again from 2025-04-13."
        assert why_waiting(customer, policy=policy, now=until) is None

    def test_are_talks_that_we_began(self, customer):
        owed = reminder(customer)
        talked(customer, 20)
        talked(customer, 5, outcome="no_answer")
        talked(customer, 4, direction="inbound", kind="inquiry")

        assert is_due(owed)

    def test_count_a_corrected_call_once(self, customer):
        owed = reminder(customer)
        first = talked(customer, 5)
        talked(customer, 5, corrects=first, correction_reason="Typing mistake")

        assert is_due(owed)

    def test_are_letters_too(self, customer):
        owed = reminder(customer)
        talked(customer, 5)
        write_to(customer)

        assert not is_due(owed)

    def test_follow_the_policy(self, customer):
        owed = reminder(customer)
        talk_often(customer)

        Policy.objects.update(contacts_a_month=3)

        assert is_due(owed)

    def test_count_those_with_a_file_that_was_merged(self, customer, policy):
        owed = reminder(customer)
        talked(CustomerFactory(merged_into=customer), 5)
        talked(customer, 6)

        assert not is_due(owed)
        assert why_waiting(customer, policy=policy, now=NOW).rule == "CRM-03"


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_that_sells_waits_and_no_other(customer, kind):
    assert (kind in SELLING) == can_wait(FollowUp(kind=kind, customer=customer))


class TestPasses:
    @pytest.fixture(autouse=True)
    def held_back(self, customer):
        talk_often(customer)
        MatterFactory(customer=customer, kind="complaint")

    def test_what_the_customer_asked_for(self, customer):
        owed = reminder(customer, callback_at=NOW - timedelta(minutes=1))

        assert (is_due(owed), can_wait(owed)) == (True, False)

    def test_a_safety_recall_with_the_supervisors_word(self, customer):
        owed = notice(customer, passes_limits=True)

        assert (is_due(owed), can_wait(owed)) == (True, False)

    def test_no_other_campaign(self, customer):
        owed = notice(customer)

        assert (is_due(owed), can_wait(owed)) == (False, True)


@pytest.mark.parametrize("held", [0, 1, 3])
def test_the_queue_asks_no_further_question(held, policy):
    anna = TrackerFactory(name="Anna")
    first_call(owner=anna)
    reminder(PhoneFactory().customer, owner=anna)
    for _ in range(held):
        waiting = reminder(PhoneFactory().customer, owner=anna)
        MatterFactory(customer=waiting.customer, kind="complaint")

    with CaptureQueriesContext(connection) as asked:
        page = queue.page_of(anna, policy=policy, now=NOW)

    assert (page.load.due, len(asked)) == (2, 4)


def close(matter):
    type(matter).objects.filter(pk=matter.pk).update(
        state=MatterState.CLOSED, closed_on=TODAY, closed_by=matter.owner
    )
