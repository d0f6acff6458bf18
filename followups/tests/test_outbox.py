"""The outbox: each message once, whatever the provider says and whoever dies."""

import os
import signal
import socket
from base64 import b64decode
from datetime import timedelta
from json import loads
from random import Random
from time import sleep

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.db import connections, transaction

from aftersales.refusals import Refusal
from aftersales.tests.factories import UserFactory
from aftersales.tests.parallel import in_parallel
from followups.models import LetterEvent, OutboxMessage, OutboxState
from followups.outbox import gateways
from followups.services import outbox
from followups.tests.calling import NOW
from followups.tests.factories import LetterFileFactory
from followups.tests.provider import provider

LATER = NOW + timedelta(days=1)
KILLS = 200


@pytest.fixture
def post():
    with provider() as found:
        yield found


@pytest.fixture
def by_http(settings, post):
    chosen = {"kind": "http", "url": post.url, "token": "secret"}
    settings.GATEWAYS = {"email": chosen, "sms": chosen}


def put(key="matter-1", **changes):
    told = {"channel": "sms", "recipient": "+8613912345678", "body": "Come.", "now": NOW}
    return outbox.put(key=key, **(told | changes))


def after(message):
    message.refresh_from_db()
    return message


def relay(now=NOW):
    while outbox.send_next(now=now):
        pass


def test_a_key_is_written_once(db):
    first = put(body="One.")
    assert put(body="Two.") == first
    assert OutboxMessage.objects.values_list("body", flat=True).get() == "One."


@pytest.mark.django_db(transaction=True)
def test_a_key_is_written_once_by_two_at_once():
    in_parallel(*[put] * 4)
    assert OutboxMessage.objects.count() == 1


def test_what_is_rolled_back_is_not_sent(db, by_http, post):
    with transaction.atomic():
        put()
        transaction.set_rollback(True)
    relay()
    assert post.requests == []


@pytest.mark.parametrize(
    "told",
    [
        {"recipient": " "},
        {"body": "\n"},
        {"channel": "email", "recipient": "nobody"},
        {"channel": "email", "recipient": "a@example.com\nBcc: b@example.com"},
    ],
)
def test_what_cannot_arrive_is_not_put(db, told):
    with pytest.raises(ValidationError):
        put(**told)


def test_the_demo_sends_nothing(db):
    assert {chosen["kind"] for chosen in django_settings.GATEWAYS.values()} == {"console"}
    message = put()
    relay()
    assert (after(message).state, message.provider_id) == (OutboxState.SENT, "console")


def test_without_a_gateway_messages_wait(db, settings):
    settings.GATEWAYS = {"sms": {"kind": "", "url": "", "token": ""}}
    message = put()
    relay()
    assert after(message).state == OutboxState.PENDING


def test_a_provider_gets_the_message_with_token_and_key(db, by_http, post):
    message = put(subject="Free\ncheck")
    relay()
    headers, body = post.requests[0]
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Idempotency-Key"] == "matter-1"
    assert loads(body) == {"to": "+8613912345678", "subject": "Free check", "text": "Come."}
    assert (after(message).state, message.provider_id, message.sent_at) == ("sent", "p-1", NOW)


def test_a_letter_goes_along_and_is_noted_as_sent(db, by_http, post):
    letter = LetterFileFactory(content=b"%PDF-1.7").letter
    message = put(channel="email", recipient="a@example.com", letter=letter)
    relay()
    told = loads(post.requests[0][1])
    assert told["attachment_name"] == f"{letter.letter_no}.pdf"
    assert b64decode(told["attachment_base64"]) == b"%PDF-1.7"
    assert message.customer == letter.customer
    assert list(letter.events.values_list("kind", "on", "noted_by")) == [("sent", NOW.date(), None)]


def test_a_letter_posted_meanwhile_stays_posted(db, by_http):
    letter = LetterFileFactory().letter
    LetterEvent.objects.create(letter=letter, kind="posted", on=NOW.date())
    message = put(channel="email", recipient="a@example.com", letter=letter)
    relay()
    assert after(message).state == OutboxState.SENT
    assert letter.events.get().kind == "posted"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, OutboxState.SENT),
        (302, OutboxState.FAILED),
        (400, OutboxState.FAILED),
        (408, OutboxState.UNKNOWN),
        (409, OutboxState.UNKNOWN),
        (422, OutboxState.FAILED),
        (429, OutboxState.PENDING),
        (500, OutboxState.UNKNOWN),
        (503, OutboxState.PENDING),
        (504, OutboxState.UNKNOWN),
        (None, OutboxState.UNKNOWN),
    ],
)
def test_an_answer_says_what_became_of_a_message(db, by_http, post, status, state):
    post.answers = [(status, b"not JSON")]
    message = put()
    relay()
    assert after(message).state == state
    assert bool(message.last_error) == (state != OutboxState.SENT)
    assert len(post.requests) == 1


def test_a_provider_that_falls_silent_after_taking_it_leaves_it_unknown(
    db, by_http, post, monkeypatch
):
    monkeypatch.setattr(gateways, "TIMEOUT", (1, 0.1))
    post.silent_for = 0.5
    message = put()
    relay()
    relay(LATER)
    assert after(message).state == OutboxState.UNKNOWN
    assert post.keys == {"matter-1": 1}


@pytest.mark.parametrize("host", ["127.0.0.1", "nowhere.invalid"])
def test_a_provider_that_is_not_there_is_tried_again(db, settings, host):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.GATEWAYS = {"sms": {"kind": "http", "url": f"http://{host}:{port}/", "token": ""}}
    message = put()
    relay()
    assert (after(message).state, message.next_at) == ("pending", NOW + timedelta(minutes=1))


def test_pauses_double_up_to_an_hour_and_tries_end(db, by_http, post):
    post.answers = [(503, b"")]
    message, now, pauses = put(), NOW, []
    while after(message).state == OutboxState.PENDING:
        relay(now)
        pauses.append((after(message).next_at - now) // timedelta(minutes=1))
        now = message.next_at
    assert message.state == OutboxState.FAILED
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert len(post.requests) == outbox.TRIES


def test_a_message_that_nobody_brought_back_waits_for_a_person(db, by_http, post):
    message = put()
    OutboxMessage.objects.update(state=OutboxState.SENDING, taken_at=NOW)
    just_before = NOW + outbox.GONE_AFTER - timedelta(seconds=1)
    assert outbox.note_abandoned(now=just_before) == 0
    assert outbox.note_abandoned(now=NOW + outbox.GONE_AFTER) == 1
    relay(LATER)
    assert after(message).state == OutboxState.UNKNOWN
    assert post.requests == []


def unknown(**changes):
    message = put(**changes)
    OutboxMessage.objects.update(state=OutboxState.UNKNOWN)
    return message


def test_somebody_says_that_it_was_sent(db, by_http, post):
    letter, anna = LetterFileFactory().letter, UserFactory()
    message = unknown(channel="email", recipient="a@example.com", letter=letter)
    outbox.settle(message.pk, by=anna, was_sent=True, now=NOW)
    relay()
    assert (after(message).state, message.settled_by, message.settled_at) == ("sent", anna, NOW)
    assert letter.events.values_list("kind", "noted_by").get() == ("sent", anna.pk)
    assert post.requests == []


def test_somebody_has_it_sent_again_under_the_same_key(db, by_http, post):
    message = unknown()
    outbox.settle(message.pk, by=UserFactory(), was_sent=False, now=NOW)
    relay()
    assert after(message).state == OutboxState.SENT
    assert post.keys == {"matter-1": 1}


@pytest.mark.parametrize(
    ("state", "was_sent"),
    [
        ("pending", True),
        ("pending", False),
        ("sent", False),
        ("sent", True),
        ("sending", False),
        ("failed", True),
    ],
)
def test_what_is_known_is_not_decided(db, state, was_sent):
    message = put()
    OutboxMessage.objects.update(
        state=state, taken_at=NOW, sent_at=NOW if state == "sent" else None
    )
    with pytest.raises(Refusal):
        outbox.settle(message.pk, by=UserFactory(), was_sent=was_sent, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_people_decide_once(by_http):
    message, anna = unknown(), UserFactory()

    def decide():
        try:
            outbox.settle(message.pk, by=anna, was_sent=False, now=NOW)
        except Refusal:
            return 0
        return 1

    assert sum(in_parallel(decide, decide)) == 1


@pytest.mark.django_db(transaction=True)
def test_relays_at_once_send_each_message_once(by_http, post):
    for number in range(40):
        put(f"m-{number}")
    in_parallel(*[relay] * 4)
    assert post.keys == {f"m-{number}": 1 for number in range(40)}
    assert not OutboxMessage.objects.exclude(state=OutboxState.SENT).exists()


def relay_in_child(kill=None):
    """Let another process send what waits, and kill it after some seconds; return its exit code."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            relay()
        finally:
            os._exit(0)
    if kill is not None:
        sleep(kill)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.django_db(transaction=True)
def test_relays_killed_between_answer_and_mark_send_nothing_twice(by_http, post, monkeypatch):
    """Source: F13."""
    keys = {f"m-{number}" for number in range(KILLS)}
    for key in keys:
        put(key)
    monkeypatch.setattr(outbox, "_note_sent", lambda *_args, **_kwargs: os._exit(9))
    kills = 0
    while relay_in_child() == 9:
        kills += 1
    assert kills == KILLS
    assert post.keys == dict.fromkeys(keys, 1)
    assert outbox.note_abandoned(now=NOW + outbox.GONE_AFTER) == KILLS
    relay(LATER)
    assert post.keys == dict.fromkeys(keys, 1)
    assert OutboxMessage.objects.filter(state=OutboxState.UNKNOWN).count() == KILLS


@pytest.mark.django_db(transaction=True)
def test_relays_killed_at_any_moment_send_nothing_twice_and_lose_nothing(by_http, post):
    """Source: F11, F13."""
    post.silent_for = 0.01
    keys, chance = {f"m-{number}" for number in range(100)}, Random(13)
    for key in keys:
        put(key)
    kills = 0
    while OutboxMessage.objects.filter(state=OutboxState.PENDING).exists():
        kills += relay_in_child(kill=chance.uniform(0.01, 0.15)) == -signal.SIGKILL
    assert kills > 5
    outbox.note_abandoned(now=NOW + outbox.GONE_AFTER)
    states = dict(OutboxMessage.objects.values_list("key", "state"))
    assert states.keys() == keys
    assert max(post.keys.values()) == 1
    assert {key for key, state in states.items() if state == "sent"} <= post.keys.keys()
    assert set(states.values()) <= {"sent", "unknown"}
    assert list(states.values()).count("unknown") <= kills
