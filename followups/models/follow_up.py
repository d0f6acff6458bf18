"""Follow-ups: one promise to a customer that follows from one fact."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aftersales.history import tracked
from customers.models import Consultation, Customer, Vehicle
from followups.models.cause import has_cause_of_its_kind
from followups.models.ending import TAKEN_BACK, Ending, State, endings_of
from followups.models.kind import CALLS, Kind
from followups.models.owed import FollowUpQuerySet
from followups.models.webhook import EventKind, announces
from workshop.models import DeclinedWork, RepairOrder


def _optional(to: Any, label: Any, related_name: str) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        to,
        on_delete=models.PROTECT,
        verbose_name=label,
        related_name=related_name,
        null=True,
        blank=True,
    )


@tracked(exclude=["responsible"])
class FollowUp(models.Model):
    """One promise: its kind, what it follows from, its window, who owes it, how it ended.

    The sweeps write them (`followups/sweeps`), calls close them (`followups/services/calls`).

    Attributes:
        about_on: the day of which a reminder speaks: the policy's end, the next maintenance.
        sequence: which of several alike: the 60, 30 and 7 days before a policy's end (0, 1, 2),
            the answers to a matter that was reopened.
        fact_on: the shop's date of the fact, day 0 of the window.
        evidence: what shows that the goal of a reminder is met: the number of an order.
        days_tried: on how many days a call failed; `attempts` counts the calls.
        callback_at: the moment for which the customer asked; until then it is not due, and
            the window's end no longer matters (by agreement).
        promised_by: who promised that moment, if it wasn't the owner: he keeps it.

    Source: FIL-01, FUP-01, FUP-02, FUP-08, FUP-09, FUP-14, CAM-02, CAM-03, R-36, R-46.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, verbose_name=_("customer"), related_name="follow_ups"
    )
    order = _optional(RepairOrder, _("repair order"), "follow_ups")
    consultation = _optional(Consultation, _("consultation"), "follow_ups")
    first_call = _optional("self", _("first call"), "second_calls")
    matter = _optional("followups.Matter", _("matter"), "follow_ups")
    invitation = _optional("followups.Invitation", _("invitation"), "follow_ups")
    declined_work = _optional(DeclinedWork, _("declined work"), "follow_ups")
    vehicle = _optional(Vehicle, _("vehicle"), "follow_ups")
    about_on = models.DateField(_("reminds of"), null=True, blank=True)
    sequence = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    fact_on = models.DateField(_("day of the fact"))
    opens_on = models.DateField(_("from"))
    target_on = models.DateField(_("best on"))
    due_on = models.DateField(_("due"))
    owner = _optional(settings.AUTH_USER_MODEL, _("tracking salesman"), "follow_ups")
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    days_tried = models.PositiveSmallIntegerField(_("days tried"), default=0)
    tried_on = models.DateField(_("last tried on"), null=True, blank=True)
    callback_at = models.DateTimeField(_("asked to be called at"), null=True, blank=True)
    promised_by = _optional(settings.AUTH_USER_MODEL, _("promised by"), "+")
    responsible = models.GeneratedField(
        expression=Coalesce("promised_by", "owner"),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    ending = models.CharField(_("how it ended"), max_length=20, choices=Ending, blank=True)
    evidence = models.CharField(
        _("evidence"), max_length=120, blank=True, default="", db_default=""
    )
    closed_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    closed_on = models.DateField(_("ended on"), null=True, blank=True)
    closed_by = _optional(settings.AUTH_USER_MODEL, _("ended by"), "+")
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        default_permissions = ()
        ordering = ["due_on", "pk"]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            announces(
                EventKind.FOLLOW_UP_CLOSED,
                pgtrigger.Update,
                pgtrigger.Q(old__state=State.OPEN) & ~pgtrigger.Q(new__state=State.OPEN),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="followups_follow_up_has_one_cause_of_its_kind",
                condition=has_cause_of_its_kind(),
            ),
            models.UniqueConstraint(
                name="followups_one_of_a_kind_for_an_order",
                fields=["order", "kind"],
                condition=Q(order__isnull=False) & ~Q(ending__in=TAKEN_BACK),
            ),
            models.UniqueConstraint(
                name="followups_one_of_a_kind_for_a_consultation",
                fields=["consultation", "kind"],
                condition=Q(consultation__isnull=False) & ~Q(ending__in=TAKEN_BACK),
            ),
            models.UniqueConstraint(
                name="followups_one_second_call_after_a_first",
                fields=["first_call"],
                condition=Q(first_call__isnull=False) & ~Q(ending__in=TAKEN_BACK),
            ),
            models.UniqueConstraint(
                name="followups_one_answer_to_a_matter_a_time",
                fields=["matter", "sequence"],
                condition=Q(matter__isnull=False) & ~Q(ending__in=TAKEN_BACK),
            ),
            models.UniqueConstraint(
                name="followups_one_of_a_kind_for_an_invitation",
                fields=["invitation", "kind", "sequence"],
                condition=Q(invitation__isnull=False) & ~Q(ending__in=TAKEN_BACK),
            ),
            models.UniqueConstraint(
                name="followups_one_reminder_of_declined_work",
                fields=["declined_work"],
                condition=Q(declined_work__isnull=False) & ~Q(ending__in=TAKEN_BACK),
            ),
            models.UniqueConstraint(
                name="followups_one_reminder_of_a_day_of_a_vehicle",
                fields=["vehicle", "kind", "about_on", "sequence"],
                condition=Q(vehicle__isnull=False) & ~Q(ending__in=TAKEN_BACK),
            ),
            models.UniqueConstraint(
                name="followups_one_reminder_of_a_day_of_a_customer",
                fields=["customer", "kind", "about_on"],
                # Of two files that are merged, both may have been greeted already.
                condition=Q(vehicle=None, about_on__isnull=False, state=State.OPEN),
            ),
            models.UniqueConstraint(
                name="followups_one_open_customer_file",
                fields=["customer"],
                condition=Q(kind=Kind.CUSTOMER_FILE, state=State.OPEN),
            ),
            models.CheckConstraint(
                name="followups_window_in_order",
                condition=Q(
                    fact_on__lte=F("opens_on"),
                    opens_on__lte=F("target_on"),
                    target_on__lte=F("due_on"),
                ),
            ),
            models.CheckConstraint(
                name="followups_what_ended_says_when_and_how",
                condition=Q(state=State.OPEN, ending="", closed_at=None, closed_on=None)
                | Q(
                    state=State.DONE,
                    ending__in=endings_of(State.DONE),
                    closed_at__isnull=False,
                    closed_on__isnull=False,
                )
                | Q(
                    state=State.CANCELLED,
                    ending__in=endings_of(State.CANCELLED),
                    closed_at__isnull=False,
                    closed_on__isnull=False,
                ),
            ),
        ]
        indexes = [
            models.Index(
                name="followups_queue",
                fields=["responsible", "opens_on"],
                condition=Q(state=State.OPEN, kind__in=CALLS),
            ),
            models.Index(
                name="followups_open_due", fields=["due_on", "id"], condition=Q(state=State.OPEN)
            ),
            models.Index(
                name="followups_closed",
                fields=["-closed_at", "-id"],
                condition=Q(state__in=[State.DONE, State.CANCELLED]),
            ),
            models.Index(name="followups_of_customer", fields=["customer", "-fact_on", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.customer}"

    def get_absolute_url(self) -> str:
        return reverse("followups:follow-up", args=[self.pk])

    @property
    def visit(self) -> FollowUp:
        """The follow-up that names the order or consultation: the first call of a second."""
        return self.first_call if self.first_call is not None else self

    @property
    def about_vehicle(self) -> Vehicle | None:
        """The vehicle it is about, wherever it comes from; None if it is about none."""
        declined = self.declined_work and self.declined_work.order
        visit = self.visit.order or self.visit.consultation or self.matter or declined
        found: Vehicle | None = self.vehicle or (visit.vehicle if visit else None)
        return found

    @staticmethod
    def when_merged(now: datetime, today: date) -> dict[str, Any]:
        """Return how one ends of which the other file has the same."""
        return {
            "state": State.CANCELLED,
            "ending": Ending.MERGED,
            "closed_at": now,
            "closed_on": today,
        }

    # Django's own would translate all the choices for each row of a list.

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        return str(Kind(self.kind).label)

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        return str(State(self.state).label)

    def get_ending_display(self) -> str:  # type: ignore[no-redef]
        return str(Ending(self.ending).label) if self.ending else ""
