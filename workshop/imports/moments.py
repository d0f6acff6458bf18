"""Dates and times in the form that a file has: declared, never guessed cell by cell."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from aftersales import days
from workshop.imports.findings import Unreadable
from workshop.imports.widgets import Value

if TYPE_CHECKING:
    from workshop.imports.layout import Layout

YEAR, MONTH, DAY = r"(?P<year>\d{4})", r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})"
TIME = r"(?:[ T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?)?"
FORMS = {
    "YYYY-MM-DD": rf"{YEAR}-{MONTH}-{DAY}",
    "YYYY/MM/DD": rf"{YEAR}/{MONTH}/{DAY}",
    "YYYY.MM.DD": rf"{YEAR}\. ?{MONTH}\. ?{DAY}\.?",
    "YYYY年MM月DD日": rf"{YEAR}年{MONTH}月{DAY}日",
    "YYYYMMDD": r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
    "DD.MM.YYYY": rf"{DAY}\.{MONTH}\.{YEAR}",
    "DD/MM/YYYY": rf"{DAY}/{MONTH}/{YEAR}",
    "MM/DD/YYYY": rf"{MONTH}/{DAY}/{YEAR}",
}
PATTERNS = {name: re.compile(pattern + TIME) for name, pattern in FORMS.items()}
TWO_DIGIT_YEARS = {
    name: re.compile(pattern.replace(r"\d{4}", r"\d{2}") + TIME) for name, pattern in FORMS.items()
}
# Days counted by a spreadsheet. Day 60 of the first system is 29 February 1900, which never was.
EPOCHS = {"excel-1900": date(1899, 12, 30), "excel-1904": date(1904, 1, 1)}
FIRST_SERIAL = {"excel-1900": 61, "excel-1904": 0}
LAST_SERIAL = 2_958_465  # 31 December 9999

CHOICES = [
    *((name, name) for name in FORMS),
    ("excel-1900", _("Excel day numbers (Windows, from 1900)")),
    ("excel-1904", _("Excel day numbers (old Mac, from 1904)")),
]
LABELS = dict(CHOICES)
FIRST_YEAR = 1980
YEARS_AHEAD = 30


class Moment(str):
    """An instant in UTC as text, so that later is larger; and how it was written."""

    day: date
    has_time: bool

    @classmethod
    def at(cls, instant: datetime) -> Moment:
        return cls(instant.astimezone(UTC).isoformat(timespec="seconds"))

    @classmethod
    def of(cls, day: date, at: time | None) -> Moment:
        local = datetime.combine(day, at or time.min, tzinfo=days.shop_zone())
        moment = cls(local.astimezone(UTC).isoformat(timespec="seconds"))
        moment.day, moment.has_time = day, at is not None
        return moment


class PastMoment(Value):
    """When something happened, in the shop's time; without a time the day's beginning."""

    def read(self, text: str, cell: Any, *, layout: Layout, now: datetime) -> Moment:
        moment = Moment.of(*_day_and_time(text, cell, layout.date_form))
        _refuse_far(moment.day, 0, now)
        if moment > Moment.at(now):
            raise Unreadable("future")
        return moment


class PastDay(Value):
    """A day that has come already."""

    def read(self, text: str, cell: Any, *, layout: Layout, now: datetime) -> str:
        day, _time = _day_and_time(text, cell, layout.date_form)
        _refuse_far(day, 0, now)
        if day > days.local_date(now):
            raise Unreadable("future")
        return day.isoformat()


class AnyDay(Value):
    """A day, perhaps one to come."""

    def read(self, text: str, cell: Any, *, layout: Layout, now: datetime) -> str:
        day, _time = _day_and_time(text, cell, layout.date_form)
        _refuse_far(day, YEARS_AHEAD, now)
        return day.isoformat()


def _refuse_far(day: date, years_ahead: int, now: datetime) -> None:
    if day.year < FIRST_YEAR:
        raise Unreadable("too_early", year=FIRST_YEAR)
    last_year = now.year + max(years_ahead, 1)
    if day.year > last_year:
        raise Unreadable("too_late", year=last_year)


def _day_and_time(text: str, cell: Any, form: str) -> tuple[date, time | None]:
    if isinstance(cell, datetime):
        return cell.date(), cell.time().replace(microsecond=0)
    if isinstance(cell, date):
        return cell, None
    if form in EPOCHS:
        return _from_serial(text, form)
    found = PATTERNS[form].fullmatch(text)
    if not found:
        if TWO_DIGIT_YEARS[form].fullmatch(text):
            raise Unreadable("two_digit_year")
        raise Unreadable("date_form", form=str(LABELS[form]))
    parts = {name: int(digits) for name, digits in found.groupdict().items() if digits}
    try:
        day = date(parts["year"], parts["month"], parts["day"])
    except ValueError as error:
        raise Unreadable("no_such_day") from error
    if "hour" not in parts:
        return day, None
    try:
        return day, time(parts["hour"], parts["minute"], parts.get("second", 0))
    except ValueError as error:
        raise Unreadable("no_such_time") from error


def _from_serial(text: str, form: str) -> tuple[date, time | None]:
    if not re.fullmatch(r"\d{1,7}(\.\d+)?", text) or float(text) > LAST_SERIAL:
        raise Unreadable("date_form", form=str(LABELS[form]))
    whole, fraction = divmod(float(text), 1)
    if whole < FIRST_SERIAL[form]:
        raise Unreadable("too_early", year=FIRST_YEAR)
    moment = datetime.combine(EPOCHS[form], time.min) + timedelta(
        days=whole, seconds=round(fraction * 86_400)
    )
    return moment.date(), moment.time() if fraction else None
