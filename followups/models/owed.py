"""Which follow-ups: a person's, open, late, due."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from aftersales.models import User
from followups.models.ending import State
from followups.models.held_back import held_back
from followups.models.kind import CALLS

if TYPE_CHECKING:
    from followups.models.follow_up import FollowUp  # noqa: F401


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, user: User) -> FollowUpQuerySet:
        """All with the permission, else those of customers whom the user brought in."""
        if user.has_perm("followups.view_all_followups"):
            return self
        if user.has_perm("followups.view_followup"):
            return self.filter(customer__created_by=user)
        return self.none()

    def open(self) -> FollowUpQuerySet:
        return self.filter(state=State.OPEN)

    def calls(self) -> FollowUpQuerySet:
        return self.filter(kind__in=CALLS)

    def with_causes(self) -> FollowUpQuerySet:
        """Load what each follows from, and the car that it is about."""
        return self.select_related(
            "vehicle",
            "order__vehicle",
            "consultation__vehicle",
            "first_call__order__vehicle",
            "first_call__consultation__vehicle",
            "matter__vehicle",
            "declined_work__order__vehicle",
            "invitation__campaign",
        )

    def late(self, today: date) -> FollowUpQuerySet:
        """Open ones whose last day is over; what the customer wanted later is not late."""
        return self.open().filter(due_on__lt=today, callback_at=None)

    def due(self, *, today: date, now: datetime) -> FollowUpQuerySet:
        """Open calls whose window has opened, and promised ones whose time has come.

        What sells waits while a complaint is open, and for the next month when the contacts of
        this one are used up, unless the customer himself asked to be called.
        """
        is_due = (Q(callback_at=None, opens_on__lte=today) & ~held_back(now)) | Q(
            callback_at__lte=now
        )
        return self.open().calls().filter(is_due)
