"""Webhooks for programs: who is told what, tried, and told again."""

import pytest

from aftersales.roles import ADMINISTRATOR, REST_CLIENT
from aftersales.tests.api import Client
from aftersales.tests.factories import UserFactory
from followups.models import DeliveryState, EventKind, WebhookDelivery
from followups.services import webhooks
from followups.tests.factories import MatterFactory

pytestmark = pytest.mark.django_db
WEBHOOKS = "/api/v1/webhooks/"
DELIVERIES = "/api/v1/webhook-deliveries/"


@pytest.fixture
def admin():
    return Client(UserFactory(roles=[ADMINISTRATOR, REST_CLIENT]))


@pytest.fixture
def webhook(admin):
    return webhooks.create(
        url="https://example.com/in", wants=[EventKind.MATTER_OPENED], by=admin.user
    )


def test_a_webhook_is_shown_without_its_secret(admin, webhook):
    shown = {
        "id": webhook.pk,
        "url": "https://example.com/in",
        "wants": ["matter.opened"],
        "is_active": True,
        "failures": 0,
        "quiet_until": None,
    }

    assert admin.get(WEBHOOKS).json()["results"] == [shown]
    assert admin.get(f"{WEBHOOKS}{webhook.pk}/").json() == shown


def test_a_delivery_is_shown_and_found(admin, webhook):
    matter = MatterFactory()
    delivery = WebhookDelivery.objects.get()

    answer = admin.get(DELIVERIES, {"webhook": webhook.pk, "state": "pending"}).json()

    [found] = answer["results"]
    assert found == admin.get(f"{DELIVERIES}{delivery.pk}/").json()
    assert found["number"] == str(delivery.number)
    assert (found["event"], found["object_id"]) == ("matter.opened", matter.pk)
    assert admin.get(DELIVERIES, {"event": "test"}).json()["results"] == []


def test_a_webhook_is_tried_once_for_a_key(admin, webhook):
    answers = [admin.post(f"{WEBHOOKS}{webhook.pk}/test/", key="try-1") for _twice in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert webhook.deliveries.get().event == "test"


def test_a_delivery_is_sent_again_unless_it_waits(admin, webhook):
    delivery = webhooks.test(webhook.pk)
    WebhookDelivery.objects.update(state=DeliveryState.GIVEN_UP, attempts=10)
    address = f"{DELIVERIES}{delivery.pk}/replay/"

    again = admin.post(address).json()
    refused = admin.post(address)

    assert (again["state"], again["attempts"]) == ("pending", 0)
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:problem-type:aftersales:nothing_to_replay"


def test_others_see_nothing_of_it(webhook):
    stranger = Client()

    assert stranger.get(WEBHOOKS).status_code == 403
    assert stranger.post(f"{WEBHOOKS}{webhook.pk}/test/").status_code == 403
