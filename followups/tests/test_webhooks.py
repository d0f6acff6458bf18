"""Webhooks: what is noted whoever writes, and how it reaches the other system."""

import hmac
import json
import re
import socket
from datetime import date, timedelta
from hashlib import sha256
from ipaddress import ip_network

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from aftersales.refusals import Refusal
from aftersales.tests.factories import UserFactory
from aftersales.tests.parallel import in_parallel
from customers.tests.factories import CustomerFactory
from followups.models import DeliveryState, EventKind, FollowUp, Webhook, WebhookDelivery
from followups.outbox import outside
from followups.services import webhooks
from followups.tests.factories import (
    CampaignFactory,
    FollowUpFactory,
    LetterFactory,
    MatterFactory,
)
from followups.tests.provider import provider

HOUSE = [ip_network("127.0.0.0/8")]


@pytest.fixture
def post(settings):
    settings.WEBHOOK_NETWORKS = HOUSE
    with provider() as found:
        found.answers = [(200, b"")]
        yield found


def make(url="https://example.com/hook", wants=tuple(EventKind.values)):
    return webhooks.create(url=url, wants=wants, by=UserFactory())


def later(minutes=0):
    """A moment after the database has dated what just happened."""
    return timezone.now() + timedelta(minutes=minutes, seconds=1)


def deliver(now=None):
    while webhooks.deliver_next(now=now or later()):
        pass


def noted():
    return list(WebhookDelivery.objects.order_by("pk").values_list("event", "object_id"))


def told(post):
    return [json.loads(body) for _headers, body in post.requests]


class TestNoting:
    def test_each_event_is_noted_once(self, db):
        make()
        matter, letter, owed = MatterFactory(), LetterFactory(), FollowUpFactory()
        campaign = CampaignFactory()

        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE followups_followup SET state = 'cancelled', ending = 'corrected',"
                " closed_at = now(), closed_on = '2025-04-06' WHERE id = %s",
                [owed.pk],
            )
        campaign.state, campaign.decided_by = "decided", campaign.created_by
        campaign.decided_on = campaign.scheduled_on = date(2025, 4, 5)
        campaign.save()
        campaign.benefit = "Coffee"
        campaign.save()
        FollowUp.objects.update(ending="superseded")

        assert noted() == [
            ("matter.opened", matter.pk),
            ("letter.issued", letter.pk),
            ("follow_up.closed", owed.pk),
            ("campaign.decided", campaign.pk),
        ]

    def test_many_at_once_are_noted_one_by_one(self, db):
        make()
        owed = {FollowUpFactory().pk for _number in range(3)}

        FollowUp.objects.update(
            state="cancelled",
            ending="corrected",
            closed_at=timezone.now(),
            closed_on=date(2025, 4, 6),
        )

        assert {pk for _event, pk in noted()} == owed

    def test_only_what_is_wanted_is_noted_and_nothing_while_it_is_off(self, db):
        asks = make(wants=[EventKind.LETTER_ISSUED])
        webhooks.switch(make().pk, is_active=False, by=UserFactory())

        MatterFactory()
        letter = LetterFactory()

        assert noted() == [("letter.issued", letter.pk)]
        assert WebhookDelivery.objects.get().webhook == asks

    def test_what_is_rolled_back_is_not_noted(self, db):
        make()
        with transaction.atomic():
            MatterFactory()
            transaction.set_rollback(True)
        assert noted() == []

    def test_merging_and_changing_open_nothing_new(self, db):
        matter = MatterFactory()
        make()
        matter.study = "Looked at it"
        matter.save()
        assert noted() == []


class TestTelling:
    def test_it_is_signed_and_says_nothing_of_anybody(self, db, post, settings):
        settings.PUBLIC_URL = "https://shop.example"
        webhook = make(post.url)
        matter = MatterFactory(customer=CustomerFactory(name="王小明"), text="Brakes squeal")

        deliver()

        ((headers, body),) = post.requests
        delivery = WebhookDelivery.objects.get()
        assert json.loads(body) == {
            "id": str(delivery.number),
            "event": "matter.opened",
            "happened_at": delivery.happened_at.isoformat(),
            "object": {
                "id": matter.pk,
                "url": f"https://shop.example/api/v1/matters/{matter.pk}/",
            },
        }
        at, signature = (part[2:] for part in headers["Aftersales-Signature"].split(","))
        signed = hmac.new(webhook.secret.encode(), at.encode() + b"." + body, sha256)
        assert signature.lstrip("=") == signed.hexdigest()
        assert headers["Aftersales-Delivery"] == str(delivery.number)
        assert headers["Content-Type"] == "application/json"
        assert (delivery.state, delivery.attempts) == (DeliveryState.DELIVERED, 1)

    def test_the_documented_check_knows_our_signature(self, db, post):
        webhook = make(post.url)
        MatterFactory()
        deliver(timezone.now())
        deliver()
        ((headers, body),) = post.requests
        page = (settings.BASE_DIR / "docs" / "api.md").read_text()
        [snippet] = re.findall(r"```python\n(import hmac.*?)```", page, re.DOTALL)
        known = {}
        exec(snippet, known)
        signature, is_genuine = headers["Aftersales-Signature"], known["is_genuine"]

        assert is_genuine(webhook.secret, signature, body)
        assert not is_genuine(webhook.secret, signature, body + b" ")
        assert not is_genuine("another", signature, body)
        with time_machine.travel(timezone.now() + timedelta(minutes=10)):
            assert not is_genuine(webhook.secret, signature, body)

    @pytest.mark.parametrize("event", EventKind)
    def test_every_event_leads_to_its_object(self, db, event):
        delivery = WebhookDelivery(event=event, object_id=7, happened_at=timezone.now())

        assert json.loads(webhooks.body_of(delivery))["object"]["url"].endswith("/7/")

    def test_it_is_told_in_order(self, db, post):
        make(post.url)
        matters = [MatterFactory().pk for _number in range(5)]

        deliver()

        assert [each["object"]["id"] for each in told(post)] == matters

    def test_a_test_is_about_nothing(self, db, post):
        webhook = make(post.url)
        webhooks.test(webhook.pk)

        deliver()

        assert [(each["event"], each["object"]) for each in told(post)] == [("test", None)]

    def test_a_webhook_that_is_off_is_told_nothing(self, db, post):
        webhook = make(post.url)
        MatterFactory()
        webhooks.switch(webhook.pk, is_active=False, by=UserFactory())
        deliver()
        assert post.requests == []
        webhooks.switch(webhook.pk, is_active=True, by=UserFactory())
        deliver()
        assert len(post.requests) == 1

    @pytest.mark.parametrize("status", [302, 404, 500, None])
    def test_after_a_failure_it_is_left_alone_and_told_later(self, db, post, status):
        post.answers = [(status, b"broken"), (200, b"")]
        make(post.url)
        MatterFactory()
        now = later()

        deliver(now)
        deliver(now + timedelta(seconds=59))
        assert len(post.requests) == 1
        deliver(now + timedelta(minutes=1))

        first, second = told(post)
        assert first == second
        assert WebhookDelivery.objects.get().state == DeliveryState.DELIVERED
        assert Webhook.objects.get().failures == 0

    def test_one_event_that_always_fails_holds_up_no_other(self, db, post):
        make(post.url)
        bad, good = MatterFactory(), MatterFactory()
        now = later()
        post.answers = [(500, b""), (200, b""), (500, b"")]

        deliver(now)
        deliver(now + timedelta(minutes=1))

        assert [each["object"]["id"] for each in told(post)] == [bad.pk, good.pk, bad.pk]

    def test_it_is_given_up_after_some_tries(self, db, post):
        post.answers = [(500, b"no")]
        make(post.url)
        MatterFactory()
        now = later()
        for hour in range(50):
            deliver(now + timedelta(hours=hour))

        delivery = WebhookDelivery.objects.get()
        assert len(post.requests) == delivery.attempts == webhooks.TRIES
        assert (delivery.state, delivery.answer) == (DeliveryState.GIVEN_UP, "HTTP 500 no")

    def test_it_is_replayed_under_the_same_number(self, db, post):
        make(post.url)
        MatterFactory()
        deliver()
        delivery = WebhookDelivery.objects.get()

        webhooks.replay(delivery.pk, now=later())
        with pytest.raises(Refusal):
            webhooks.replay(delivery.pk, now=later())
        deliver(later(minutes=1))

        first, second = told(post)
        assert first == second

    def test_a_webhook_whose_relay_died_is_told_again_later(self, db, post):
        make(post.url)
        MatterFactory()
        now = later()
        assert webhooks._take(now)
        deliver(now + webhooks.GONE_AFTER - timedelta(seconds=1))
        assert post.requests == []
        deliver(now + webhooks.GONE_AFTER)
        assert len(post.requests) == 1

    @pytest.mark.django_db(transaction=True)
    def test_relays_at_once_tell_each_event_once_and_in_order(self, post):
        make(post.url)
        matters = [MatterFactory().pk for _number in range(20)]
        now = later()

        in_parallel(*[lambda: deliver(now)] * 4)
        deliver(now)

        assert [each["object"]["id"] for each in told(post)] == matters

    def test_webhooks_take_turns(self, db, post):
        for _webhook in range(2):
            make(post.url)
        for _event in range(2):
            MatterFactory()
        now = later()

        for second in range(2):
            webhooks.deliver_next(now=now + timedelta(seconds=second))

        told_first = WebhookDelivery.objects.filter(state=DeliveryState.DELIVERED)
        assert len(set(told_first.values_list("webhook", flat=True))) == 2


class TestInside:
    """Source: server-side request forgery."""

    @pytest.mark.parametrize(
        "url",
        [
            "https://127.0.0.1/",
            "https://localhost/",
            "https://[::1]/",
            "https://0.0.0.0/",
            "https://10.1.2.3/",
            "https://192.168.0.1/",
            "https://172.16.0.1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://100.64.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[fd00::1]/",
            "https://[fe80::1%25eth0]/",
            "https://224.0.0.1/",
            "https://nowhere.invalid/",
            "http://127.0.0.1/",
        ],
    )
    def test_nothing_inside_of_the_house_is_reached(self, settings, url, monkeypatch):
        def connect(*_args, **_kwargs):
            raise AssertionError("connected")

        monkeypatch.setattr(socket.socket, "connect", connect)
        with pytest.raises(outside.Unreachable):
            outside.post(url, b"", {})

    def test_outside_of_the_house_only_tls_is_spoken(self):
        with pytest.raises(outside.Unreachable, match="https only"):
            outside.post("http://93.184.216.34/", b"", {})

    def test_a_name_that_leads_inside_as_well_is_refused(self, monkeypatch):
        found = [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: found)
        with pytest.raises(outside.Unreachable, match="inside"):
            outside.post("https://example.com/", b"", {})

    def test_a_name_is_looked_up_once(self, post, monkeypatch):
        """A second lookup could lead elsewhere."""
        port = int(post.url.split(":")[2].split("/")[0])
        answers = [[(2, 1, 6, "", ("127.0.0.1", port))], [(2, 1, 6, "", ("10.0.0.1", port))]]
        real = socket.getaddrinfo

        def look_up(host, *args, **kwargs):
            return answers.pop(0) if host == "hook.example" else real(host, *args, **kwargs)

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        answer = outside.post(f"http://hook.example:{port}/in?a=1", b"{}", {})
        assert answer.is_good
        assert post.requests[0][0]["Host"] == f"hook.example:{port}"

    def test_redirects_are_not_followed(self, post):
        post.answers = [(302, b"")]
        assert outside.post(post.url, b"{}", {}).status == 302
        assert len(post.requests) == 1

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "example.com",
            "ftp://example.com/",
            "file:///etc/passwd",
            "https://",
            "https://user:pw@example.com/",
            "https://example.com/#part",
            "https://example.com:99999/",
            "http://example.com/",
            "https://[::1",
        ],
    )
    def test_an_address_of_a_wrong_shape_is_not_kept(self, db, url):
        with pytest.raises(ValidationError):
            make(url)

    def test_one_has_to_want_something(self, db):
        with pytest.raises(ValidationError):
            make(wants=["nothing"])
