"""The outbox: whatever leaves the house by e-mail or text message, each message once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from followups.models.letter import Letter


class OutboxChannel(models.TextChoices):
    EMAIL = "email", pgettext_lazy("delivery", "E-mail")
    SMS = "sms", pgettext_lazy("delivery", "Text message")


class OutboxState(models.TextChoices):
    PENDING = "pending", pgettext_lazy("message", "Waiting")
    SENDING = "sending", pgettext_lazy("message", "Being sent")
    SENT = "sent", pgettext_lazy("message", "Sent")
    FAILED = "failed", pgettext_lazy("message", "Not sent")
    UNKNOWN = "unknown", pgettext_lazy("message", "Unknown whether sent")


# A person may have to say what becomes of it.
UNSETTLED = (OutboxState.FAILED, OutboxState.UNKNOWN)


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def to_decide(self) -> OutboxQuerySet:
        """Messages that nobody knows to be sent and that the relay leaves alone."""
        return self.filter(state__in=UNSETTLED)


class OutboxMessage(models.Model):
    """A message to one recipient, written in the transaction of what it is about.

    Attributes:
        key: names the message for ever, at the provider as well; a second one isn't written.
        letter: its archived file goes along with an e-mail.
        next_at: the earliest moment of the next try.
        taken_at: when the relay took it; if it never came back, nobody knows what became of it.
        provider_id: under what the provider knows it.
        settled_by: who decided what became of it, or that it is to be sent again.
    """

    key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(_("delivery"), max_length=10, choices=OutboxChannel)
    recipient = models.CharField(_("sent to"), max_length=254)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"))
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        verbose_name=_("customer"),
        related_name="messages",
        null=True,
        blank=True,
    )
    letter = models.ForeignKey(
        Letter,
        on_delete=models.PROTECT,
        verbose_name=_("letter"),
        related_name="messages",
        null=True,
        blank=True,
    )
    state = models.CharField(
        _("state"), max_length=10, choices=OutboxState, default=OutboxState.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("next try"))
    taken_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    provider_id = models.CharField(_("provider's number"), max_length=200, blank=True)
    last_error = models.CharField(_("what went wrong"), max_length=500, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("decided by"),
        related_name="+",
        null=True,
        blank=True,
    )
    settled_at = models.DateTimeField(_("decided"), null=True, blank=True)
    created_at = models.DateTimeField(_("written"), db_default=Now())

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="followups_messages_say_whom_and_what",
                condition=~Q(key="") & ~Q(recipient="") & ~Q(body=""),
            ),
            models.CheckConstraint(
                name="followups_sent_messages_say_when",
                condition=Q(state=OutboxState.SENT, sent_at__isnull=False)
                | (~Q(state=OutboxState.SENT) & Q(sent_at=None)),
            ),
            models.CheckConstraint(
                name="followups_taken_messages_say_when",
                condition=~Q(state=OutboxState.SENDING) | Q(taken_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="followups_outbox_waiting",
                fields=["next_at", "id"],
                condition=Q(state=OutboxState.PENDING),
            ),
            models.Index(
                name="followups_outbox_taken",
                fields=["taken_at"],
                condition=Q(state=OutboxState.SENDING),
            ),
            models.Index(
                name="followups_outbox_unsettled",
                fields=["-id"],
                condition=Q(state__in=UNSETTLED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject or self.body[:40]}"

    def get_absolute_url(self) -> str:
        return reverse("followups:message", args=[self.pk])
