"""Which reminders the shop makes, and when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.history import tracked
from followups.models.kind import REMINDERS, Kind

# What a shop begins with: switched on, days before the day, days to call.
DEFAULTS: dict[str, tuple[bool, list[int], int]] = {
    Kind.MAINTENANCE: (True, [14], 14),
    Kind.INSURANCE: (True, [60, 30, 7], 7),
    Kind.INSPECTION: (True, [30], 14),
    Kind.WARRANTY_END: (True, [30], 14),
    Kind.DECLINED_WORK: (True, [0], 14),
    Kind.PLANNED_CONTACT: (True, [0], 7),
    Kind.BIRTHDAY: (False, [0], 0),
    Kind.GREETING: (False, [5], 5),
}


class ReminderRuleManager(models.Manager["ReminderRule"]):
    def current(self) -> list[ReminderRule]:
        """Return the rule of each kind in the order of `REMINDERS`; the first time the defaults."""
        rules = {rule.kind: rule for rule in self.all()}
        if missing := [kind for kind in REMINDERS if kind not in rules]:
            for kind in missing:
                is_on, days_before, days_open = DEFAULTS[kind]
                values = {"is_on": is_on, "days_before": days_before, "days_open": days_open}
                rules[kind], _made = self.get_or_create(kind=kind, defaults=values)
        return [rules[kind] for kind in REMINDERS]


@tracked()
class ReminderRule(models.Model):
    """How one kind of reminder is made.

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

    objects = ReminderRuleManager()

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
