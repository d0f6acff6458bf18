"""How a customer is reached, and where he does not want to be: numbers and refusals."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.history import tracked
from customers.models.customer import Customer


class ContactPurpose(models.TextChoices):
    SERVICE = "service", _("Calls after a visit")
    REMINDER = "reminder", _("Reminders")
    PROMOTION = "promotion", _("Campaigns and offers")
    ALL = "all", _("Everything")


class Channel(models.TextChoices):
    PHONE = "phone", _("Phone")
    SMS = "sms", _("Text message")
    EMAIL = "email", pgettext_lazy("channel", "E-mail")
    LETTER = "letter", _("Letter")
    ALL = "all", _("Every channel")


class PhoneKind(models.TextChoices):
    MOBILE = "mobile", _("Mobile")
    HOME = "home", pgettext_lazy("phone number", "Home")
    WORK = "work", pgettext_lazy("phone number", "Work")
    OTHER = "other", _("Other")


class PhoneQuerySet(models.QuerySet["Phone"]):
    def ending_in(self, digits: str) -> PhoneQuerySet:
        """Numbers whose last digits are `digits`."""
        return self.filter(reversed_digits__startswith=digits[::-1])


@tracked(exclude=["reversed_digits"])
class Phone(models.Model):
    """One telephone number of a customer: as typed, and as it is dialed (E.164)."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, verbose_name=_("customer"), related_name="phones"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=PhoneKind, default=PhoneKind.MOBILE)
    typed = models.CharField(_("number"), max_length=40)
    e164 = models.CharField(_("as dialed"), max_length=20, blank=True, db_collation="C")
    tail = models.CharField(max_length=8, editable=False, db_collation="C")
    reversed_digits = models.GeneratedField(
        expression=models.Func(
            models.Func(
                models.F("typed"),
                models.Value(r"\D"),
                models.Value(""),
                models.Value("g"),
                function="regexp_replace",
            ),
            function="reverse",
        ),
        output_field=models.CharField(max_length=40, db_collation="C"),
        db_persist=True,
    )
    is_primary = models.BooleanField(_("first number to call"), default=False)
    is_bad = models.BooleanField(_("does not work"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PhoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("phone number")
        verbose_name_plural = _("phone numbers")
        default_permissions = ()
        ordering = ["-is_primary", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="customers_one_primary_phone",
                fields=["customer"],
                condition=Q(is_primary=True),
            ),
            models.UniqueConstraint(
                name="customers_phone_once_per_customer",
                fields=["customer", "e164"],
                condition=~Q(e164=""),
            ),
        ]
        indexes = [
            models.Index(name="customers_phone_e164", fields=["e164"]),
            models.Index(name="customers_phone_last_digits", fields=["reversed_digits"]),
        ]

    def __str__(self) -> str:
        return self.typed

    @property
    def is_usable(self) -> bool:
        """A valid number that nobody found dead."""
        return bool(self.e164) and not self.is_bad


class ContactRefusalQuerySet(models.QuerySet["ContactRefusal"]):
    def standing(self) -> ContactRefusalQuerySet:
        """Refusals that were not lifted."""
        return self.filter(lifted_on=None)


@tracked()
class ContactRefusal(models.Model):
    """A customer's word that he does not want to be contacted (by purpose and channel)."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, verbose_name=_("customer"), related_name="refusals"
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=ContactPurpose)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    reason = models.CharField(_("reason"), max_length=250)
    refused_on = models.DateField(_("since"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("recorded by"),
        related_name="+",
    )
    lifted_on = models.DateField(_("lifted on"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("lifted by"),
        related_name="+",
        null=True,
        blank=True,
    )
    lift_reason = models.CharField(_("why it was lifted"), max_length=250, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ContactRefusalQuerySet.as_manager()

    class Meta:
        verbose_name = _("do not contact")
        verbose_name_plural = _("do not contact")
        default_permissions = ()
        ordering = ["-refused_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="customers_one_open_refusal_of_a_kind",
                fields=["customer", "purpose", "channel"],
                condition=Q(lifted_on=None),
            ),
            models.CheckConstraint(
                name="customers_lifted_refusals_say_when_by_whom_and_why",
                condition=Q(lifted_on=None, lifted_by=None, lift_reason="")
                | (Q(lifted_on__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.get_channel_display()}"
