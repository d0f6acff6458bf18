"""By what the audience of a campaign is narrowed, on the campaign's pages."""

import pytest

from aftersales.tests.factories import SupervisorFactory
from followups.tests.factories import CampaignFactory, PolicyFactory, TrackerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _supervisor(client):
    PolicyFactory()
    client.force_login(SupervisorFactory())


def shown_by(client, address):
    return " ".join(client.get(address).content.decode().split())


@pytest.mark.parametrize("state", ["draft", "decided"])
def test_a_campaign_says_by_what_its_audience_is_narrowed(client, state):
    audience = {
        "districts": ["天河区", "越秀区"],
        "models": ["GL8"],
        "tags": ["vip"],
        "purchased_from": "2024-02-01",
        "policy_ends_until": "2025-06-30",
        "classes": ["A"],
        "trackers": [TrackerFactory(name="Anna").pk],
        "people": ["K-1", "K-2"],
    }
    made = CampaignFactory(audience=audience, decided=state == "decided")

    shown = shown_by(client, made.get_absolute_url())

    assert made.state == state
    for label, value in [
        ("Districts", "天河区, 越秀区"),
        ("Vehicle model begins with", "GL8"),
        ("Tags", "vip"),
        ("Bought from", "2024-02-01"),
        ("Policy ends until", "2025-06-30"),
        ("Classes", "A: four visits a year or more"),
        ("Tracking salesmen", "Anna"),
        ("Only these customers", "2 customers"),
    ]:
        assert f"<dt>{label}</dt> <dd>{value}</dd>" in shown
    assert "Bought until" not in shown


def test_nothing_that_narrows_means_every_customer(client):
    draft = CampaignFactory()

    for step in ("", "decide/"):
        assert "Every customer" in shown_by(client, draft.get_absolute_url() + step)
