"""Consultations: somebody came to ask, without a car to repair (FUP-14, R-04)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aftersales.history import tracked
from aftersales.models import User
from customers.models.customer import Customer
from customers.models.vehicle import Vehicle


class ConsultationTopic(models.TextChoices):
    REPAIR = "repair", _("Repair")
    MAINTENANCE = "maintenance", _("Maintenance")
    PRICE = "price", _("Price")
    WARRANTY = "warranty", _("Warranty")
    INSURANCE = "insurance", _("Insurance")
    PARTS = "parts", _("Parts and accessories")
    COMPLAINT = "complaint", _("Complaint")
    OTHER = "other", _("Other")


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def visible_to(self, user: User) -> ConsultationQuerySet:
        """All consultations with all customers' right, else one's own."""
        if not user.has_perm("customers.view_consultation"):
            return self.none()
        if user.has_perm("customers.view_all_customers"):
            return self
        return self.filter(held_by=user)


@tracked()
class Consultation(models.Model):
    """Who came, when, about what, and who talked to them."""

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        verbose_name=_("customer"),
        related_name="consultations",
    )
    vehicle = models.ForeignKey(
        Vehicle,
        on_delete=models.PROTECT,
        verbose_name=_("vehicle"),
        related_name="consultations",
        null=True,
        blank=True,
    )
    topic = models.CharField(_("about"), max_length=20, choices=ConsultationTopic)
    notes = models.TextField(_("what was said"), blank=True)
    ended_at = models.DateTimeField(_("ended at"))
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("held by"),
        related_name="consultations",
    )
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        default_permissions = ()
        ordering = ["-ended_at", "-pk"]
        indexes = [
            models.Index(name="customers_consultation_ended", fields=["-ended_at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()}: {self.customer}"

    def get_absolute_url(self) -> str:
        return reverse("customers:consultation", args=[self.pk])
