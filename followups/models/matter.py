"""Matters: what a customer wants, hopes or complains about, and what became of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, Q, When
from django.db.models.functions import Now, TruncDate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales import days
from aftersales.history import tracked
from aftersales.models import User
from customers.models import Consultation, Customer, Vehicle
from followups.models.call import Call
from followups.models.department import Department
from followups.models.webhook import EventKind, announces


class MatterKind(models.TextChoices):
    REQUEST = "request", pgettext_lazy("matter", "Request")
    HOPE = "hope", pgettext_lazy("matter", "Hope")
    QUESTION = "question", pgettext_lazy("matter", "Question")
    COMPLAINT = "complaint", pgettext_lazy("matter", "Complaint")
    LOW_SCORE = "low_score", pgettext_lazy("matter", "Low score")


class MatterState(models.TextChoices):
    """How far a matter is; `followups/services/matters.py` moves it on."""

    OPEN = "open", pgettext_lazy("matter", "Open")
    UNDER_STUDY = "under_study", pgettext_lazy("matter", "Under study")
    REPORTED = "reported", pgettext_lazy("matter", "Reported")
    SOLVED = "solved", pgettext_lazy("matter", "Solved, to be told")
    ANSWERED = "answered", pgettext_lazy("matter", "Answered")
    CLOSED = "closed", pgettext_lazy("matter", "Closed")


class HeardThrough(models.TextChoices):
    """Where a matter was heard (CMP-06)."""

    CALL = "call", pgettext_lazy("heard through", "Call")
    CONSULTATION = "consultation", pgettext_lazy("heard through", "Consultation")
    COUNTER = "counter", pgettext_lazy("heard through", "Counter")
    SURVEY = "survey", pgettext_lazy("heard through", "Survey")
    LETTER = "letter", pgettext_lazy("heard through", "Letter or e-mail")
    LINK = "link", pgettext_lazy("heard through", "Customer's link")
    API = "api", pgettext_lazy("heard through", "Another system")


# Nobody has a solution yet.
UNSOLVED = (MatterState.OPEN, MatterState.UNDER_STUDY, MatterState.REPORTED)


class MatterAct(models.TextChoices):
    """What can be done next about a matter."""

    STUDY = "study", pgettext_lazy("matter", "Note what was found out")
    SOLVE = "solve", pgettext_lazy("matter", "Write down a solution")
    REPORT = "report", pgettext_lazy("matter", "Report to the supervisor")
    INSTRUCT = "instruct", pgettext_lazy("matter", "Instruct")
    TELL = "tell", pgettext_lazy("matter", "Tell the customer")
    ASSIGN = "assign", pgettext_lazy("matter", "Pass on")


# In which states each can be done.
ALLOWED_IN: dict[MatterAct, tuple[MatterState, ...]] = {
    MatterAct.STUDY: UNSOLVED,
    MatterAct.SOLVE: UNSOLVED,
    MatterAct.REPORT: UNSOLVED[:2],
    MatterAct.INSTRUCT: (*UNSOLVED, MatterState.SOLVED),
    MatterAct.TELL: (*UNSOLVED, MatterState.SOLVED, MatterState.ANSWERED),
    MatterAct.ASSIGN: (*UNSOLVED, MatterState.SOLVED, MatterState.ANSWERED),
}


class MatterQuerySet(models.QuerySet["Matter"]):
    def visible_to(self, user: User) -> MatterQuerySet:
        """All with the permission, else those of customers whom the user brought in."""
        if user.has_perm("followups.view_all_matters"):
            return self
        if user.has_perm("followups.view_matter"):
            return self.filter(customer__created_by=user)
        return self.none()

    def late(self, today: date) -> MatterQuerySet:
        """Ones with a clock run out: to be reported, told the same day, or closed (a complaint).

        Each carries `late_since`, the last day of that clock.

        Source: FUP-07, FUP-08, CMP-02.
        """
        unreported = Q(state__in=UNSOLVED[:2], report_by__lt=today)
        untold = Q(state=MatterState.SOLVED, solved_at__lt=days.start_of_day(today))
        unclosed = ~Q(state=MatterState.CLOSED) & Q(complaint__close_by__lt=today)
        told_on = TruncDate("solved_at", tzinfo=days.shop_zone())
        ran_out_on = Case(
            When(unreported, then="report_by"),
            When(untold, then=told_on),
            default="complaint__close_by",
        )
        return self.filter(unreported | untold | unclosed).annotate(late_since=ran_out_on)


def _person(label: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=label,
        related_name="+",
        null=True,
        blank=True,
    )


@tracked()
class Matter(models.Model):
    """Something a customer said that somebody has to answer.

    Attributes:
        reported_by: who told the supervisor; None with `reported_on`: it was reported by itself.
        solution: what is to be told, by the supervisor's instruction or one's own finding; with
            it the answer is owed the same day.
        answer: what the customer was told, on `answered_on`, in the call `told_in` or through
            another channel.
        satisfied: what the customer said to the answer; only his word closes a matter.
        reopened: how often the answer did not satisfy.

    Source: FUP-04 to FUP-08, R-08, R-09.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=MatterKind)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, verbose_name=_("customer"), related_name="matters"
    )
    call = models.ForeignKey(
        Call,
        on_delete=models.PROTECT,
        verbose_name=_("call"),
        related_name="matters",
        null=True,
        blank=True,
    )
    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.PROTECT,
        verbose_name=_("consultation"),
        related_name="matters",
        null=True,
        blank=True,
    )
    vehicle = models.ForeignKey(
        Vehicle,
        on_delete=models.PROTECT,
        verbose_name=_("vehicle"),
        related_name="matters",
        null=True,
        blank=True,
    )
    heard_through = models.CharField(
        _("heard through"), max_length=12, choices=HeardThrough, default=HeardThrough.CALL
    )
    department = models.CharField(_("department"), max_length=20, choices=Department, blank=True)
    text = models.TextField(_("in the customer's words"))
    heard_on = models.DateField(_("heard on"))
    report_by = models.DateField(_("report by"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("in charge"),
        related_name="matters",
    )
    state = models.CharField(
        _("state"), max_length=12, choices=MatterState, default=MatterState.OPEN
    )
    study = models.TextField(_("what was found out"), blank=True)
    reported_on = models.DateField(_("reported on"), null=True, blank=True)
    reported_by = _person(_("reported by"))
    solution = models.TextField(_("solution"), blank=True)
    solved_at = models.DateTimeField(_("solution found"), null=True, blank=True)
    solved_by = _person(_("solution by"))
    answer = models.TextField(_("answer"), blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    told_through = models.CharField(
        _("told through"), max_length=12, choices=HeardThrough, blank=True
    )
    told_in = models.ForeignKey(
        Call,
        on_delete=models.PROTECT,
        verbose_name=_("told in"),
        related_name="told_matters",
        null=True,
        blank=True,
    )
    satisfied = models.BooleanField(_("satisfied with the answer"), null=True, blank=True)
    reopened = models.PositiveSmallIntegerField(_("reopened"), default=0)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = _person(_("closed by"))
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        default_permissions = ()
        ordering = ["report_by", "pk"]
        triggers = [announces(EventKind.MATTER_OPENED, pgtrigger.Insert)]
        constraints = [
            models.CheckConstraint(name="followups_matters_say_what", condition=~Q(text="")),
            models.CheckConstraint(
                name="followups_matter_states_say_when",
                condition=Q(
                    state__in=[MatterState.OPEN, MatterState.UNDER_STUDY],
                    closed_on=None,
                )
                | Q(state=MatterState.REPORTED, reported_on__isnull=False, closed_on=None)
                | (
                    Q(state=MatterState.SOLVED, solved_at__isnull=False, closed_on=None)
                    & ~Q(solution="")
                )
                | (
                    Q(state=MatterState.ANSWERED, answered_on__isnull=False, closed_on=None)
                    & ~Q(answer="")
                )
                | Q(state=MatterState.CLOSED, closed_on__isnull=False, closed_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="followups_matter_open",
                fields=["report_by", "id"],
                condition=Q(state__in=UNSOLVED),
            ),
            models.Index(
                name="followups_open_complaint",
                fields=["customer"],
                condition=Q(kind=MatterKind.COMPLAINT) & ~Q(state=MatterState.CLOSED),
            ),
            models.Index(
                name="followups_matter_to_tell",
                fields=["solved_at"],
                condition=Q(state=MatterState.SOLVED),
            ),
            # Statistics of a week read what came, went or was left then, not the years before.
            models.Index(name="followups_matter_heard", fields=["heard_on"]),
            models.Index(name="followups_matter_closed", fields=["closed_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.customer}"

    def get_absolute_url(self) -> str:
        return reverse("followups:matter", args=[self.pk])

    @property
    def record_no(self) -> str:
        """Its number on forms F14 and F15: M-2026-000123."""
        return f"M-{self.heard_on.year}-{self.pk:06}"

    def allows(self, act: MatterAct) -> bool:
        return self.state in ALLOWED_IN[act]
