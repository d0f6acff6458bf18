from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followups import rules
from followups.rules import Days, Hours, Window

FILE, FIRST, SECOND = Days(0, 0, 2), Days(3, 3, 7), Days(7, 7, 14)
FACTS = st.dates(date(1999, 1, 1), date(2099, 1, 1))
LENGTHS = st.lists(st.integers(0, 60), min_size=3, max_size=3).map(lambda each: Days(*sorted(each)))
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def on(text):
    return date.fromisoformat(text)


def clock(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("authorized_on", "due_on"),
    [
        ("2024-02-27", "2024-02-29"),
        ("2024-02-28", "2024-03-01"),
        ("2023-02-27", "2023-03-01"),
        ("2024-12-30", "2025-01-01"),
        ("2025-06-29", "2025-07-01"),
    ],
)
def test_a_customer_file_is_due_two_days_after_the_authorization(authorized_on, due_on):
    """FIL-01, R-03 to R-05."""
    window = rules.window(on(authorized_on), FILE)

    assert window == Window(on(authorized_on), on(authorized_on), on(due_on))


@pytest.mark.parametrize(
    ("left_on", "opens_on", "due_on"),
    [
        ("2024-02-26", "2024-02-29", "2024-03-04"),
        ("2024-02-24", "2024-02-27", "2024-03-02"),
        ("2023-02-26", "2023-03-01", "2023-03-05"),
        ("2024-12-28", "2024-12-31", "2025-01-04"),
        ("2025-01-25", "2025-01-28", "2025-02-01"),
        ("2025-03-31", "2025-04-03", "2025-04-07"),
    ],
)
def test_a_first_call_runs_from_day_3_to_day_7_after_gate_out(left_on, opens_on, due_on):
    """FUP-02, R-02, R-03."""
    assert rules.window(on(left_on), FIRST) == Window(on(opens_on), on(opens_on), on(due_on))


@pytest.mark.parametrize(
    ("closed_on", "opens_on", "due_on"),
    [
        ("2024-02-22", "2024-02-29", "2024-03-07"),
        ("2024-02-29", "2024-03-07", "2024-03-14"),
        ("2023-02-22", "2023-03-01", "2023-03-08"),
        ("2024-12-25", "2025-01-01", "2025-01-08"),
        ("2025-01-24", "2025-01-31", "2025-02-07"),
        pytest.param("2024-12-27", "2025-01-03", "2025-01-10", id="never-reached"),
    ],
)
def test_a_second_call_runs_from_day_7_to_day_14_after_the_first_was_closed(
    closed_on, opens_on, due_on
):
    """FUP-09, R-01."""
    assert rules.window(on(closed_on), SECOND) == Window(on(opens_on), on(opens_on), on(due_on))


@pytest.mark.parametrize(
    ("heard_on", "report_by"), [("2024-02-28", "2024-03-01"), ("2024-12-31", "2025-01-02")]
)
def test_an_unsolved_matter_is_reported_two_days_after_the_call(heard_on, report_by):
    """FUP-07, R-08."""
    assert rules.report_by(on(heard_on)) == on(report_by)


@given(fact_on=FACTS, days=LENGTHS)
def test_a_window_counts_calendar_days_from_the_day_of_the_fact(fact_on, days):
    """R-03: the day of the fact is day 0, weekends count like any other day."""
    window = rules.window(fact_on, days)

    ordinals = [day.toordinal() for day in (window.opens_on, window.target_on, window.due_on)]
    assert ordinals == [fact_on.toordinal() + n for n in (days.opens, days.target, days.due)]


@given(fact_on=FACTS, days=LENGTHS, closed=st.sets(st.integers(0, 75)))
def test_a_last_day_that_is_a_holiday_moves_to_the_next_day_that_is_none(fact_on, days, closed):
    """R-03: only the end moves, and never further than it has to."""
    holidays = {fact_on + timedelta(n) for n in closed}
    plain, rolled = rules.window(fact_on, days), rules.window(fact_on, days, holidays=holidays)

    assert (rolled.opens_on, rolled.target_on) == (plain.opens_on, plain.target_on)
    assert rolled.due_on not in holidays
    skipped = (rolled.due_on - plain.due_on).days
    assert {plain.due_on + timedelta(n) for n in range(skipped)} <= holidays


@pytest.mark.parametrize(
    ("days_tried", "day", "is_last"),
    [
        (1, "2025-04-03", False),
        (2, "2025-04-06", False),
        (3, "2025-04-05", True),
        (1, "2025-04-07", True),
        (1, "2025-04-08", True),
    ],
)
def test_the_third_day_or_the_last_day_of_the_window_is_the_last_try(days_tried, day, is_last):
    """R-37."""
    last = rules.is_last_try(
        days_tried=days_tried, most_attempts=3, day=on(day), due_on=on("2025-04-07")
    )

    assert last is is_last


@pytest.mark.parametrize(
    ("tried_at", "next_at"),
    [
        ("2025-04-03 08:30", "2025-04-03 12:30"),
        ("2025-04-03 07:00", "2025-04-03 12:00"),
        ("2025-04-03 12:00", "2025-04-03 17:00"),
        ("2025-04-03 16:30", "2025-04-03 20:30"),
        ("2025-04-03 17:00", "2025-04-04 00:00"),
        ("2025-04-03 21:00", "2025-04-04 01:00"),
        ("2024-12-31 18:00", "2025-01-01 00:00"),
    ],
)
def test_a_second_try_on_a_day_waits_for_another_part_of_it(tried_at, next_at):
    assert rules.another_part_of_day(clock(tried_at), hours=4) == clock(next_at)


@given(tried_at=MOMENTS, hours=st.integers(1, 48))
def test_a_try_is_repeated_hours_later_in_another_part_of_the_day_and_no_later_than_needed(
    tried_at, hours
):
    next_at = rules.another_part_of_day(tried_at, hours=hours)

    earliest = tried_at + timedelta(hours=hours)
    assert next_at >= earliest
    assert part(next_at) != part(tried_at)
    assert next_at == earliest or part(next_at - timedelta(microseconds=1)) == part(tried_at)


@given(tried_at=MOMENTS)
def test_on_another_day_one_tries_in_another_part_of_it(tried_at):
    next_at = rules.another_day(tried_at)

    assert next_at.date() == tried_at.date() + timedelta(1)
    assert rules.part_of_day(next_at.time()) != rules.part_of_day(tried_at.time())
    assert next_at.time() == (time(12) if tried_at.time() < time(12) else time(0))


@pytest.mark.parametrize(
    ("moment", "number"),
    [("00:00", 0), ("11:59:59", 0), ("12:00", 1), ("16:59", 1), ("17:00", 2), ("23:59:59", 2)],
)
def test_a_day_has_a_morning_an_afternoon_and_an_evening(moment, number):
    assert rules.part_of_day(time.fromisoformat(moment)) == number


@given(
    ago=st.lists(st.integers(0, 48 * 60).map(lambda n: timedelta(minutes=n)), max_size=8),
    most=st.integers(1, 4),
)
def test_a_number_is_free_again_as_soon_as_24_hours_hold_fewer_tries_than_allowed(ago, most):
    now = clock("2025-04-03 12:00")
    tries = [now - each for each in ago]

    free_at = rules.free_again_at(tries, most=most, now=now)

    assert free_at >= now
    assert in_24_hours(tries, free_at) < most
    if free_at > now:
        assert in_24_hours(tries, free_at - timedelta(seconds=1)) >= most


@pytest.mark.parametrize(
    ("hours", "shared"),
    [
        ([(8, 21), (9, 18)], (9, 18)),
        ([(8, 21), (9, 18), (17, 20)], (17, 18)),
        ([(8, 12), (12, 18)], None),
        ([(8, 12), None], (8, 12)),
        ([(8, 10), (12, 18), (9, 17)], None),
    ],
)
def test_calls_are_made_when_law_shop_and_customer_all_allow_them(hours, shared):
    """FUP-12."""
    limits = [each and Hours(time(each[0]), time(each[1])) for each in hours]

    assert rules.calling_hours(*limits) == (shared and Hours(time(shared[0]), time(shared[1])))


def test_hours_hold_from_their_start_to_before_their_end():
    hours = Hours(time(8), time(21))

    assert [time(8) in hours, time(20, 59) in hours, time(21) in hours, time(7, 59) in hours] == [
        True, True, False, False,
    ]  # fmt: skip


def part(moment):
    """Return on which day a moment lies, and in which part of it."""
    return moment.date(), rules.part_of_day(moment.time())


def in_24_hours(tries, moment):
    """Count the tries whose 24 hours are not over yet."""
    return sum(each + timedelta(hours=24) > moment for each in tries)


@pytest.mark.parametrize(
    ("starts_on", "decided_on", "opens_on", "due_on"),
    [
        ("2024-03-14", "2024-02-01", "2024-02-22", "2024-02-29"),
        ("2024-03-15", "2024-02-01", "2024-02-23", "2024-03-01"),
        ("2025-03-14", "2025-02-01", "2025-02-21", "2025-02-28"),
        ("2025-01-10", "2024-12-01", "2024-12-20", "2024-12-27"),
        ("2024-05-01", "2024-04-12", "2024-04-12", "2024-04-17"),
        ("2024-05-01", "2024-04-20", "2024-04-20", "2024-04-20"),
    ],
)
def test_campaign_notices_are_told_two_weeks_ahead(starts_on, decided_on, opens_on, due_on):
    window = rules.notice_window(on(starts_on), on(decided_on))

    assert window == Window(on(opens_on), on(opens_on), on(due_on))
