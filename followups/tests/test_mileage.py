"""When a car reaches a mileage, as a range (SET-06, HAB-03): rule and statement say the same."""

from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from followups.models import FollowUp
from followups.reminders.mileage import FURTHEST, Reading, forecast
from followups.sweeps.mileage import forecast_all
from followups.sweeps.running import Swept
from followups.tests.factories import PolicyFactory
from followups.tests.reminding import car, change, remind, reminders
from followups.tests.sweeping import at
from workshop.tests.factories import RepairOrderFactory

TODAY = date(2025, 3, 31)


def readings(*pairs):
    return [Reading(date.fromisoformat(day), km) for day, km in pairs]


class TestForecast:
    def test_is_a_range_between_two_paces(self):
        """100 km a day over the year, 50 of late: 1,000 km take 10 to 20 days."""
        read = readings(("2024-03-31", 10_000), ("2025-02-09", 44_000), ("2025-03-31", 46_500))

        found = forecast(read, target_km=47_500)

        assert (found.earliest_on, found.latest_on) == (date(2025, 4, 10), date(2025, 4, 20))
        assert list(found.readings) == read

    def test_counts_the_day_on_which_the_mileage_is_reached(self):
        read = readings(("2025-03-01", 1_000), ("2025-03-31", 1_090))

        assert forecast(read, target_km=1_100).earliest_on == date(2025, 4, 4)
        assert forecast(read, target_km=1_099).earliest_on == date(2025, 4, 3)

    def test_over_the_end_of_a_february(self):
        read = readings(("2024-01-29", 0), ("2024-02-28", 300))

        assert forecast(read, target_km=310).earliest_on == date(2024, 2, 29)
        assert forecast(read, target_km=320).earliest_on == date(2024, 3, 1)

    def test_of_what_is_reached_is_the_day_of_the_last_reading(self):
        found = forecast(readings(("2025-03-31", 10_000)), target_km=10_000)

        assert (found.earliest_on, found.latest_on) == (TODAY, TODAY)

    @pytest.mark.parametrize(
        "read",
        [
            [],
            [("2025-03-31", 9_000)],
            [("2025-01-01", 9_000), ("2025-03-31", 9_000)],
            [("2025-01-01", 12_000), ("2025-03-31", 9_000)],
            [("2023-03-31", 1_000), ("2025-03-31", 9_000)],
        ],
    )
    def test_is_none_without_a_pace(self, read):
        assert forecast(readings(*read), target_km=10_000) is None

    def test_forgets_what_is_older_than_two_years(self):
        read = readings(("2023-04-01", 1_000), ("2025-03-31", 8_300))

        assert forecast(read, target_km=8_310).earliest_on == date(2025, 4, 1)

    def test_looks_ten_years_ahead_at_most(self):
        read = readings(("2025-01-01", 1), ("2025-03-31", 2))

        assert forecast(read, target_km=1_000_000).latest_on == TODAY + timedelta(FURTHEST)

    @given(
        read=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 300_000)), max_size=8),
        target=st.integers(0, 400_000),
    )
    def test_never_ends_before_it_begins(self, read, target):
        first = date(2022, 1, 1)
        found = forecast(
            [Reading(first + timedelta(days), km) for days, km in read], target_km=target
        )
        if found:
            last = max(found.readings)
            assert last.day <= found.earliest_on <= found.latest_on
            assert list(found.readings) == sorted(found.readings)


class TestStatement(TestCase):
    """The set-based statement finds what the rule finds."""

    @settings(max_examples=25, deadline=None)
    @given(
        cars=st.lists(
            st.tuples(
                st.lists(st.tuples(st.integers(0, 900), st.integers(0, 90_000)), max_size=6),
                st.integers(0, 99_000),
            ),
            min_size=1,
            max_size=4,
        )
    )
    def test_agrees_with_the_rule(self, cars):
        PolicyFactory()
        expected = {}
        for read, target in cars:
            vehicle = car(next_maintenance_km=target)
            known = [Reading(TODAY - timedelta(back), km) for back, km in read]
            for each in known:
                moment = at(f"{each.day} 09:00")
                RepairOrderFactory(vehicle=vehicle, checked_in_at=moment, mileage_in=each.km)
            if found := forecast(known, target_km=target):
                expected[vehicle.pk] = (found.earliest_on, found.latest_on)

        assert forecasts() == expected


@pytest.mark.django_db
class TestReadings:
    @pytest.fixture(autouse=True)
    def policy(self):
        PolicyFactory()

    def test_come_from_orders_in_and_out_and_from_the_vehicle(self):
        vehicle = car(next_maintenance_km=20_000)
        RepairOrderFactory(
            vehicle=vehicle, mileage_in=10_000, mileage_out=10_005, state="released",
            checked_in_at=at("2025-01-01 09:00"), authorized_at=at("2025-01-01 09:00"),
            gate_out_at=at("2025-01-02 09:00"),
        )  # fmt: skip
        change(vehicle, mileage=19_000, mileage_read_on=TODAY)

        assert forecasts()[vehicle.pk] == expected_of(
            ("2025-01-01", 10_000), ("2025-01-02", 10_005), ("2025-03-31", 19_000)
        )

    def test_of_cancelled_orders_and_of_tomorrow_tell_nothing(self):
        vehicle = car(next_maintenance_km=20_000)
        change(vehicle, mileage=19_000, mileage_read_on=TODAY + timedelta(1))
        RepairOrderFactory(
            vehicle=vehicle, mileage_in=30_000, checked_in_at=at("2025-01-01 09:00"),
            state="cancelled", cancelled_at=at("2025-01-01 10:00"), cancel_reason="wrong car",
        )  # fmt: skip

        assert forecasts() == {}

    def test_remind_of_maintenance_before_the_day_that_is_written_down(self):
        vehicle = car(next_maintenance_km=20_000, next_maintenance_on="2025-09-01")
        drive(vehicle, ("2025-01-30", 13_000), ("2025-03-31", 19_000))

        remind("2025-03-31 10:00")

        assert reminders() == [("maintenance", "2025-04-10", "2025-03-27", "2025-04-10", "open")]

    def test_that_are_new_move_the_window_and_keep_one_that_opened(self):
        vehicle = car(next_maintenance_km=20_000)
        drive(vehicle, ("2025-01-30", 10_000), ("2025-03-11", 16_000))
        remind("2025-03-12 10:00")
        assert reminders()[0][1:3] == ("2025-04-07", "2025-03-24")

        drive(vehicle, ("2025-03-13", 16_100))
        remind("2025-03-13 10:00")
        moved = reminders()
        assert len(moved) == 1
        assert moved[0][1] > "2025-04-07"

        drive(vehicle, ("2025-03-31", 16_900))
        remind("2025-03-31 10:00")
        assert FollowUp.objects.count() == 1


def drive(vehicle, *read):
    for day, km in read:
        RepairOrderFactory(vehicle=vehicle, checked_in_at=at(f"{day} 09:00"), mileage_in=km)


def expected_of(*pairs):
    found = forecast(readings(*pairs), target_km=20_000)
    return found.earliest_on, found.latest_on


def forecasts():
    forecast_all(Swept(at(f"{TODAY} 18:00")))
    with connection.cursor() as cursor:
        cursor.execute("SELECT vehicle_id, earliest_on, latest_on FROM forecast")
        found = {vehicle: (earliest, latest) for vehicle, earliest, latest in cursor.fetchall()}
        cursor.execute("DROP TABLE forecast")
    return found
