"""Likely duplicates among customers, and merges that can be undone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class DuplicateReason(models.TextChoices):
    PHONE = "phone", _("Same phone number")
    PLATE = "plate", _("Same plate")
    VIN = "vin", _("Same VIN")


class DuplicatePair(models.Model):
    """Two customers that may be one; found by a sweep, judged by a person."""

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=10, choices=DuplicateReason)
    name_similarity = models.PositiveSmallIntegerField(
        _("similarity of the names"), help_text=_("0 to 100")
    )
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("likely duplicate")
        verbose_name_plural = _("likely duplicates")
        default_permissions = ()
        ordering = ["-name_similarity", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="customers_duplicate_pair_once", fields=["first", "second"]
            ),
            models.CheckConstraint(
                name="customers_duplicate_pair_in_order", condition=Q(first__lt=F("second"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} – {self.second}"


class Merge(models.Model):
    """One customer became part of another; keeps what is needed to undo it for 30 days."""

    survivor = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField(help_text="model label → ids that belonged to the merged customer")
    before = models.JSONField(help_text="fields of the survivor that the merge changed")
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        default_permissions = ()
        ordering = ["-merged_at"]

    def __str__(self) -> str:
        return f"{self.merged} → {self.survivor}"
