"""Answers, invitations and reminders through `/api/v1/queue/` and `/api/v1/follow-ups/`."""

from datetime import UTC, datetime

import pytest
import time_machine

from aftersales.roles import REST_CLIENT, TRACKING_SALESMAN
from aftersales.tests.api import Client, errors_of
from aftersales.tests.factories import UserFactory
from followups.models import CALLS, FollowUp, Invitation, Kind, MatterState
from followups.tests.factories import PolicyFactory
from followups.tests.kinds import owe

QUEUE = "/api/v1/queue/"
FOLLOW_UPS = "/api/v1/follow-ups/"


@pytest.fixture(autouse=True)
def shop(db):
    PolicyFactory()
    with time_machine.travel(datetime(2025, 4, 3, 2, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def client():
    return Client(UserFactory(roles=[TRACKING_SALESMAN, REST_CLIENT]))


def recorded(client, owed, **word):
    """Take the customer and record a talk that settles what is owed, with his word."""
    number = client.post(f"{QUEUE}next/").json()["claim"]["number"]
    said = {
        "number": number,
        "outcome": "reached",
        "phone_used": "138 0013 8000",
        "note": "He told me so.",
        "agenda": [{"follow_up": owed.pk, "settled": True, **word}],
    }
    return client.post(f"{QUEUE}{owed.customer_id}/call/", said)


@pytest.mark.parametrize(
    ("satisfied", "state"), [(True, MatterState.CLOSED), (False, MatterState.UNDER_STUDY)]
)
def test_an_answer_is_told_with_the_customers_word(client, satisfied, state):
    owed = owe(Kind.ANSWER, owner=client.user)

    answer = recorded(client, owed, satisfied=satisfied)

    owed.matter.refresh_from_db()
    assert (answer.status_code, answer.json()["kind"]) == (201, "answer")
    assert owed.matter.state == state


def test_an_answer_without_it_is_refused_by_name(client):
    owed = owe(Kind.ANSWER, owner=client.user)

    refused = recorded(client, owed)

    assert refused.status_code == 400
    assert f"satisfied_{owed.pk}" in str(errors_of(refused))


def test_an_invitation_is_answered(client):
    owed = owe(Kind.CAMPAIGN_NOTICE, owner=client.user)

    answer = recorded(client, owed, invitation={"answer": "comes", "guests": 1})

    invitation = Invitation.objects.get()
    assert answer.status_code == 201
    assert (invitation.answer, invitation.guests, invitation.wants_letter) == ("comes", 1, None)


def test_each_follow_up_says_what_it_is_about(client):
    owed = owe(Kind.CAMPAIGN_NOTICE, owner=client.user)

    shown = client.get(f"{FOLLOW_UPS}{owed.pk}/").json()

    assert shown["about"] == "Invitation: Free-check week · 17 Apr – 20 Apr at Our shop"
    assert (shown["invitation"], shown["campaign"]) == (
        owed.invitation_id,
        owed.invitation.campaign_id,
    )


def test_follow_ups_are_found_by_what_they_are_about(client):
    notice, insurance, answer = (
        owe(kind, owner=client.user) for kind in (Kind.CAMPAIGN_NOTICE, Kind.INSURANCE, Kind.ANSWER)
    )

    def found(query):
        return [each["id"] for each in client.get(f"{FOLLOW_UPS}?{query}").json()["results"]]

    assert found(f"campaign={notice.invitation.campaign_id}") == [notice.pk]
    assert found(f"vehicle={insurance.vehicle_id}") == [insurance.pk]
    assert found(f"matter={answer.matter_id}") == [answer.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_all_kinds_are_listed_with_as_many_queries_as_one(client, count, django_assert_num_queries):
    for kind in CALLS[2:]:
        for _each in range(count):
            owe(kind, owner=client.user)

    with django_assert_num_queries(4):
        shown = client.get(f"{FOLLOW_UPS}?page_size=100").json()["results"]

    assert len(shown) == FollowUp.objects.count()
