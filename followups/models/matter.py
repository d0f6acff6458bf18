"""Matters: what a customer wants, hopes or complains about, and what became of it."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.history import tracked
from aftersales.models import User
from customers.models import Customer
from followups.models.call import Call


class MatterKind(models.TextChoices):
    REQUEST = "request", pgettext_lazy("matter", "Request")
    HOPE = "hope", pgettext_lazy("matter", "Hope")
    COMPLAINT = "complaint", pgettext_lazy("matter", "Complaint")
    LOW_SCORE = "low_score", pgettext_lazy("matter", "Low score")


class MatterState(models.TextChoices):
    OPEN = "open", pgettext_lazy("matter", "Open")
    ANSWERED = "answered", pgettext_lazy("matter", "Answered")
    CLOSED = "closed", pgettext_lazy("matter", "Closed")


class MatterQuerySet(models.QuerySet["Matter"]):
    def visible_to(self, user: User) -> MatterQuerySet:
        """All with the permission, else those of customers whom the user brought in."""
        if user.has_perm("followups.view_all_matters"):
            return self
        if user.has_perm("followups.view_matter"):
            return self.filter(customer__created_by=user)
        return self.none()

    def late(self, today: date) -> MatterQuerySet:
        """Open ones that should have been reported to the supervisor by now (FUP-07)."""
        return self.filter(state=MatterState.OPEN, report_by__lt=today)


@tracked()
class Matter(models.Model):
    """Something a customer said that somebody has to answer.

    Source: FUP-04, FUP-05, FUP-06, FUP-07, R-08.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=MatterKind)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, verbose_name=_("customer"), related_name="matters"
    )
    call = models.ForeignKey(
        Call,
        on_delete=models.PROTECT,
        verbose_name=_("call"),
        related_name="matters",
        null=True,
        blank=True,
    )
    text = models.TextField(_("in the customer's words"))
    heard_on = models.DateField(_("heard on"))
    report_by = models.DateField(_("report by"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("in charge"),
        related_name="matters",
    )
    state = models.CharField(
        _("state"), max_length=10, choices=MatterState, default=MatterState.OPEN
    )
    answer = models.TextField(_("answer"), blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("closed by"),
        related_name="+",
        null=True,
        blank=True,
    )
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        default_permissions = ()
        ordering = ["report_by", "pk"]
        constraints = [
            models.CheckConstraint(name="followups_matters_say_what", condition=~Q(text="")),
            models.CheckConstraint(
                name="followups_matter_states_say_when",
                condition=Q(state=MatterState.OPEN, answered_on=None, closed_on=None)
                | (
                    Q(state=MatterState.ANSWERED, answered_on__isnull=False, closed_on=None)
                    & ~Q(answer="")
                )
                | Q(state=MatterState.CLOSED, closed_on__isnull=False, closed_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="followups_matter_open",
                fields=["report_by", "id"],
                condition=Q(state=MatterState.OPEN),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.customer}"

    def get_absolute_url(self) -> str:
        return reverse("followups:matter", args=[self.pk])
