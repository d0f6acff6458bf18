"""Who is calling a customer just now, what he has typed, and when the customer may be tried."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from aftersales.history import tracked
from aftersales.models import User
from customers.models import Customer
from followups.models.kind import Kind

if TYPE_CHECKING:
    from followups.models.follow_up import FollowUp

# A call desk renews its claim every half minute; a browser that died holds nobody longer.
LEASE = timedelta(minutes=5)


class ClaimQuerySet(models.QuerySet["Claim"]):
    def held(self, now: datetime) -> ClaimQuerySet:
        """Claims of customers whom somebody is calling now."""
        return self.filter(leased_until__gt=now)

    def held_by(self, user: User, now: datetime) -> Claim | None:
        """Return the claim of the customer whom somebody is calling, the first if he has two."""
        return self.held(now).filter(claimed_by=user).order_by("claimed_at").first()


class Claim(models.Model):
    """A customer's place at the call desks: one row for whoever was ever called.

    Attributes:
        number: rises with each claim and each recorded call; who writes with an older one
            comes too late.
        leased_until: the claim holds until then; empty when nobody has the customer.
        not_before: the earliest moment of the next try.
        was_reached: the last call reached him; only a new answer may be told before that moment.
        left_by: who left without saying what came of it; the customer comes back to him first.
    """

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="claim")
    number = models.PositiveIntegerField(default=1)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    claimed_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    was_reached = models.BooleanField(db_default=False)
    left_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    objects = ClaimQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                name="followups_claim_held",
                fields=["leased_until"],
                condition=Q(leased_until__isnull=False),
            ),
            models.Index(
                name="followups_claim_left", fields=["left_by"], condition=Q(left_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.number}"

    def is_held(self, now: datetime) -> bool:
        return self.leased_until is not None and self.leased_until > now

    def pause_before(self, agenda: Iterable[FollowUp]) -> datetime | None:
        """Return the earliest moment of a call about `agenda`, as far as earlier tries tell.

        Whoever was told that an answer follows gets it on the day it exists (FUP-08), however
        short ago he was talked with; only tries that did not reach him are spaced (R-37).
        """
        if self.was_reached and any(item.kind == Kind.ANSWER for item in agenda):
            return None
        return self.not_before


class CallDraft(models.Model):
    """What somebody has typed about a customer and not yet recorded."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="call_drafts"
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="followups_one_draft_about_a_customer", fields=["user", "customer"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.customer_id}"


@tracked()
class Skip(models.Model):
    """Somebody put a customer off without calling, and why."""

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, verbose_name=_("customer"), related_name="skips"
    )
    reason = models.CharField(_("reason"), max_length=250)
    until = models.DateTimeField(_("back in the queue at"))
    skipped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("skipped by"),
        related_name="+",
    )
    skipped_at = models.DateTimeField(_("skipped at"))
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("skip")
        verbose_name_plural = _("skips")
        default_permissions = ()
        ordering = ["-skipped_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="followups_skips_have_a_reason", condition=~Q(reason=""))
        ]

    def __str__(self) -> str:
        return self.reason
