"""Complaints as statistics and lists tell them apart: who answers for them, and in time or not.

Everything is said about matters that have a handling report.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import pgettext_lazy

from followups.models.matter import Matter, MatterQuerySet


class Clock(models.TextChoices):
    """How a complaint stands to the day by which it has to be closed, extended or not (CMP-02)."""

    KEPT = "kept", pgettext_lazy("complaint's clock", "Closed in time")
    BROKEN = "broken", pgettext_lazy("complaint's clock", "Late")
    RUNNING = "running", pgettext_lazy("complaint's clock", "Still in time")


def complaints() -> MatterQuerySet:
    return Matter.objects.filter(complaint__isnull=False)


def responsible() -> Coalesce:
    """Return the department of the handling report, else of the matter; empty if of neither."""
    return Coalesce(NullIf("complaint__department", Value("")), "department")


def answered_for_by(found: MatterQuerySet, department: str) -> MatterQuerySet:
    """Narrow matters to those that a department answers for; empty: that nobody answers for."""
    return found.alias(responsible=responsible()).filter(responsible=department)


def stands(clock: str, *, today: date) -> Q:
    """Return the condition that a complaint's clock is as told; exactly one holds for each."""
    close_by = F("complaint__close_by")
    return {
        Clock.KEPT: Q(closed_on__lte=close_by),
        Clock.BROKEN: Q(closed_on__gt=close_by) | Q(closed_on=None, complaint__close_by__lt=today),
        Clock.RUNNING: Q(closed_on=None, complaint__close_by__gte=today),
    }[Clock(clock)]
