"""The call desk with answers, invitations and reminders on the agenda (FUP-03)."""

import re

import pytest
from django.urls import reverse

from customers.models import Customer
from followups.models import Call, Festival, Invitation, Kind, MatterState
from followups.tests.calling import NOW, first_call
from followups.tests.desk import address, at_the_desk, take
from followups.tests.factories import MatterFactory, PolicyFactory, TrackerFactory
from followups.tests.kinds import owe

GOOD = {"outcome": "reached"}


@pytest.fixture(autouse=True)
def policy(db):
    return PolicyFactory()


@pytest.fixture
def anna(client):
    anna = TrackerFactory(name="Anna")
    with at_the_desk(client, anna):
        yield anna


def script(client, owed):
    """Return what the caller says to a customer who speaks English, as plain text."""
    Customer.objects.filter(pk=owed.customer_id).update(language="en")
    page = client.post(address("claim", owed.customer), follow=True).content.decode()
    prompts = re.findall(r'<p class="prompt"[^>]*>(.*?)</p>', page, re.DOTALL)
    return " ".join(" ".join(prompts).split())


@pytest.mark.parametrize(
    ("kind", "cause", "expected"),
    [
        (Kind.ANSWER, {}, "This is what we do: We change the pads free of charge."),
        (
            Kind.ANSWER,
            {"state": MatterState.ANSWERED, "answered_on": NOW.date(), "answer": "Come in."},
            "We answered: Come in.",
        ),
        (
            Kind.CAMPAIGN_NOTICE,
            {},
            (
                "We invite you: Free-check week, 17 Apr – 20 Apr at Our shop. "
                "Brakes, tires and battery are checked. For you: A car wash. Will you come?"
            ),
        ),
        (Kind.CAMPAIGN_NOTICE, {"benefit": ""}, "are checked. Will you come?"),
        (Kind.CAMPAIGN_REMINDER, {}, "We look forward to you."),
        (Kind.CAMPAIGN_CHANGE, {}, "has changed: it is now 17 Apr – 20 Apr at Our shop."),
        (
            Kind.CAMPAIGN_CHANGE,
            {
                "state": "called_off",
                "called_off_on": NOW.date(),
                "called_off_because": "Storm",
            },
            "does not take place",
        ),
        (Kind.MAINTENANCE, {"next_maintenance_km": 20_300}, "at 20,300 km. Shall I book a time?"),
        (Kind.INSURANCE, {"insurer": "PICC"}, "with PICC ends on"),
        (Kind.INSURANCE, {}, "Shall we prepare the renewal?"),
        (Kind.INSPECTION, {}, "Shall we see to it?"),
        (Kind.WARRANTY_END, {}, "Shall we look the car over before?"),
        (Kind.DECLINED_WORK, {}, "we recommended: Front brake pads. Shall we do it now?"),
        (Kind.DECLINED_WORK, {"is_safety": True}, "It matters for safety."),
        (Kind.BIRTHDAY, {}, "Happy birthday"),
        (Kind.GREETING, {}, "Best wishes from all of us"),
    ],
)
def test_the_script_says_what_the_call_is_about(client, anna, kind, cause, expected):
    cause = {"next_maintenance_on": None, **cause} if kind == Kind.MAINTENANCE else cause

    assert expected in script(client, owe(kind, owner=anna, cause=cause))


def test_a_greeting_names_the_festival(client, anna):
    owed = owe(Kind.GREETING, owner=anna)
    Festival.objects.create(name="Spring Festival", day=owed.about_on)

    assert "Spring Festival: best wishes" in script(client, owed)


def test_a_planned_contact_names_its_topic(client, anna):
    owed = owe(Kind.PLANNED_CONTACT, owner=anna)
    owed.customer.next_topic = "maintenance"
    owed.customer.save()

    assert "We wanted to talk with you about" in script(client, owed)


def test_one_who_has_no_visit_behind_is_not_asked_how_the_car_runs(client, anna):
    said = script(client, owe(Kind.CAMPAIGN_NOTICE, owner=anna))

    assert "How has the car been running" not in said
    assert "one offer or event" not in said


def test_several_things_are_talked_about_in_one_call(client, anna):
    first = first_call(owner=anna)
    owe(Kind.ANSWER, owner=anna, customer=first.customer, cause={"kind": "request"})
    owe(Kind.CAMPAIGN_NOTICE, owner=anna, customer=first.customer)

    said = script(client, first)

    places = [said.index(part) for part in ("This is what we do", "How has the car", "We invite")]
    assert places == sorted(places)


def test_an_answer_that_satisfies_closes_the_matter(client, anna):
    owed = owe(Kind.ANSWER, owner=anna)
    form = take(client, owed.customer)

    client.post(address("record", owed.customer), form | GOOD | {f"satisfied_{owed.pk}": "1"})

    owed.matter.refresh_from_db()
    assert owed.matter.state == MatterState.CLOSED


def test_an_answer_without_the_customers_word_is_sent_back(client, anna):
    owed = owe(Kind.ANSWER, owner=anna)
    form = take(client, owed.customer)

    page = client.post(address("record", owed.customer), form | GOOD)

    assert page.status_code == 422
    assert "Ask whether the answer satisfies." in page.content.decode()
    assert not Call.objects.exists()


def test_an_invitation_is_answered_with_guests_and_letter(client, anna):
    owed = owe(Kind.CAMPAIGN_NOTICE, owner=anna)
    said = {"invited": "comes", "guests": "2", "letter": "1"}
    form = take(client, owed.customer)

    client.post(
        address("record", owed.customer),
        form | GOOD | {f"{name}_{owed.pk}": value for name, value in said.items()},
    )

    answered = Invitation.objects.get()
    assert (answered.answer, answered.guests, answered.wants_letter) == ("comes", 2, True)


def test_more_guests_than_can_be_are_sent_back(client, anna):
    owed = owe(Kind.CAMPAIGN_NOTICE, owner=anna)
    said = {f"invited_{owed.pk}": "comes", f"guests_{owed.pk}": "100"}

    page = client.post(address("record", owed.customer), take(client, owed.customer) | GOOD | said)

    assert page.status_code == 422
    assert not Call.objects.exists()


def test_what_waits_is_shown_with_its_reason_and_not_settled(client, anna):
    first = first_call(owner=anna)
    owe(Kind.INSURANCE, owner=anna, customer=first.customer)
    MatterFactory(customer=first.customer, kind="complaint")

    form = take(client, first.customer)
    page = client.get(address("desk", first.customer)).content.decode()

    assert form["agenda"] == [str(first.pk)]
    assert "Waits: a complaint is open." in page
    assert "Shall we prepare the renewal?" not in page


def test_whom_one_may_only_sell_to_is_not_called_while_a_complaint_is_open(client, anna):
    owed = owe(Kind.INSURANCE, owner=anna)
    MatterFactory(customer=owed.customer, kind="complaint")

    page = client.get(address("desk", owed.customer)).content.decode()

    assert "Waits: a complaint is open." in page
    assert reverse("followups:claim", args=[owed.customer_id]) not in page
