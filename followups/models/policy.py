"""The numbers of the regulation that a shop may set for itself."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.history import tracked
from customers.models import Weekday
from followups.rules import Days, Hours


def every_day() -> list[int]:
    return list(Weekday.values)


def _number(label: object, default: int, *, least: int, most: int) -> models.Field[int, int]:
    limits = [MinValueValidator(least), MaxValueValidator(most)]
    return models.PositiveSmallIntegerField(label, default=default, validators=limits)  # type: ignore[arg-type]


class PolicyManager(models.Manager["Policy"]):
    def current(self) -> Policy:
        """Return the policy in force; the first time with the regulation's numbers."""
        if (policy := self.filter(pk=1).first()) is None:
            self.get_or_create(pk=1)
            policy = self.get(pk=1)
        return policy


@tracked()
class Policy(models.Model):
    """When calls are due and when they may be made; one row, with its history.

    Source: FIL-01, FUP-02, FUP-07, FUP-09, FUP-12, CAM-02, CAM-03, CMP-02, R-01 to R-09, R-37,
    R-47.
    """

    file_due_days = _number(_("customer file made within"), 2, least=0, most=30)
    first_call_opens_days = _number(_("first call from day"), 3, least=0, most=60)
    first_call_target_days = _number(_("first call best on day"), 3, least=0, most=60)
    first_call_due_days = _number(_("first call until day"), 7, least=0, most=60)
    second_call_opens_days = _number(_("second call from day"), 7, least=0, most=60)
    second_call_due_days = _number(_("second call until day"), 14, least=0, most=60)
    report_days = _number(_("unsolved matters reported within"), 2, least=0, most=30)
    complaint_days = _number(_("complaints closed within"), 3, least=0, most=30)
    notice_opens_days = _number(_("campaign calls from days ahead"), 21, least=1, most=90)
    notice_due_days = _number(_("campaign calls until days ahead"), 14, least=0, most=90)
    letter_days = _number(_("campaign letters within"), 2, least=0, most=30)
    contacts_a_month = _number(_("contacts a customer and month, to sell"), 4, least=1, most=30)
    most_attempts = _number(_("days tried before a customer is unreachable"), 3, least=1, most=10)
    spacing_hours = _number(_("hours between two tries"), 4, least=1, most=48)
    tries_per_number = _number(_("tries a number in 24 hours"), 2, least=1, most=10)
    calls_per_day = _number(_("calls one person makes a day"), 60, least=1, most=500)
    legal_from = models.TimeField(_("calls allowed from"), default=time(8))
    legal_until = models.TimeField(_("calls allowed until"), default=time(21))
    shop_opens = models.TimeField(_("shop opens"), default=time(8, 30))
    shop_closes = models.TimeField(_("shop closes"), default=time(18))
    shop_weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday),
        verbose_name=_("days the shop calls"),
        default=every_day,
    )
    roll_over_holidays = models.BooleanField(
        _("a last day that is a holiday moves to the next working day"), default=False
    )
    # The day before the installation, because the database doesn't know the shop's clock.
    go_live_on = models.DateField(
        _("go-live"),
        db_default=Cast(Now() - timedelta(1), models.DateField()),
        help_text=_("Nothing is owed for what happened before this day."),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PolicyManager()

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="followups_there_is_one_policy", condition=Q(pk=1)),
            models.CheckConstraint(
                name="followups_first_call_window_in_order",
                condition=Q(
                    first_call_opens_days__lte=F("first_call_target_days"),
                    first_call_target_days__lte=F("first_call_due_days"),
                ),
            ),
            models.CheckConstraint(
                name="followups_second_call_window_in_order",
                condition=Q(second_call_opens_days__lte=F("second_call_due_days")),
            ),
            models.CheckConstraint(
                name="followups_campaign_calls_window_in_order",
                condition=Q(notice_opens_days__gte=F("notice_due_days")),
            ),
            models.CheckConstraint(
                name="followups_calling_hours_in_order",
                condition=Q(legal_from__lt=F("legal_until"), shop_opens__lt=F("shop_closes")),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Policy"))

    @property
    def file_days(self) -> Days:
        return Days(0, 0, self.file_due_days)

    @property
    def first_call_days(self) -> Days:
        return Days(
            self.first_call_opens_days, self.first_call_target_days, self.first_call_due_days
        )

    @property
    def second_call_days(self) -> Days:
        """The second call aims at the day it opens."""
        opens = self.second_call_opens_days
        return Days(opens, opens, self.second_call_due_days)

    @property
    def legal_hours(self) -> Hours:
        return Hours(self.legal_from, self.legal_until)

    @property
    def shop_hours(self) -> Hours:
        return Hours(self.shop_opens, self.shop_closes)

    def allows_calls_at(self, local: datetime) -> bool:
        """Say whether the law and the shop allow a call at this moment of the shop's clock."""
        return (
            local.isoweekday() in self.shop_weekdays
            and local.time() in self.legal_hours
            and local.time() in self.shop_hours
        )

    def holidays(self) -> frozenset[date]:
        """Return the days on which nothing has to end; none unless last days move."""
        if not self.roll_over_holidays:
            return frozenset()
        return frozenset(Holiday.objects.values_list("day", flat=True))


@tracked()
class Holiday(models.Model):
    """A public holiday, for shops where a last day moves to the next working day (R-03)."""

    day = models.DateField(_("day"), unique=True)
    name = models.CharField(pgettext_lazy("holiday", "name"), max_length=60)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        default_permissions = ()
        ordering = ["day"]

    def __str__(self) -> str:
        return self.name
