"""Likely duplicates among customers, and merges that can be undone."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersales.models import User
from customers.models.customer import Customer

UNDO_FOR = timedelta(days=30)


class DuplicateReason(models.TextChoices):
    """Why two files may be of one customer; the name alone never is a reason."""

    PHONE = "phone", _("Same phone number")
    PLATE = "plate", _("Same plate")
    VIN = "vin", _("Same VIN")
    VEHICLE = "vehicle", _("Same vehicle, similar name")
    ADDRESS = "address", _("Same name and address")


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    def visible_to(self, user: User) -> DuplicatePairQuerySet:
        """All pairs, for those who may see every customer."""
        if user.has_perms(["customers.review_duplicates", "customers.view_all_customers"]):
            return self
        return self.none()

    def to_review(self) -> DuplicatePairQuerySet:
        """Pairs that nobody dismissed and of which neither half was merged since."""
        return self.filter(dismissed_at=None, first__merged_into=None, second__merged_into=None)


class DuplicatePair(models.Model):
    """Two customers that may be one; found by a sweep, judged by a person."""

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    reasons = ArrayField(
        models.CharField(max_length=10, choices=DuplicateReason),
        verbose_name=_("reasons"),
    )
    name_similarity = models.PositiveSmallIntegerField(
        _("similarity of the names"), help_text=_("0 to 100")
    )
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        verbose_name = _("likely duplicate")
        verbose_name_plural = _("likely duplicates")
        default_permissions = ()
        ordering = ["-name_similarity", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="customers_duplicate_pair_once", fields=["first", "second"]
            ),
            models.CheckConstraint(
                name="customers_duplicate_pair_in_order",
                condition=Q(first__lt=F("second")),
            ),
            models.CheckConstraint(
                name="customers_duplicate_pair_has_known_reasons",
                condition=Q(reasons__contained_by=DuplicateReason.values, reasons__len__gte=1),
            ),
            models.CheckConstraint(
                name="customers_dismissed_pairs_say_when_and_by_whom",
                condition=Q(dismissed_at=None, dismissed_by=None)
                | Q(dismissed_at__isnull=False, dismissed_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="customers_pairs_to_review",
                fields=["name_similarity", "id"],
                condition=Q(dismissed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} – {self.second}"

    def get_reasons_display(self) -> list[str]:
        return [str(DuplicateReason(reason).label) for reason in self.reasons]


class MergeQuerySet(models.QuerySet["Merge"]):
    def visible_to(self, user: User) -> MergeQuerySet:
        """All merges, for those who may merge."""
        if user.has_perms(["customers.merge_customers", "customers.view_all_customers"]):
            return self
        return self.none()

    def standing(self) -> MergeQuerySet:
        """Merges that were not undone."""
        return self.filter(undone_at=None)


class Merge(models.Model):
    """One customer became part of another; keeps what is needed to undo it for 30 days."""

    survivor = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    steps = models.JSONField(
        help_text="in order: rows moved (keys), dropped (a fixture), changed (before and after)"
    )
    merged_at = models.DateTimeField(_("merged at"))
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("merged by"),
        related_name="+",
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="customers_merged_once_at_a_time",
                fields=["merged"],
                condition=Q(undone_at=None),
            ),
            models.CheckConstraint(
                name="customers_merge_of_two", condition=~Q(survivor=F("merged"))
            ),
            models.CheckConstraint(
                name="customers_undone_merges_say_when_and_by_whom",
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merged} → {self.survivor}"

    @property
    def undo_until(self) -> datetime:
        """The last moment at which the merge can be undone."""
        return self.merged_at + UNDO_FOR
