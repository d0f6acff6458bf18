"""The weeks and months that reports are about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self, TypeAlias

WEEK = timedelta(7)
WRITTEN_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
WRITTEN_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True)
class Week:
    """An ISO week, known by its Monday; written 2025-W14."""

    first: date

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day - timedelta(day.weekday()))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the week that is written so.

        Raises:
            ValueError: this is no week.
        """
        year, number = _numbers(WRITTEN_WEEK, text)
        return cls(date.fromisocalendar(year, number, 1))

    @property
    def last(self) -> date:
        return self.first + WEEK - timedelta(1)

    @property
    def previous(self) -> Self:
        return type(self)(self.first - WEEK)

    @property
    def next(self) -> Self:
        return type(self)(self.first + WEEK)

    def back(self, count: int) -> Self:
        return type(self)(self.first - count * WEEK)

    def __str__(self) -> str:
        year, number, _ = self.first.isocalendar()
        return f"{year}-W{number:02}"


@dataclass(frozen=True)
class Month:
    """A calendar month, known by its first day; written 2025-04."""

    first: date

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.replace(day=1))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the month that is written so.

        Raises:
            ValueError: this is no month.
        """
        return cls(date(*_numbers(WRITTEN_MONTH, text), 1))

    @property
    def last(self) -> date:
        return self.next.first - timedelta(1)

    @property
    def previous(self) -> Self:
        return self.of(self.first - timedelta(1))

    @property
    def next(self) -> Self:
        return self.of(self.first + timedelta(31))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


Period: TypeAlias = Week | Month


def _numbers(pattern: re.Pattern[str], text: str) -> tuple[int, int]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, number = found.groups()
    return int(year), int(number)
