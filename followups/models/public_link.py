"""Pages for customers without an account, each behind a link of its own."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.history import tracked
from customers.models import Customer
from followups.models.call import Call
from followups.models.campaign import Invitation
from followups.models.matter import Matter


class LinkPurpose(models.TextChoices):
    INVITATION = "invitation", pgettext_lazy("link", "Answer an invitation")
    CONVENIENT_TIME = "convenient_time", pgettext_lazy("link", "Give a convenient time")
    STOP_ADVERTISING = "stop_advertising", pgettext_lazy("link", "Stop advertising")
    SURVEY = "survey", pgettext_lazy("link", "Answer the survey")


class LinkState(models.TextChoices):
    OPEN = "open", pgettext_lazy("link", "Not answered yet")
    USED = "used", pgettext_lazy("link", "Answered")
    EXPIRED = "expired", pgettext_lazy("link", "Expired")
    REVOKED = "revoked", pgettext_lazy("link", "Revoked")


class PublicLinkQuerySet(models.QuerySet["PublicLink"]):
    def with_states(self, now: datetime) -> list[tuple[PublicLink, LinkState]]:
        """Return the links with what a row shows, each with its state."""
        rows = self.select_related("created_by", "revoked_by", "invitation__campaign", "survey")
        return [(link, link.state(now)) for link in rows]


@tracked()
class PublicLink(models.Model):
    """A page for one customer and one purpose, open to whoever has its address.

    Attributes:
        digest: SHA-256 of the secret part of the address, which nobody keeps.
        call: the talk that the survey is about, if it is about one.
        expires_at: the first moment at which it doesn't open any more.
        used_at: when the customer answered first; while it lives he may change his mind.
    """

    digest = models.CharField(max_length=64, unique=True, editable=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, verbose_name=_("customer"), related_name="public_links"
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=LinkPurpose)
    invitation = models.ForeignKey(
        Invitation,
        on_delete=models.PROTECT,
        verbose_name=_("invitation"),
        related_name="public_links",
        null=True,
        blank=True,
    )
    call = models.ForeignKey(
        Call,
        on_delete=models.PROTECT,
        verbose_name=_("call"),
        related_name="public_links",
        null=True,
        blank=True,
    )
    expires_at = models.DateTimeField(_("open until"))
    used_at = models.DateTimeField(_("answered"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("revoked by"),
        related_name="+",
        null=True,
        blank=True,
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("made by"),
        related_name="+",
    )
    created_at = models.DateTimeField(_("made"), db_default=Now())
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PublicLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="followups_links_to_invitations_name_them",
                condition=Q(purpose=LinkPurpose.INVITATION, invitation__isnull=False)
                | (~Q(purpose=LinkPurpose.INVITATION) & Q(invitation=None)),
            ),
            models.CheckConstraint(
                name="followups_links_live_for_a_while",
                condition=Q(expires_at__gt=F("created_at")),
            ),
            models.CheckConstraint(
                name="followups_revoked_links_say_by_whom",
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.customer}"

    def state(self, now: datetime) -> LinkState:
        if self.revoked_at:
            return LinkState.REVOKED
        if self.expires_at <= now:
            return LinkState.EXPIRED
        return LinkState.USED if self.used_at else LinkState.OPEN


@tracked()
class SurveyAnswer(models.Model):
    """What a customer answered to the survey by his link.

    Attributes:
        scores: question → answer, as in a call; `score_reasons` says why one is low.
        matter: what his low scores opened.
    """

    link = models.OneToOneField(
        PublicLink, on_delete=models.PROTECT, verbose_name=_("link"), related_name="survey"
    )
    scores = models.JSONField(_("scores"), default=dict)
    score_reasons = models.JSONField(_("reasons of low scores"), default=dict)
    answered_at = models.DateTimeField(_("answered"))
    matter = models.ForeignKey(
        Matter,
        on_delete=models.PROTECT,
        verbose_name=_("matter"),
        related_name="+",
        null=True,
        blank=True,
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("answer to the survey")
        verbose_name_plural = _("answers to the survey")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.link_id)
