"""Who is away, from when to when, and who stands in (PRX-01)."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aftersales.history import tracked
from aftersales.models import User


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def visible_to(self, user: User) -> AbsenceQuerySet:
        """All with the permission; everybody sees his own and those he stands in for."""
        if user.has_perm("followups.view_absences"):
            return self
        return self.filter(Q(person=user) | Q(proxy=user))

    def on(self, day: date) -> AbsenceQuerySet:
        return self.filter(first_day__lte=day, last_day__gte=day, withdrawn_at=None)


@tracked()
class Absence(models.Model):
    """Somebody is away on the days `first_day` to `last_day`, both included."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("who is away"),
        related_name="absences",
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    proxy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("who stands in"),
        related_name="proxies",
    )
    reason = models.CharField(_("reason"), max_length=100, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("entered by"),
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        default_permissions = ()
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="followups_absence_days_in_order",
                condition=Q(first_day__lte=F("last_day")),
            ),
            models.CheckConstraint(
                name="followups_nobody_stands_in_for_himself", condition=~Q(person=F("proxy"))
            ),
            ExclusionConstraint(
                name="followups_away_once_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (
                        Func(
                            "first_day",
                            "last_day",
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(withdrawn_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.first_day} – {self.last_day}"

    def get_absolute_url(self) -> str:
        return reverse("followups:absences")
