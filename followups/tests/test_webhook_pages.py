"""Webhooks on the screen, for administrators."""

import pytest

from aftersales.roles import ADMINISTRATOR
from aftersales.tests.factories import UserFactory
from followups.models import DeliveryState, EventKind, Webhook, WebhookDelivery
from followups.services import webhooks
from followups.tests.factories import MatterFactory

pytestmark = pytest.mark.django_db
LIST = "/webhooks/"


@pytest.fixture
def admin(client):
    user = UserFactory(roles=[ADMINISTRATOR], name="陈静")
    client.force_login(user)
    return user


def text_of(response):
    return " ".join(response.content.decode().split())


def make(by):
    return webhooks.create(url="https://example.com/hook", wants=EventKind.values, by=by)


def test_one_is_made_and_its_secret_shown_once(client, admin):
    made = client.post(f"{LIST}new/", {"url": "https://example.com/in", "wants": ["matter.opened"]})

    webhook = Webhook.objects.get()
    assert webhook.secret in text_of(made)
    assert (webhook.wants, webhook.created_by) == (["matter.opened"], admin)
    for page in (LIST, webhook.get_absolute_url(), f"{LIST}deliveries/"):
        assert webhook.secret not in text_of(client.get(page))


@pytest.mark.parametrize(
    "sent",
    [
        {"url": ""},
        {"url": "https://example.com/"},
        {"url": "ftp://example.com/", "wants": ["matter.opened"]},
    ],
)
def test_what_is_none_is_refused_beside_its_field(client, admin, sent):
    page = client.post(f"{LIST}new/", sent)

    assert page.status_code == 422
    assert "field-error" in text_of(page)
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_says_how_each_fares_in_a_fixed_number_of_queries(
    client, admin, rows, django_assert_num_queries
):
    for _row in range(rows):
        make(admin)
    MatterFactory()
    Webhook.objects.update(failures=2)

    # Session (4), user, heartbeat, rows.
    with django_assert_num_queries(7):
        page = text_of(client.get(LIST))

    assert page.count("https://example.com/hook") == rows
    assert page.count("2 failures in a row") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_deliveries_are_listed_in_a_fixed_number_of_queries(
    client, admin, rows, django_assert_num_queries
):
    make(admin)
    for _row in range(rows):
        MatterFactory()

    # Session (4), user, heartbeat, own lists, rows, count.
    with django_assert_num_queries(9):
        page = text_of(client.get(f"{LIST}deliveries/"))

    assert page.count("Matter opened") == rows


def test_the_deliveries_of_one_can_be_asked_for(client, admin):
    first, second = make(admin), make(admin)
    MatterFactory()

    page = client.get(f"{LIST}deliveries/", {"webhook": second.pk, "state": "pending"})

    assert [row.webhook for row in page.context["page"].page.rows] == [second]
    assert first.deliveries.count() == 1


def test_it_is_tried(client, admin):
    webhook = make(admin)

    page = client.post(f"{webhook.get_absolute_url()}test/", follow=True)

    assert "Test" in text_of(page)
    assert webhook.deliveries.get().event == "test"


def test_it_is_switched_off_and_on_and_the_page_says_by_whom(client, admin):
    webhook = make(admin)

    off = client.post(f"{webhook.get_absolute_url()}switch/", {"active": "no"}, follow=True)
    assert "Switched off" in text_of(off)
    assert "陈静" in text_of(off)
    client.post(f"{webhook.get_absolute_url()}switch/", {"active": "yes"})
    webhook.refresh_from_db()
    assert webhook.is_active


def test_a_delivery_is_sent_again_once(client, admin):
    make(admin)
    MatterFactory()
    delivery = WebhookDelivery.objects.get()
    WebhookDelivery.objects.update(state=DeliveryState.GIVEN_UP, attempts=10)

    for said in ("will be sent again", "waits to be sent already"):
        page = client.post(f"{LIST}deliveries/{delivery.pk}/replay/", follow=True)
        assert said in text_of(page)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 0)
