"""Measures: what the weekly meeting decides to do about what customers said."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.history import tracked
from followups.models import Department, Matter


class MeasureQuerySet(models.QuerySet["Measure"]):
    def open(self) -> MeasureQuerySet:
        return self.filter(done_on=None)

    def overdue(self, today: date) -> MeasureQuerySet:
        """Those that should have been done before today."""
        return self.open().filter(due_on__lt=today)

    def on_paper_of(self, first: date) -> MeasureQuerySet:
        """What the meeting about the week that begins on `first` looks at: its own, and older ones
        that were open when it began."""
        return self.filter(
            Q(week=first) | Q(week__lt=first) & (Q(done_on=None) | Q(done_on__gte=first))
        )


@tracked()
class Measure(models.Model):
    """Something that a department does better from now on, by a day, and who sees to it.

    Attributes:
        week: the Monday of the week whose results called for it.
        matter: what a customer said, if one called for it.

    Source: FUP-17.
    """

    week = models.DateField(_("week"))
    department = models.CharField(_("department"), max_length=20, choices=Department)
    matter = models.ForeignKey(
        Matter,
        on_delete=models.PROTECT,
        verbose_name=_("matter"),
        related_name="measures",
        null=True,
        blank=True,
    )
    text = models.TextField(_("measure"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("in charge"),
        related_name="measures",
    )
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("checked off by"),
        related_name="+",
        null=True,
        blank=True,
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        default_permissions = ()
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(name="reports_measures_say_what", condition=~Q(text="")),
            models.CheckConstraint(
                name="reports_measures_belong_to_a_week", condition=Q(week__iso_week_day=1)
            ),
            models.CheckConstraint(
                name="reports_done_measures_say_when_and_who",
                condition=Q(done_on=None, done_by=None)
                | Q(done_on__isnull=False, done_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="reports_measure_of_week", fields=["week", "department"]),
            models.Index(name="reports_measure_open", fields=["due_on"], condition=Q(done_on=None)),
        ]

    def __str__(self) -> str:
        return self.text
