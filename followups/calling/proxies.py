"""Whose queue somebody works today: his own, and those of the people he stands in for (PRX-01)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from aftersales import days
from aftersales.models import User
from followups.models import Absence, FollowUp


def stand_ins(day: date) -> dict[int, int]:
    """Return person → who really works for him on `day`; who is here stands not in it.

    When the proxy is away too, his own proxy takes both.
    """
    return _acting(Absence.objects.on(day))


def works_for(user_id: int, day: date) -> list[int]:
    """Return the people whose queue `user_id` works on `day`; who is away works nobody's."""
    acting = stand_ins(day)
    own = [] if user_id in acting else [user_id]
    return own + sorted(person for person, proxy in acting.items() if proxy == user_id)


def people_worked_for(user: User, day: date) -> list[User]:
    """Return the same people as `works_for`, by their names."""
    absences = list(Absence.objects.on(day).select_related("person"))
    acting = _acting(absences)
    own = [] if user.pk in acting else [user]
    return own + [absence.person for absence in absences if acting[absence.person_id] == user.pk]


def _acting(absences: Iterable[Absence]) -> dict[int, int]:
    proxies = {absence.person_id: absence.proxy_id for absence in absences}
    return {person: _last(person, proxies) for person in proxies}


def _last(person: int, proxies: dict[int, int]) -> int:
    seen = {person}
    while (person := proxies[person]) in proxies and person not in seen:
        seen.add(person)
    return person


@dataclass(frozen=True)
class Moving:
    """What goes over to a proxy: calls whose window is open by the last day, and promised times."""

    follow_ups: int
    callbacks: int


def moving(person: User, *, first_day: date, last_day: date) -> Moving:
    """Return what somebody's proxy would find in his queue on these days."""
    his = FollowUp.objects.open().calls().filter(responsible=person.pk)
    promised = his.filter(
        callback_at__gte=days.start_of_day(first_day),
        callback_at__lt=days.start_of_day(last_day + timedelta(1)),
    )
    return Moving(his.filter(opens_on__lte=last_day, callback_at=None).count(), promised.count())
