"""The demo's outbox, links of customers, and a webhook; nothing of it ever leaves."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import Exists, OuterRef

from aftersales import roles
from aftersales.models import User
from customers.models import Customer, Phone
from followups.models import (
    DeliveryState,
    EventKind,
    Invitation,
    LinkPurpose,
    Matter,
    OutboxMessage,
    OutboxState,
    WebhookDelivery,
)
from followups.services import links, webhooks
from followups.services.link_messages import send
from reports.demo import staff

SURVEYS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"q_overall": 9, "q_fixed": 1, "q_advisor": 10, "q_price": 7}, {}),
    ({"q_overall": 10, "q_fixed": 1, "q_word": "休息区可以多放几本杂志"}, {}),
    ({"q_overall": 4, "q_fixed": 0, "q_on_time": 3}, {"q_on_time": "等了两个小时才取到车"}),
]


def open_channels(random: Random, workers: list[User], *, now: datetime) -> None:
    """Make links, let some be answered, and leave two messages to be decided about."""
    tracker = staff.holding(workers, roles.TRACKING_SALESMAN)[0]
    reachable = list(
        Customer.objects.filter(merged_into=None, refusals=None)
        .filter(Exists(Phone.objects.filter(customer=OuterRef("pk"), is_bad=False)))
        .exclude(email="")
        .order_by("pk")[:40]
    )
    for customer, (scores, reasons) in zip(random.sample(reachable, 3), SURVEYS, strict=True):
        issued = _issue(customer, LinkPurpose.SURVEY, tracker, now - timedelta(days=3))
        send(issued, channel="email", now=now - timedelta(days=3))
        answered_at = now - timedelta(days=random.randint(0, 2))
        links.answer_survey(issued.link, scores=scores, reasons=reasons, now=answered_at)
    for customer in random.sample(reachable, 4):
        issued = _issue(customer, LinkPurpose.CONVENIENT_TIME, tracker, now - timedelta(days=1))
        send(issued, channel="sms", now=now - timedelta(days=1))
    _invite(tracker, now)
    _relay(now)
    _announce(workers, now)


def _issue(customer: Customer, purpose: str, by: User, now: datetime) -> links.Issued:
    return links.issue(customer, purpose=purpose, by=by, now=now)


def _invite(by: User, now: datetime) -> None:
    """Let the customer of the campaign that is being called answer by a link."""
    invitation = (
        Invitation.objects.select_related("campaign", "customer")
        .filter(campaign__state="decided", campaign__starts_on__gt=now.date())
        .order_by("pk")
        .first()
    )
    if invitation:
        links.issue(
            invitation.customer,
            purpose=LinkPurpose.INVITATION,
            invitation=invitation,
            by=by,
            now=now,
        )


def _relay(now: datetime) -> None:
    """Let everything be sent but two: of one nobody knows, one the provider refused."""
    first, second, *_others = OutboxMessage.objects.order_by("-pk")
    OutboxMessage.objects.exclude(pk__in=[first.pk, second.pk]).update(
        state=OutboxState.SENT, sent_at=now, attempts=1, provider_id="console"
    )
    OutboxMessage.objects.filter(pk=first.pk).update(
        state=OutboxState.UNKNOWN, attempts=1, taken_at=now, last_error="Read timed out."
    )
    OutboxMessage.objects.filter(pk=second.pk).update(
        state=OutboxState.FAILED, attempts=1, taken_at=now, last_error="HTTP 422 no such number"
    )


def _announce(workers: list[User], now: datetime) -> None:
    [administrator, *_others] = staff.holding(workers, roles.ADMINISTRATOR)
    webhook = webhooks.create(
        url="https://crm.example.com/after-sales", wants=EventKind.values, by=administrator
    )
    webhooks.switch(webhook.pk, is_active=False, by=administrator)
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            webhook=webhook,
            event=EventKind.MATTER_OPENED,
            object_id=matter.pk,
            happened_at=matter.created_at,
            state=DeliveryState.DELIVERED,
            attempts=1,
            next_at=now,
            answered_at=now,
            answer="HTTP 204",
        )
        for matter in Matter.objects.order_by("-pk")[:12]
    )
