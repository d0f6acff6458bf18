"""R-03: windows on the shop's calendar, wherever the shop is, against an independent calculation.

The independent one counts on the calendar of the zone by its offset from UTC at that moment.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from customers.tests.factories import ConsultationFactory
from followups.models import FollowUp, Policy
from followups.tests.factories import PolicyFactory
from followups.tests.sweeping import callable_customer, closed, sweep
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db

ZONES = ["Asia/Shanghai", "Asia/Seoul", "America/New_York", "Australia/Lord_Howe"]
# On both sides of each of these midnights something happens.
MIDNIGHTS = {
    "month end": date(2025, 5, 1),
    "year end": date(2025, 1, 1),
    "leap day": date(2024, 2, 29),
    "after a leap day": date(2024, 3, 1),
    "no leap day": date(2023, 3, 1),
    "clocks forward in New York": date(2024, 3, 10),
    "after clocks forward in New York": date(2024, 3, 11),
    "clocks back in New York": date(2024, 11, 3),
    "after clocks back in New York": date(2024, 11, 4),
    "clocks back on Lord Howe": date(2024, 4, 7),
    "after clocks back on Lord Howe": date(2024, 4, 8),
    "clocks forward on Lord Howe": date(2024, 10, 6),
    "after clocks forward on Lord Howe": date(2024, 10, 7),
}
MOMENTS = [timedelta(seconds=-1), timedelta(0), timedelta(hours=2, minutes=30), timedelta(hours=23)]


def local_day(moment, zone):
    """Return year, month and day on the wall in a zone, by its offset from UTC."""
    on_the_wall = moment.astimezone(UTC).replace(tzinfo=None) + moment.astimezone(zone).utcoffset()
    return on_the_wall.year, on_the_wall.month, on_the_wall.day


def days_later(day, number):
    """Count days on the calendar by hand."""
    year, month, day = day
    for _ in range(number):
        day += 1
        if day > monthrange(year, month)[1]:
            month, day = month + 1, 1
        if month > 12:
            year, month = year + 1, 1
    return date(year, month, day)


@pytest.fixture(params=ZONES)
def zone(request, settings):
    settings.TIME_ZONE = request.param
    PolicyFactory()
    return ZoneInfo(request.param)


def midnight_of(day, zone):
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def test_windows_lie_on_the_shops_calendar(zone):
    moments = [midnight_of(day, zone) + each for day in MIDNIGHTS.values() for each in MOMENTS]
    for moment in moments:
        times = dict.fromkeys(["checked_in_at", "authorized_at", "gate_out_at"], moment)
        RepairOrderFactory(state="released", customer=callable_customer(), **times)
        ConsultationFactory(ended_at=moment, customer=callable_customer())

    sweep(max(moments), "sweep_customer_files", "sweep_first_calls")

    for kind, days in {"first_call": (0, 3, 3, 7), "customer_file": (0, 0, 0, 2)}.items():
        expected = [[days_later(local_day(moment, zone), n) for n in days] for moment in moments]
        made = FollowUp.objects.filter(kind=kind)
        assert [window(each) for each in made.exclude(order=None).order_by("order_id")] == expected
        talks = made.exclude(consultation=None).order_by("consultation_id")
        assert [window(each) for each in talks] == expected


@pytest.mark.parametrize("why", MIDNIGHTS)
def test_a_window_closes_at_the_shops_midnight(zone, why):
    """One who was tried is unreachable from the first moment after the last day, not before."""
    midnight = midnight_of(MIDNIGHTS[why], zone)
    left_at = midnight_of(MIDNIGHTS[why] - timedelta(8), zone) + timedelta(hours=12)
    times = dict.fromkeys(["checked_in_at", "authorized_at", "gate_out_at"], left_at)
    RepairOrderFactory(state="released", customer=callable_customer(), **times)
    sweep(left_at, "sweep_first_calls")
    FollowUp.objects.update(attempts=1)

    sweep(midnight - timedelta(microseconds=1), "sweep_first_calls")
    assert FollowUp.objects.get().state == "open"
    sweep(midnight, "sweep_first_calls", "sweep_second_calls")

    first, second = FollowUp.objects.order_by("pk")
    assert (first.ending, first.closed_on) == ("unreachable", MIDNIGHTS[why] - timedelta(1))
    last_day = local_day(midnight - timedelta(seconds=1), zone)
    assert window(second) == [days_later(last_day, n) for n in (0, 7, 7, 14)]


def test_go_live_begins_at_the_shops_midnight(zone):
    midnight = midnight_of(date(2024, 3, 10), zone)
    Policy.objects.update(go_live_on=date(2024, 3, 10))
    for moment in (midnight - timedelta(microseconds=1), midnight):
        ConsultationFactory(ended_at=moment, customer=callable_customer())

    sweep(midnight + timedelta(hours=1), "sweep_first_calls")

    assert FollowUp.objects.get().consultation.ended_at == midnight


def test_second_calls_count_from_the_day_on_which_the_first_was_closed(zone):
    moment = datetime(2024, 2, 28, 23, 59, 59, tzinfo=zone).astimezone(UTC)
    ConsultationFactory(ended_at=moment, customer=callable_customer())
    sweep(moment, "sweep_first_calls")
    closed(FollowUp.objects.get(), "2024-03-03 23:59:59")

    sweep(moment + timedelta(5), "sweep_second_calls")

    assert window(FollowUp.objects.get(kind="second_call")) == [
        date(2024, 3, 3), date(2024, 3, 10), date(2024, 3, 10), date(2024, 3, 17),
    ]  # fmt: skip


def window(follow_up):
    return [
        follow_up.fact_on, follow_up.opens_on, follow_up.target_on, follow_up.due_on,
    ]  # fmt: skip
