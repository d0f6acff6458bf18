"""Webhooks: made, switched on and off, and told of events, in order as far as they listen.

A delivery may come twice, if the program dies between the receiver's answer and our note; the
receiver knows it by its number. One webhook is told one event at a time; after a failure it is
left alone for a while, then the events that wait for their first try go first.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import Refusal
from followups.models import TEST, DeliveryState, EventKind, Webhook, WebhookDelivery
from followups.outbox import outside

TRIES = 10
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
# Longer than a task may run: a webhook that was taken that long ago was left alone.
GONE_AFTER = timedelta(minutes=10)
# Where the object of an event is read.
READ_AT = {
    EventKind.FOLLOW_UP_CLOSED: "api:follow-up-detail",
    EventKind.MATTER_OPENED: "api:matter-detail",
    EventKind.LETTER_ISSUED: "api:letter-detail",
    EventKind.CAMPAIGN_DECIDED: "api:campaign-detail",
}


class NothingToReplay(Refusal):
    """The delivery waits to be sent anyway."""

    def __init__(self) -> None:
        super().__init__(_("This delivery waits to be sent already."))


def create(*, url: str, wants: Collection[str], by: User) -> Webhook:
    """Make a webhook; its `secret` is to be shown now and never again.

    Raises:
        ValidationError: the address or the events are none.
    """
    outside.refuse_unusable(url)
    chosen = [event for event in EventKind.values if event in wants]
    if not chosen:
        raise ValidationError({"wants": _("Choose what the other system wants to know.")})
    with changes_by(by):
        return Webhook.objects.create(
            url=url, wants=chosen, secret=secrets.token_urlsafe(32), created_by=by
        )


def switch(webhook_id: int, *, is_active: bool, by: User) -> Webhook:
    """Switch a webhook on or off; what happens while it is off is never told."""
    with changes_by(by):
        webhook = Webhook.objects.select_for_update(no_key=True).get(pk=webhook_id)
        webhook.is_active = is_active
        # Who switches it on wants to see at once whether it works.
        webhook.failures, webhook.quiet_until = 0, None
        webhook.save(update_fields=["is_active", "failures", "quiet_until"])
    return webhook


def test(webhook_id: int) -> WebhookDelivery:
    """Let the webhook be told something about nothing."""
    return WebhookDelivery.objects.create(webhook_id=webhook_id, event=TEST)


@transaction.atomic
def replay(delivery_id: int, *, now: datetime) -> WebhookDelivery:
    """Send a delivery again, under the same number.

    Raises:
        NothingToReplay: it waits to be sent anyway.
    """
    delivery = WebhookDelivery.objects.select_for_update(no_key=True).get(pk=delivery_id)
    if delivery.state == DeliveryState.PENDING:
        raise NothingToReplay
    delivery.state, delivery.attempts, delivery.next_at = DeliveryState.PENDING, 0, now
    delivery.save(update_fields=["state", "attempts", "next_at"])
    return delivery


def deliver_next(*, now: datetime) -> bool:
    """Tell one webhook of one event; False: there is nobody to tell anything.

    Not inside a transaction: the webhook is taken before, and let go after the answer.
    """
    delivery = _take(now)
    if delivery is None:
        return False
    body = body_of(delivery)
    try:
        answer = outside.post(delivery.webhook.url, body, headers_of(delivery, body, now))
    except outside.Unreachable as error:
        _note(delivery, now, said=str(error), is_good=False)
    else:
        said = f"HTTP {answer.status} {answer.text}".strip()
        _note(delivery, now, said=said, is_good=answer.is_good)
    return True


def body_of(delivery: WebhookDelivery) -> bytes:
    """Return what a webhook is told: which object, and where to read it; nothing of anybody."""
    thing = None
    if delivery.event != TEST:
        address = reverse(READ_AT[EventKind(delivery.event)], args=[delivery.object_id])
        thing = {"id": delivery.object_id, "url": settings.PUBLIC_URL + address}
    told = {
        "id": str(delivery.number),
        "event": delivery.event,
        "happened_at": delivery.happened_at.isoformat(),
        "object": thing,
    }
    return json.dumps(told).encode()


def headers_of(delivery: WebhookDelivery, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers of a delivery, signed: HMAC-SHA256 over the time, a dot and the body."""
    at = str(int(now.timestamp()))
    signed = hmac.digest(delivery.webhook.secret.encode(), f"{at}.".encode() + body, "sha256")
    return {
        "Content-Type": "application/json",
        "User-Agent": "aftersales-webhooks/1",
        "Aftersales-Event": delivery.event,
        "Aftersales-Delivery": str(delivery.number),
        "Aftersales-Signature": f"t={at},v1={signed.hex()}",
    }


@transaction.atomic
def _take(now: datetime) -> WebhookDelivery | None:
    """Take the webhook that waits the longest, and what it is to be told next."""
    waiting = WebhookDelivery.objects.filter(state=DeliveryState.PENDING, next_at__lte=now)
    webhook = (
        Webhook.objects.filter(Q(quiet_until=None) | Q(quiet_until__lte=now), is_active=True)
        .filter(Exists(waiting.filter(webhook=OuterRef("pk"))))
        .select_for_update(skip_locked=True, no_key=True)
        .order_by(F("quiet_until").asc(nulls_first=True), "pk")
        .first()
    )
    if webhook is None:
        return None
    waiting = waiting.filter(webhook=webhook).select_related("webhook")
    delivery = waiting.order_by("attempts", "pk").first()
    # Another relay may have told it the last event just now.
    if delivery:
        webhook.quiet_until = now + GONE_AFTER
        webhook.save(update_fields=["quiet_until"])
    return delivery


@transaction.atomic
def _note(delivery: WebhookDelivery, now: datetime, *, said: str, is_good: bool) -> None:
    webhook = Webhook.objects.select_for_update(no_key=True).get(pk=delivery.webhook_id)
    delivery.attempts += 1
    delivery.answer, delivery.answered_at = said[:300], now
    if is_good:
        delivery.state = DeliveryState.DELIVERED
        webhook.failures, webhook.quiet_until = 0, now
    else:
        webhook.failures += 1
        webhook.quiet_until = now + _pause(webhook.failures)
        delivery.next_at = now + _pause(delivery.attempts)
        if delivery.attempts >= TRIES:
            delivery.state = DeliveryState.GIVEN_UP
    delivery.save(update_fields=["attempts", "answer", "answered_at", "state", "next_at"])
    webhook.save(update_fields=["failures", "quiet_until"])


def _pause(failures: int) -> timedelta:
    doubled: timedelta = FIRST_PAUSE * 2 ** min(failures - 1, 10)
    return min(doubled, LONGEST_PAUSE)
