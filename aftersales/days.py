"""The business calendar: the shop's local date.

Rules and services are told the date; only pages, API, tasks and commands ask for it here.
"""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

# What is said to have happened before is a slip.
FIRST_DAY = date(1980, 1, 1)
# After all days that a deadline can fall on.
LAST_DAY = date.max


def shop_zone() -> ZoneInfo:
    """Return the time zone in which the shop opens and closes."""
    return ZoneInfo(settings.TIME_ZONE)


def local_date(moment: datetime) -> date:
    """Return the shop's date at an aware moment (R-03)."""
    return moment.astimezone(shop_zone()).date()


def start_of_day(day: date) -> datetime:
    """Return the aware moment at which `day` begins in the shop."""
    return datetime.combine(day, time.min, tzinfo=shop_zone())


def today() -> date:
    """Return the shop's date now. For the edges only."""
    return local_date(timezone.now())
