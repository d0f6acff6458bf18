"""Why: the sentences about answers, campaigns and reminders."""

from datetime import timedelta

import pytest

from customers.models import ContactRefusal
from customers.tests.factories import CustomerFactory
from followups.explanations.explanation import explain
from followups.models import Ending, FollowUp, Kind, ReminderRule
from followups.tests.calling import NOW
from followups.tests.factories import MatterFactory, PolicyFactory, TrackerFactory
from followups.tests.kinds import TODAY, owe

pytestmark = pytest.mark.django_db
KINDS = [
    (Kind.ANSWER, "FUP-08"),
    (Kind.CAMPAIGN_NOTICE, "CAM-02"),
    (Kind.CAMPAIGN_LETTER, "CAM-03"),
    (Kind.MAINTENANCE, "SET-06"),
    (Kind.INSURANCE, "HAB-03"),
    (Kind.DECLINED_WORK, "SET-02"),
    (Kind.PLANNED_CONTACT, "FIL-05"),
    (Kind.BIRTHDAY, "CRM-03"),
]


@pytest.fixture(autouse=True)
def policy():
    return PolicyFactory()


def sentences(customer):
    return [(each.rule, each.text) for each in explain(customer, now=NOW)]


def about(owed):
    return next(
        (each.rule, each.text)
        for each in reversed(explain(owed.customer, now=NOW))
        if each.follow_up == owed
    )


@pytest.mark.parametrize(("kind", "rule"), KINDS)
def test_each_kind_says_from_when_to_when_it_is_owed_and_by_which_rule(kind, rule):
    owed = owe(kind)

    said_by, text = about(owed)

    assert said_by == rule
    assert f"owed from {TODAY} to {owed.due_on}" in text


def test_what_waits_for_a_complaint_says_so():
    owed = owe(Kind.INSURANCE, owner=TrackerFactory())
    MatterFactory(customer=owed.customer, kind="complaint")

    found = sentences(owed.customer)

    assert found[0] == ("CMP-01", "Not in the queue. Waits: a complaint is open.")
    assert about(owed)[1].endswith("Waits: a complaint is open.")


def test_what_waits_does_not_hide_what_is_due():
    anna = TrackerFactory(name="Anna")
    answer = owe(Kind.ANSWER, owner=anna)
    owe(Kind.INSURANCE, owner=anna, customer=answer.customer)

    assert sentences(answer.customer)[0] == ("FUP-01", "In the queue of Anna.")


def test_a_reminder_whose_goal_is_met_names_its_evidence():
    owed = owe(Kind.MAINTENANCE)
    FollowUp.objects.filter(pk=owed.pk).update(
        state="done", ending=Ending.GOAL_MET, evidence="R-2025-000017", closed_at=NOW,
        closed_on=TODAY,
    )  # fmt: skip

    rule, text = about(owed)

    assert (rule, "R-2025-000017" in text) == ("SET-06", True)


def test_a_matter_without_solution_says_when_it_is_reported():
    customer = CustomerFactory()
    MatterFactory(customer=customer, report_by=TODAY + timedelta(2))

    [text] = [text for rule, text in sentences(customer) if rule == "FUP-07"]

    assert text.startswith("“The brakes squeal.”: the answer is owed on the day")
    assert str(TODAY + timedelta(2)) in text


def test_reminders_that_are_switched_off_say_so():
    customer = CustomerFactory()
    ReminderRule.objects.update_or_create(kind=Kind.INSURANCE, defaults={"is_on": True})
    ReminderRule.objects.exclude(kind=Kind.INSURANCE).update(is_on=False)

    none, off = [text for rule, text in sentences(customer) if rule == "SET-06"]

    assert none.startswith("Insurance renewal: none so far")
    assert off.endswith("none, such reminders are switched off.")
    assert "Insurance" not in off


def test_who_refuses_reminders_has_none():
    customer = CustomerFactory()
    ContactRefusal.objects.create(
        customer=customer, purpose="reminder", channel="phone", reason="No.",
        refused_on=TODAY, recorded_by=TrackerFactory(),
    )  # fmt: skip

    assert ("FUP-11", f"No reminders: the customer refused them on {TODAY}.") in sentences(customer)
