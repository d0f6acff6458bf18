"""Campaigns and invitations for programs."""

from datetime import UTC, datetime

import pytest
import time_machine

from aftersales.roles import REST_CLIENT, SUPERVISOR, TRACKING_SALESMAN
from aftersales.tests.api import Client, errors_of
from aftersales.tests.factories import UserFactory
from customers.tests.factories import CustomerFactory
from followups.models import Campaign, FollowUp
from followups.tests.factories import (
    CampaignFactory,
    InvitationFactory,
    PolicyFactory,
    TrackerFactory,
)
from followups.tests.sweeping import callable_customer
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 4, 5, 2, 0, tzinfo=UTC)
CAMPAIGNS, INVITATIONS = "/api/v1/campaigns/", "/api/v1/invitations/"
SENT = {
    "kind": "promotion",
    "title": "Spring",
    "content": "Oil and filter",
    "place": "Front desk",
    "starts_on": "2025-05-01",
    "ends_on": "2025-05-31",
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _policy():
    PolicyFactory(calls_per_day=1)


@pytest.fixture
def supervisor():
    return Client(UserFactory(name="周振华", roles=[SUPERVISOR, REST_CLIENT]))


@pytest.fixture
def tracker():
    return Client(UserFactory(roles=[TRACKING_SALESMAN, REST_CLIENT]))


def kind_of(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def test_a_campaign_is_planned_and_answered_with_exactly_these_fields(supervisor):
    answer = supervisor.post(CAMPAIGNS, {**SENT, "audience": {"districts": ["天河区"]}})

    assert answer.status_code == 201
    found = answer.json()
    assert found.pop("id") == Campaign.objects.get().pk
    creator = found.pop("created_by")
    assert creator["name"] == "周振华"
    assert found == {
        **SENT,
        "benefit": "",
        "capacity": None,
        "passes_limits": False,
        "passes_because": "",
        "audience": {"districts": ["天河区"]},
        "state": "draft",
        "decided_on": None,
        "decided_by": None,
        "is_late": False,
        "called_off_on": None,
        "called_off_because": "",
        "version": 1,
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"place": ""}, "place"),
        ({"starts_on": "2025-04-05"}, "starts_on"),
        ({"audience": {"district": "x"}}, "audience"),
        ({"audience": {"classes": ["E"]}}, "audience"),
        (
            {"audience": {"purchased_from": "2025-01-02", "purchased_until": "2025-01-01"}},
            "audience",
        ),
        ({"state": "decided"}, "state"),
    ],
)
def test_what_is_wrong_is_refused_by_name(supervisor, changes, field):
    answer = supervisor.post(CAMPAIGNS, {**SENT, **changes})

    assert answer.status_code == 400
    assert {name.partition(".")[0] for name in errors_of(answer)} == {field}
    assert not Campaign.objects.exists()


def test_an_audience_is_counted_with_its_plan(supervisor):
    TrackerFactory(name="Li")
    for _customer in range(9):
        callable_customer()
    CustomerFactory()

    answer = supervisor.post(
        f"{CAMPAIGNS}audience-count/",
        {"audience": {}, "starts_on": "2025-05-01"},
    )

    assert answer.status_code == 200
    assert answer.json() == {
        "chosen": 10,
        "invited": 9,
        "left_out": {"no_number": 1},
        "unknown": [],
        "plan": {
            "calls": 9,
            "first_day": "2025-04-10",
            "last_day": "2025-04-17",
            "is_late": False,
            "is_possible": False,
            "possible": 8,
            "missing": 1,
            "begin_on": "2025-04-09",
            "move_to": None,
            "more_callers": 1,
        },
    }
    plain = supervisor.post(f"{CAMPAIGNS}audience-count/", {"audience": {"people": ["K-9"]}})
    assert (plain.json()["unknown"], plain.json()["plan"]) == (["K-9"], None)


def test_a_campaign_is_decided_once_and_changed_and_called_off(supervisor):
    callable_customer()
    campaign = CampaignFactory()
    here = f"{CAMPAIGNS}{campaign.pk}/"

    decided = supervisor.post(f"{here}decide/", {"version": 1})
    again = supervisor.post(f"{here}decide/", {"version": 1})

    assert (decided.status_code, decided.json()["state"]) == (200, "decided")
    assert kind_of(again) == (409, "campaign_is_decided")
    assert FollowUp.objects.count() == 1

    version = decided.json()["version"]
    changed = supervisor.patch(here, {"place": "Gate 3", "version": version})
    frozen = supervisor.patch(here, {"kind": "recall", "version": changed.json()["version"]})
    assert changed.json()["place"] == "Gate 3"
    assert kind_of(frozen) == (409, "audience_is_frozen")

    off = supervisor.post(
        f"{here}call-off/", {"because": "rain", "version": changed.json()["version"]}
    )
    assert (off.json()["state"], off.json()["called_off_because"]) == ("called_off", "rain")


def test_an_empty_audience_and_a_stale_version_are_conflicts(supervisor):
    campaign = CampaignFactory()
    here = f"{CAMPAIGNS}{campaign.pk}/decide/"

    assert kind_of(supervisor.post(here, {"version": 1})) == (409, "nobody_is_invited")
    Campaign.objects.update(place="Gate 3")
    assert kind_of(supervisor.post(here, {"version": 1})) == (409, "changed_meanwhile")


def test_results_compare_with_those_not_invited(supervisor, clock):
    campaign = CampaignFactory(decided=True)
    came = InvitationFactory(
        campaign=campaign,
        told_on="2025-04-12",
        answer="comes",
        answered_on="2025-04-12",
        attended_on="2025-05-01",
        customer=callable_customer(),
    )
    InvitationFactory(campaign=campaign, customer=callable_customer())
    other = callable_customer()
    CustomerFactory()
    callable_customer(opened_on="2025-04-06")
    for customer, on, amount in (
        (came.customer, "2025-05-01T02:00Z", 100),
        (came.customer, "2025-05-30T02:00Z", 50),
        (came.customer, "2025-05-31T02:00Z", 800),
        (other, "2025-05-02T02:00Z", 20),
    ):
        RepairOrderFactory(customer=customer, checked_in_at=on, customer_amount=amount)

    found = supervisor.get(f"{CAMPAIGNS}{campaign.pk}/results/").json()

    def part(customers, with_order, orders, revenue):
        return {
            "customers": customers,
            "with_order": with_order,
            "orders": orders,
            "revenue": revenue,
        }

    assert found == {
        "first": "2025-05-01",
        "last": "2025-05-30",
        "invited": part(2, 1, 2, "150.00"),
        "told": part(1, 1, 2, "150.00"),
        "accepted": part(1, 1, 2, "150.00"),
        "came": part(1, 1, 2, "150.00"),
        "others": part(1, 1, 1, "20.00"),
    }
    draft = supervisor.get(f"{CAMPAIGNS}{CampaignFactory().pk}/results/")
    assert draft.status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_a_fixed_number_of_queries(supervisor, rows, django_assert_num_queries):
    for _row in range(rows):
        CampaignFactory(decided=True)

    # The token (3), rows.
    with django_assert_num_queries(4):
        answer = supervisor.get(f"{CAMPAIGNS}?state=decided&ordering=starts_on")

    assert len(answer.json()["results"]) == rows


class TestInvitations:
    def test_what_a_customer_says_is_noted(self, tracker):
        invitation = InvitationFactory()

        answer = tracker.post(
            f"{INVITATIONS}{invitation.pk}/answer/",
            {"answer": "comes", "guests": 2, "wants_letter": True},
        )

        assert answer.json() == {
            "id": invitation.pk,
            "campaign": invitation.campaign_id,
            "customer": invitation.customer_id,
            "told_on": "2025-04-05",
            "answer": "comes",
            "answered_on": "2025-04-05",
            "wants_letter": True,
            "guests": 2,
            "attended_on": None,
            "walked_in": False,
            "version": 2,
        }

    def test_they_are_listed_by_campaign_and_answer(self, tracker):
        wanted = InvitationFactory(answer="comes", answered_on="2025-04-12")
        InvitationFactory(campaign=wanted.campaign)
        InvitationFactory(answer="comes", answered_on="2025-04-12")

        found = tracker.get(f"{INVITATIONS}?campaign={wanted.campaign_id}&answer=comes").json()

        assert [row["id"] for row in found["results"]] == [wanted.pk]

    def test_what_is_over_is_a_conflict(self, clock):
        invitation = InvitationFactory(campaign__ends_on="2025-05-01")
        clock.move_to(datetime(2025, 5, 2, 2, 0, tzinfo=UTC))

        client = Client(UserFactory(roles=[TRACKING_SALESMAN, REST_CLIENT]))
        answer = client.post(f"{INVITATIONS}{invitation.pk}/answer/", {"answer": "comes"})

        assert kind_of(answer) == (409, "nothing_to_answer")
