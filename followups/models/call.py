"""The call register: every call, both directions, written once and never changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.models import User
from customers.models import Customer, Vehicle
from followups.calling.outcomes import OUTCOMES, Outcome, OutcomeCode
from followups.models.follow_up import FollowUp
from followups.models.register import insert_only, seal


class Direction(models.TextChoices):
    OUTBOUND = "outbound", pgettext_lazy("call", "Outbound")
    INBOUND = "inbound", pgettext_lazy("call", "Inbound")


class CallKind(models.TextChoices):
    FIRST_CALL = "first_call", pgettext_lazy("call", "First call")
    SECOND_CALL = "second_call", pgettext_lazy("call", "Second call")
    ANSWER = "answer", pgettext_lazy("call", "Answer")
    CAMPAIGN = "campaign", pgettext_lazy("call", "Campaign")
    REMINDER = "reminder", pgettext_lazy("call", "Reminder")
    INQUIRY = "inquiry", pgettext_lazy("call", "Inquiry")
    COMPLAINT = "complaint", pgettext_lazy("call", "Complaint")
    OTHER = "other", pgettext_lazy("call", "Other")


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: User) -> CallQuerySet:
        """All with the permission, else those with customers whom the user brought in."""
        if user.has_perm("followups.view_all_calls"):
            return self
        if user.has_perm("followups.view_call"):
            return self.filter(customer__created_by=user)
        return self.none()

    def of(self, customer: Customer) -> CallQuerySet:
        """The calls with a customer, and with those who were merged into him."""
        files = Customer.objects.filter(Q(pk=customer.pk) | Q(merged_into=customer))
        return self.filter(customer__in=files)

    def in_force(self) -> CallQuerySet:
        """Calls that no later line corrects."""
        return self.filter(correction=None)


def _text(label: Any) -> models.TextField[str, str]:
    return models.TextField(label, blank=True)


class Call(models.Model):
    """One call with a customer, as it was told by who made or took it (form F2).

    What a customer was called, his number and his car are written as they were that day. A
    correction is a line of its own that says which one it `corrects`.

    Attributes:
        scores: question key → 1–10 (recommendation 0–10, yes/no 1/0), and the text of `q_word`.
        score_reasons: question key → why the score was low, in the customer's words.
        on_behalf_of: whose customer it was, when somebody else called.
        operation: a number of the sender's; the same call sent twice is one line.
        hash, previous_hash: SHA-256 of the line with the hash of the line before.

    Source: FUP-03, FUP-04, REG-01, REG-03, PRX-01, R-44; forms F2, F3, F13.
    """

    # A register line stays with the file about which it was written.
    stays_with_merged_file = True

    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"), db_default=0, editable=False)
    direction = models.CharField(_("direction"), max_length=10, choices=Direction)
    kind = models.CharField(_("kind"), max_length=20, choices=CallKind)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, verbose_name=_("customer"), related_name="calls"
    )
    vehicle = models.ForeignKey(
        Vehicle,
        on_delete=models.PROTECT,
        verbose_name=_("vehicle"),
        related_name="+",
        null=True,
        blank=True,
    )
    customer_name = models.CharField(_("customer name"), max_length=120)
    contact_name = models.CharField(_("person spoken to"), max_length=120, blank=True)
    phone_used = models.CharField(_("number used"), max_length=40, blank=True)
    plate = models.CharField(_("plate"), max_length=20, blank=True)
    vehicle_model = models.CharField(_("vehicle model"), max_length=80, blank=True)
    order_number = models.CharField(_("order no."), max_length=200, blank=True)
    left_on = models.DateField(_("car left on"), null=True, blank=True)
    started_at = models.DateTimeField(_("start"))
    ended_at = models.DateTimeField(_("end"))
    attempt = models.PositiveSmallIntegerField(_("attempt no."), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=OutcomeCode)
    vehicle_use = _text(_("how the vehicle runs"))
    opinion = _text(_("opinion on our service"))
    scores = models.JSONField(_("scores"), default=dict, blank=True)
    score_reasons = models.JSONField(_("reasons for low scores"), default=dict, blank=True)
    new_needs = _text(_("new needs"))
    requests = _text(_("requests"))
    hopes = _text(_("hopes"))
    complaints = _text(_("complaints"))
    told = _text(_("told"))
    answered_now = _text(_("answered at once"))
    to_study = _text(_("to be studied"))
    promise_kept = models.BooleanField(
        _("what was promised last time was kept"), null=True, blank=True
    )
    callback_at = models.DateTimeField(_("next contact"), null=True, blank=True)
    note = _text(_("note"))
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("handled by"),
        related_name="calls",
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("standing in for"),
        related_name="+",
        null=True,
        blank=True,
    )
    corrects = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        verbose_name=_("corrects"),
        related_name="correction",
        null=True,
        blank=True,
    )
    correction_reason = models.CharField(_("why it is corrected"), max_length=250, blank=True)
    operation = models.UUIDField(unique=True, editable=False)
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    previous_hash = models.CharField(max_length=64, db_default="", editable=False)
    hash = models.CharField(max_length=64, db_default="", editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        default_permissions = ()
        ordering = ["-year", "-number"]
        triggers = [*insert_only(), seal()]
        constraints = [
            models.UniqueConstraint(
                name="followups_call_number_once_a_year", fields=["year", "number"]
            ),
            models.CheckConstraint(
                name="followups_call_known_outcome", condition=Q(outcome__in=OutcomeCode.values)
            ),
            models.CheckConstraint(
                name="followups_call_ends_after_its_start",
                condition=Q(ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="followups_corrections_say_why",
                condition=Q(corrects=None, correction_reason="")
                | (Q(corrects__isnull=False) & ~Q(correction_reason="")),
            ),
        ]
        indexes = [
            models.Index(name="followups_call_started", fields=["-started_at", "-id"]),
            models.Index(
                name="followups_call_of_customer", fields=["customer", "-started_at", "-id"]
            ),
            models.Index(
                name="followups_call_of_handler", fields=["handler", "-started_at", "-id"]
            ),
            models.Index(
                name="followups_call_of_number",
                fields=["phone_used", "-started_at"],
                condition=Q(direction=Direction.OUTBOUND),
            ),
            GinIndex(OpClass(Upper("plate"), name="gin_trgm_ops"), name="followups_call_plate"),
        ]

    def __str__(self) -> str:
        return self.record_no

    def get_absolute_url(self) -> str:
        return reverse("followups:call", args=[self.pk])

    @property
    def record_no(self) -> str:
        """The number of the line in the register: C-2026-000123."""
        return f"C-{self.year}-{self.number:06}"

    @property
    def result(self) -> Outcome:
        return OUTCOMES[self.outcome]

    # Django's own would translate all the choices for each row of a list.

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        return str(CallKind(self.kind).label)

    def get_outcome_display(self) -> str:  # type: ignore[no-redef]
        return str(OutcomeCode(self.outcome).label)

    def get_direction_display(self) -> str:  # type: ignore[no-redef]
        return str(Direction(self.direction).label)


class AgendaItem(models.Model):
    """A follow-up that was on the agenda of a call, and whether the call closed it."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="agenda")
    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="calls")
    attempt = models.PositiveSmallIntegerField()
    closed = models.BooleanField()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        triggers = insert_only()
        constraints = [
            models.UniqueConstraint(
                name="followups_on_the_agenda_once", fields=["call", "follow_up"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.call}: {self.follow_up_id}"
