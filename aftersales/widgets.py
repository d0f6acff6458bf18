"""The browser's own calendar and clock; they read and write ISO dates and times only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeOfDayInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class MomentInput(forms.DateTimeInput):
    """A day and a time of day in the shop's time zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class MomentField(forms.DateTimeField):
    """A time to the minute; one of the `known` times is meant if it lies in that minute."""

    widget = MomentInput
    known: Iterable[datetime | None] = ()

    def to_python(self, value: Any) -> datetime | None:
        typed: datetime | None = super().to_python(value)
        return max(
            (known for known in self.known if known and _to_the_minute(known) == typed),
            default=typed,
        )


def _to_the_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
