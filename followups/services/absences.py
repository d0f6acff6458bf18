"""Who is away and who stands in: entered, shortened, withdrawn by the supervisor (PRX-01)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import formats
from django.utils.translation import gettext as _

from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile, Refusal
from followups.models import Absence

LOCK = 0x61627365


class StandInCircle(Refusal):
    """On some day everybody who stands in would be away himself."""

    def __init__(self, day: date, names: list[str]) -> None:
        super().__init__(
            _("On %(day)s nobody would be there: %(names)s stand in for each other.")
            % {"day": formats.date_format(day), "names": ", ".join(names)}
        )


class AwayAlready(Refusal):
    """The person is entered as away on one of these days already."""

    def __init__(self, person: User) -> None:
        super().__init__(
            _("%(name)s is entered as away on one of these days already.") % {"name": person}
        )


def enter_absence(
    *, person: User, first_day: date, last_day: date, proxy: User, by: User, reason: str = ""
) -> Absence:
    """Enter who is away on which days, both included, and who stands in.

    Raises:
        ValidationError: the days are in the wrong order, or one stands in for himself.
        StandInCircle: the proxies would stand in for each other.
        AwayAlready: the days overlap another absence.

    Source: PRX-01.
    """
    if last_day < first_day:
        raise ValidationError({"last_day": _("The last day lies before the first.")})
    if person == proxy:
        raise ValidationError({"proxy": _("Nobody stands in for himself.")})
    absence = Absence(
        person=person,
        proxy=proxy,
        first_day=first_day,
        last_day=last_day,
        reason=reason,
        entered_by=by,
    )
    with changes_by(by):
        _one_at_a_time()
        _refuse_circle(absence)
        try:
            with transaction.atomic():
                absence.save()
        except IntegrityError as error:
            raise AwayAlready(person) from error
    absence.refresh_from_db()
    return absence


def preview_absence(**absence: Any) -> None:
    """Enter an absence and take it back, so that what refuses it is known before.

    Raises: as `enter_absence`.
    """
    with transaction.atomic():
        enter_absence(**absence)
        transaction.set_rollback(True)


def change_absence(
    absence_id: int, *, by: User, version: int, first_day: date, last_day: date, proxy: User
) -> Absence:
    """Change the days or who stands in.

    Raises: as `enter_absence`, and ChangedMeanwhile.
    """
    if last_day < first_day:
        raise ValidationError({"last_day": _("The last day lies before the first.")})
    with changes_by(by):
        _one_at_a_time()
        absence = _lock(absence_id, version)
        if absence.person_id == proxy.pk:
            raise ValidationError({"proxy": _("Nobody stands in for himself.")})
        absence.first_day, absence.last_day, absence.proxy = first_day, last_day, proxy
        _refuse_circle(absence)
        try:
            with transaction.atomic():
                absence.save(update_fields=["first_day", "last_day", "proxy"])
        except IntegrityError as error:
            raise AwayAlready(absence.person) from error
        absence.refresh_from_db()
    return absence


def withdraw_absence(absence_id: int, *, by: User, version: int, now: datetime) -> Absence:
    """Take an absence back: the person is here after all.

    Raises:
        ChangedMeanwhile
    """
    with changes_by(by):
        absence = _lock(absence_id, version)
        absence.withdrawn_at = now
        absence.save(update_fields=["withdrawn_at"])
        absence.refresh_from_db()
    return absence


def _lock(absence_id: int, version: int) -> Absence:
    absence = Absence.objects.select_for_update().get(pk=absence_id)
    if absence.version != version or absence.withdrawn_at is not None:
        raise ChangedMeanwhile(absence)
    return absence


def _one_at_a_time() -> None:
    """Let two entries that would make a circle together come one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _refuse_circle(absence: Absence) -> None:
    """Follow who stands in for whom on the days on which the proxies change."""
    others = list(
        Absence.objects.filter(
            first_day__lte=absence.last_day,
            last_day__gte=absence.first_day,
            withdrawn_at=None,
        )
        .exclude(pk=absence.pk)
        .select_related("person", "proxy")
    )
    changes = {other.first_day for other in others} | {
        other.last_day + timedelta(1) for other in others
    }
    for day in sorted({absence.first_day, *changes}):
        if absence.first_day <= day <= absence.last_day:
            away = {
                each.person: each.proxy
                for each in [*others, absence]
                if each.first_day <= day <= each.last_day
            }
            met = [absence.person]
            while (proxy := away.get(met[-1])) is not None:
                if proxy in met:
                    raise StandInCircle(day, [str(each) for each in met[met.index(proxy) :]])
                met.append(proxy)
