"""`check_promises` for answers, campaigns and reminders: each planted fault has its name."""

import pytest

from customers.models import ContactRefusal
from followups.checks.promises import check_promises
from followups.models import FollowUp, Invitation, Kind, Matter, ReminderRule
from followups.sweeps import SWEEPS
from followups.tests.calling import NOW
from followups.tests.factories import MatterFactory, PolicyFactory, TrackerFactory
from followups.tests.kinds import TODAY, campaign, owe, solved

pytestmark = pytest.mark.django_db
LATER = NOW.replace(hour=18)


@pytest.fixture(autouse=True)
def policy():
    ReminderRule.objects.update(is_on=True)
    return PolicyFactory()


def problems():
    found = check_promises(now=LATER)["problems"]
    return {name: each["count"] for name, each in found.items()}


def invited(**fields):
    customer = owe(Kind.BIRTHDAY).customer
    return Invitation.objects.create(campaign=campaign(**fields), customer=customer)


def test_what_the_sweeps_write_is_without_fault():
    solved(owe(Kind.BIRTHDAY).customer, kind="request")
    MatterFactory(customer=owe(Kind.BIRTHDAY).customer, kind="request")
    invited()
    FollowUp.objects.filter(kind=Kind.BIRTHDAY).update(
        state="cancelled", ending="expired", closed_at=NOW, closed_on=TODAY
    )

    for sweep in SWEEPS.values():
        sweep(now=LATER)

    assert problems() == {}
    assert FollowUp.objects.filter(state="open").count() >= 2


@pytest.mark.parametrize(
    ("plant", "name"),
    [
        (lambda: solved(owe(Kind.BIRTHDAY).customer), "solutions_without_answer"),
        (
            lambda: MatterFactory(report_by=TODAY, heard_on=TODAY),
            "matters_not_reported",
        ),
        (
            lambda: Matter.objects.filter(pk=owe(Kind.ANSWER).matter_id).update(
                state="under_study"
            ),
            "answers_without_solution",
        ),
        (invited, "invited_without_notice"),
        (
            lambda: Invitation.objects.filter(pk=invited().pk).update(
                told_on=TODAY, wants_letter=True
            ),
            "letters_without_follow_up",
        ),
        (
            lambda: owe(
                Kind.CAMPAIGN_NOTICE,
                cause={
                    "state": "called_off",
                    "called_off_on": TODAY,
                    "called_off_because": "Storm",
                },
            ),
            "campaigns_over_still_owed",
        ),
        (
            lambda: (owe(Kind.INSURANCE), ReminderRule.objects.update(is_on=False)),
            "reminders_switched_off_still_owed",
        ),
    ],
)
def test_a_planted_fault_is_found(plant, name):
    plant()

    assert name in problems()


@pytest.mark.parametrize(
    ("kind", "purpose", "is_wrong"),
    [
        (Kind.INSURANCE, "reminder", True),
        (Kind.INSURANCE, "promotion", False),
        (Kind.CAMPAIGN_NOTICE, "promotion", True),
        (Kind.ANSWER, "service", True),
        (Kind.ANSWER, "all", True),
    ],
)
def test_what_is_owed_against_a_refusal_is_found(kind, purpose, is_wrong):
    owed = owe(kind)
    ContactRefusal.objects.create(
        customer=owed.customer, purpose=purpose, channel="phone", reason="No.",
        refused_on=TODAY, recorded_by=TrackerFactory(),
    )  # fmt: skip

    assert ("owed_against_refusal" in problems()) == is_wrong
