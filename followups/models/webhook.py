"""Webhooks: other systems that want to know what happens, and what they were told."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.history import tracked
from aftersales.models import User


class EventKind(models.TextChoices):
    FOLLOW_UP_CLOSED = "follow_up.closed", _("Follow-up closed")
    MATTER_OPENED = "matter.opened", _("Matter opened")
    LETTER_ISSUED = "letter.issued", _("Letter issued")
    CAMPAIGN_DECIDED = "campaign.decided", _("Campaign decided")


# Sent when somebody tries a webhook; about nothing.
TEST = "test"


ANNOUNCE = """
    INSERT INTO followups_webhookdelivery (webhook_id, event, object_id)
    SELECT id, 'EVENT', NEW.id FROM followups_webhook WHERE is_active AND 'EVENT' = ANY(wants);
    RETURN NULL;
"""


def announces(
    event: EventKind, operation: Any, condition: pgtrigger.Q | None = None
) -> pgtrigger.Trigger:
    """Return the trigger that notes an event for each active webhook which wants it.

    By row, because its condition keeps most rows of a bulk statement away from it; a trigger by
    statement would collect all of them.
    """
    return pgtrigger.Trigger(
        name="announce",
        operation=operation,
        when=pgtrigger.After,
        condition=condition,
        func=ANNOUNCE.replace("EVENT", event),
    )


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, user: User) -> WebhookQuerySet:
        return self if user.has_perm("followups.manage_webhooks") else self.none()


class DeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def visible_to(self, user: User) -> DeliveryQuerySet:
        return self if user.has_perm("followups.manage_webhooks") else self.none()


@tracked(exclude=["secret", "failures", "quiet_until"])
class Webhook(models.Model):
    """Where to tell of events.

    Attributes:
        secret: signs what is sent; shown once, when it is made.
        failures: how often in a row it did not answer well.
        quiet_until: nothing is sent before: somebody is just sending, or the last try failed.
    """

    url = models.URLField(_("address"), max_length=500)
    secret = models.CharField(max_length=64, editable=False)
    wants = ArrayField(models.CharField(max_length=30, choices=EventKind), verbose_name=_("events"))
    is_active = models.BooleanField(_("active"), default=True)
    failures = models.PositiveIntegerField(default=0, editable=False)
    quiet_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("made by"),
        related_name="+",
    )
    created_at = models.DateTimeField(_("made"), db_default=Now())
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="followups_webhooks_want_something",
                condition=~Q(wants=[]) & ~Q(url="") & ~Q(secret=""),
            )
        ]

    def __str__(self) -> str:
        return self.url

    def get_absolute_url(self) -> str:
        return reverse("followups:webhook", args=[self.pk])


class DeliveryState(models.TextChoices):
    PENDING = "pending", pgettext_lazy("webhook", "Waiting")
    DELIVERED = "delivered", pgettext_lazy("webhook", "Delivered")
    GIVEN_UP = "given_up", pgettext_lazy("webhook", "Given up")


class WebhookDelivery(models.Model):
    """One event for one webhook: written by the database when it happens, then sent.

    Attributes:
        number: names it for the receiver, who may be told twice.
        object_id: what it is about; None: somebody tries the webhook.
    """

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    number = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    event = models.CharField(_("event"), max_length=30)
    object_id = models.BigIntegerField(null=True, blank=True)
    happened_at = models.DateTimeField(_("happened"), db_default=Now())
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState, db_default=DeliveryState.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("tries"), db_default=0)
    next_at = models.DateTimeField(_("next try"), db_default=Now())
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True, db_default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        default_permissions = ()
        ordering = ["-pk"]
        indexes = [
            models.Index(
                name="followups_delivery_waiting",
                fields=["webhook", "id"],
                condition=Q(state=DeliveryState.PENDING),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.number}"

    def get_event_display(self) -> str:
        return str(_("Test") if self.event == TEST else EventKind(self.event).label)
