"""When a car reaches the mileage of its next maintenance, judged by how far it was driven.

Pure functions: values in, values out. `followups/sweeps/mileage.py` asks the same of all cars.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

# Days back from the last reading: what lies before says nothing about how the car is used now.
MEMORY = 730
# The pace of late is measured over this many days or more.
RECENT = 30
# No forecast looks further ahead, in days.
FURTHEST = 3650


@dataclass(frozen=True, order=True)
class Reading:
    """What the odometer showed on a day of the shop."""

    day: date
    km: int


@dataclass(frozen=True)
class Forecast:
    """The days between which a mileage is reached, and the readings that say so."""

    earliest_on: date
    latest_on: date
    readings: tuple[Reading, ...]


def forecast(readings: Iterable[Reading], *, target_km: int) -> Forecast | None:
    """Return between which days a car reaches `target_km`, None if nothing tells its pace.

    Two paces, from the first to the last reading of two years and that of late, give the ends
    of the range. A car that has reached it did so on the day of its last reading. Of several
    readings of a day the highest counts.

    Source: SET-06, HAB-03.
    """
    by_day = {reading.day: reading for reading in sorted(readings)}
    if not by_day:
        return None
    last = by_day[max(by_day)]
    if last.km >= target_km:
        return Forecast(last.day, last.day, (last,))
    remembered = [reading for day, reading in by_day.items() if 0 < (last.day - day).days <= MEMORY]
    of_late = [reading for reading in remembered if (last.day - reading.day).days >= RECENT]
    since = dict.fromkeys([*remembered[:1], *of_late[-1:]])
    compared = [reading for reading in since if reading.km < last.km]
    if not compared:
        return None
    left = [_days_left(reading, last, target_km) for reading in compared]
    return Forecast(
        earliest_on=last.day + timedelta(min(left)),
        latest_on=last.day + timedelta(max(left)),
        readings=(*compared, last),
    )


def _days_left(since: Reading, last: Reading, target_km: int) -> int:
    """Return the whole days after which the pace between two readings leads to the mileage."""
    driven, days = last.km - since.km, (last.day - since.day).days
    return min(-(-(target_km - last.km) * days // driven), FURTHEST)
