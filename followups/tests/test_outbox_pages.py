"""The outbox on the screen: what waits for a decision, and the decision."""

import pytest

from aftersales.roles import SUPERVISOR
from aftersales.tests.factories import UserFactory
from customers.tests.factories import CustomerFactory
from followups.models import OutboxMessage
from followups.services import outbox
from followups.tests.calling import NOW

pytestmark = pytest.mark.django_db
LIST = "/outbox/"


@pytest.fixture
def boss(client):
    user = UserFactory(roles=[SUPERVISOR], name="陈静")
    client.force_login(user)
    return user


def text_of(response):
    return " ".join(response.content.decode().split())


def message(state="pending", **told):
    number = OutboxMessage.objects.count()
    told = {"channel": "sms", "recipient": "+8613912345678", "body": "Come.", "now": NOW} | told
    written = outbox.put(key=f"m-{number}", **told)
    sent_at = NOW if state == "sent" else None
    OutboxMessage.objects.filter(pk=written.pk).update(state=state, sent_at=sent_at, taken_at=NOW)
    return written


@pytest.mark.parametrize("rows", [1, 3])
def test_a_row_shows_whom_and_what_in_a_fixed_number_of_queries(
    client, boss, rows, django_assert_num_queries
):
    for _row in range(rows):
        message("unknown", customer=CustomerFactory(name="王小明"), subject="Free check")

    # Session (4), user, heartbeat, own lists, rows, count, to decide.
    with django_assert_num_queries(10):
        page = text_of(client.get(LIST))

    assert page.count("王小明") == rows
    assert page.count("Free check") == rows
    assert "wait for somebody" in page or "waits for somebody" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "to_decide"}, {"unknown", "failed"}),
        ({"state": "sent"}, {"sent"}),
        ({"channel": "email"}, {"mail"}),
        ({"written_from": "2999-01-01"}, set()),
    ],
)
def test_each_filter_narrows_the_list(client, boss, query, found):
    for state in ("unknown", "failed", "sent", "pending"):
        message(state, body=state)
    message(body="mail", channel="email", recipient="a@example.com")

    page = client.get(LIST, query).context["page"].page

    assert {row.body for row in page.rows} == found


def test_without_a_gateway_the_page_says_that_messages_wait(client, boss, settings):
    settings.GATEWAYS = {"email": {"kind": "console", "url": "", "token": ""}}

    assert "Text message: no gateway is set up" in text_of(client.get(LIST))


def test_an_empty_outbox_says_what_will_lie_here(client, boss):
    assert "Nothing was sent yet" in text_of(client.get(LIST))


@pytest.mark.parametrize(
    ("state", "offers"),
    [("unknown", {"sent", "again"}), ("failed", {"again"}), ("sent", set()), ("pending", set())],
)
def test_only_what_is_to_be_decided_can_be(client, boss, state, offers):
    page = text_of(client.get(message(state).get_absolute_url()))

    assert {each for each in ("sent", "again") if f'value="{each}"' in page} == offers


@pytest.mark.parametrize(("decision", "state"), [("sent", "sent"), ("again", "pending")])
def test_a_decision_is_kept_with_who_made_it(client, boss, decision, state):
    written = message("unknown")

    page = client.post(f"{LIST}{written.pk}/settle/", {"decision": decision}, follow=True)

    written.refresh_from_db()
    assert (written.state, written.settled_by) == (state, boss)
    assert "陈静" in text_of(page)


def test_a_second_decision_is_refused_in_words(client, boss):
    written = message("sent")

    page = client.post(f"{LIST}{written.pk}/settle/", {"decision": "again"}, follow=True)

    assert "nothing to decide" in text_of(page)
    assert OutboxMessage.objects.get().state == "sent"
