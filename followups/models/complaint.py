"""The handling report of a complaint (form F14)."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.history import tracked
from aftersales.models import User
from followups.matters.complaint_codes import category_label, subcategory_label
from followups.models.department import Department
from followups.models.matter import Matter

# Within this time the same complaint is taken for a repeated one.
A_YEAR = timedelta(365)


class ComplaintLevel(models.TextChoices):
    MINOR = "minor", pgettext_lazy("complaint", "Minor")
    NORMAL = "normal", pgettext_lazy("complaint", "Normal")
    SERIOUS = "serious", pgettext_lazy("complaint", "Serious")
    ESCALATED = "escalated", pgettext_lazy("complaint", "Escalated")


class Remedy(models.TextChoices):
    """What the shop does for the customer (CMP-05)."""

    REPAIR = "repair", pgettext_lazy("remedy", "Repair")
    REPLACE = "replace", pgettext_lazy("remedy", "Replacement")
    RETURN = "return", pgettext_lazy("remedy", "Return")
    REFUND = "refund", pgettext_lazy("remedy", "Refund")
    GOODWILL = "goodwill", pgettext_lazy("remedy", "Goodwill")
    EXPLANATION = "explanation", pgettext_lazy("remedy", "Explanation and apology")


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, user: User) -> ComplaintQuerySet:
        """Those whose matter is visible."""
        if user.has_perm("followups.view_all_matters"):
            return self
        return self.filter(matter__in=Matter.objects.visible_to(user))

    def before(self, complaint: Complaint) -> ComplaintQuerySet:
        """Earlier complaints of the same customer or about the same car."""
        matter = complaint.matter
        same = Q(matter__customer=matter.customer_id)
        if matter.vehicle_id is not None:
            same |= Q(matter__vehicle=matter.vehicle_id)
        return self.filter(same, pk__lt=complaint.pk)

    def alike(self, complaint: Complaint) -> ComplaintQuerySet:
        """Those before it, in the same category, heard within a year of it."""
        since = complaint.matter.heard_on - A_YEAR
        found = self.before(complaint).filter(matter__heard_on__gte=since)
        return found.filter(category=complaint.category) if complaint.category else found


@tracked()
class Complaint(models.Model):
    """What is found and done about a complaint, beside the life of its matter.

    Attributes:
        category, subcategory: keys of `followups/matters/complaint_codes.py`.
        close_by: received + 3 days, unless the supervisor extended it with a reason.
        repeats: the earlier complaint of the customer about the same thing.

    Source: CMP-01, CMP-02, CMP-05, CMP-07, R-09; form F14.
    """

    matter = models.OneToOneField(
        Matter, on_delete=models.PROTECT, verbose_name=_("matter"), related_name="complaint"
    )
    level = models.CharField(
        _("level"), max_length=10, choices=ComplaintLevel, default=ComplaintLevel.NORMAL
    )
    category = models.CharField(_("category"), max_length=30, blank=True)
    subcategory = models.CharField(_("subcategory"), max_length=30, blank=True)
    department = models.CharField(
        _("responsible department"), max_length=20, choices=Department, blank=True
    )
    demand = models.TextField(_("what the customer asks for"), blank=True)
    facts = models.TextField(_("facts found"), blank=True)
    cause = models.TextField(_("cause"), blank=True)
    remedy = models.CharField(_("remedy"), max_length=12, choices=Remedy, blank=True)
    corrective = models.TextField(_("corrective measures"), blank=True)
    preventive = models.TextField(_("preventive measures"), blank=True)
    close_by = models.DateField(_("close by"))
    extended_because = models.CharField(_("why it was extended"), max_length=250, blank=True)
    extended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("extended by"),
        related_name="+",
        null=True,
        blank=True,
    )
    repeats = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        verbose_name=_("repeats"),
        related_name="repeated_by",
        null=True,
        blank=True,
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        default_permissions = ()
        ordering = ["close_by", "pk"]
        constraints = [
            models.CheckConstraint(
                name="followups_extensions_say_why_and_who",
                condition=Q(extended_because="", extended_by=None)
                | (~Q(extended_because="") & Q(extended_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="followups_complaint_repeats_another",
                condition=Q(repeats=None) | ~Q(repeats=F("pk")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.matter)

    @property
    def category_label(self) -> str:
        return category_label(self.category)

    @property
    def subcategory_label(self) -> str:
        return subcategory_label(self.category, self.subcategory)
