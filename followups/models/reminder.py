"""Which reminders the shop makes, and when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.history import tracked
from followups.models.kind import REMINDERS, Kind


@tracked()
class ReminderRule(models.Model):
    """How one kind of reminder is made; a kind without a row is off.

    Attributes:
        days_before: so many days before the day itself a window opens, one for each number
            (a policy's end: 60, 30 and 7).
        days_open: how many days later each window ends.

    Source: SET-06, HAB-03, CRM-03, FIL-05.
    """

    kind = models.CharField(
        _("kind"),
        max_length=20,
        unique=True,
        choices=[(kind.value, kind.label) for kind in REMINDERS],
    )
    is_on = models.BooleanField(_("switched on"), default=False)
    days_before = models.JSONField(_("days before"), default=list)
    days_open = models.PositiveSmallIntegerField(_("days to call"), default=7)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="followups_reminders_of_a_known_kind",
                condition=Q(kind__in=REMINDERS),
            )
        ]

    def __str__(self) -> str:
        return str(Kind(self.kind).label)


@tracked()
class Festival(models.Model):
    """A day on which the shop greets its customers."""

    name = models.CharField(_("festival"), max_length=60)
    day = models.DateField(_("day"), unique=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("festival")
        verbose_name_plural = _("festivals")
        default_permissions = ()
        ordering = ["day"]

    def __str__(self) -> str:
        return self.name
