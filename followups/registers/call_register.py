"""The call register as it is read (form F3): its lines, and what became of what was said."""

from __future__ import annotations

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.utils.text import capfirst

from aftersales.models import User
from followups.models import Call, CallQuerySet, Matter, MatterState

# What the register quotes of a call, in the order of form F2.
QUOTED = (
    "vehicle_use",
    "opinion",
    "new_needs",
    "requests",
    "hopes",
    "complaints",
    "told",
    "answered_now",
    "to_study",
)
LABELS = {field.name: capfirst(field.verbose_name) for field in Call._meta.fields}
# Of several matters the line tells the one that is furthest from its end.
LIFE = MatterState.values
URGENCY = Case(
    *(When(state=state, then=place) for place, state in enumerate(LIFE)),
    output_field=IntegerField(),
)


def lines(user: User) -> CallQuerySet:
    """Return the lines that `user` may see, with what a row shows.

    Each carries `matter_state` and `matter_closed_on`, empty where the call left no matter.
    """
    told = _matters().order_by(URGENCY, "-closed_on")
    return (
        Call.objects.visible_to(user)
        .select_related("handler", "on_behalf_of", "corrects", "correction")
        .annotate(
            matter_state=Subquery(told.values("state")[:1]),
            matter_closed_on=Subquery(told.values("closed_on")[:1]),
        )
    )


def with_matters(found: QuerySet[Call], state: str) -> QuerySet[Call]:
    """Narrow lines to those whose matter stands at `state`; empty: that have none."""
    if not state:
        return found.filter(~_has(Q()))
    further_from_its_end = LIFE[: LIFE.index(state)]
    return found.filter(_has(Q(state=state)), ~_has(Q(state__in=further_from_its_end)))


def correctable_by(user: User) -> CallQuerySet:
    """Return the lines that `user` may correct: his own, or all with the permission."""
    found = Call.objects.visible_to(user)
    if user.has_perm("followups.correct_all_calls"):
        return found
    return found.filter(handler=user)


def words(call: Call) -> list[tuple[str, str]]:
    """Return what was said: the name of each field that isn't empty, and what it holds."""
    return [(str(LABELS[name]), said) for name in QUOTED if (said := getattr(call, name))]


def main_points(call: Call) -> list[str]:
    """Return what was said, each with the name of its field before it."""
    return [f"{label}: {said}" for label, said in words(call)]


def _matters() -> QuerySet[Matter]:
    """Return the matters of a line: those of the call that it is about, corrected or not.

    They hang on the first line; a correction is about the same customer and the same minutes.
    """
    return Matter.objects.filter(
        call__customer=OuterRef("customer"),
        call__started_at=OuterRef("started_at"),
        call__ended_at=OuterRef("ended_at"),
    )


def _has(condition: Q) -> Exists:
    return Exists(_matters().filter(condition))
