"""Planning calls backward from the first day of a campaign (CAM-02, R-07)."""

from datetime import date, timedelta

import pytest

from followups.campaigns.back_planning import Caller, Lead, Team, plan_back

LEAD = Lead(opens=21, due=14)
MONDAYS_TO_SATURDAYS = range(1, 7)


def three_callers(**fields):
    fields = {"calls_a_day": 10} | fields
    return Team([Caller("Li"), Caller("Wang"), Caller("Kim")], **fields)


def planned(calls, *, starts_on=date(2025, 5, 20), today=date(2025, 4, 20), team=None):
    team = team or three_callers()
    return plan_back(calls, starts_on=starts_on, today=today, lead=LEAD, team=team)


def shifts(plan):
    return [(str(shift.on)[5:], list(shift.calls)) for shift in plan.shifts]


@pytest.mark.parametrize(
    ("starts_on", "opens_on", "due_on"),
    [
        (date(2024, 3, 14), date(2024, 2, 22), date(2024, 2, 29)),
        (date(2024, 3, 15), date(2024, 2, 23), date(2024, 3, 1)),
        (date(2025, 3, 14), date(2025, 2, 21), date(2025, 2, 28)),
        (date(2025, 1, 10), date(2024, 12, 20), date(2024, 12, 27)),
        (date(2024, 5, 1), date(2024, 4, 10), date(2024, 4, 17)),
    ],
)
def test_calls_are_in_time_from_three_to_two_weeks_ahead(starts_on, opens_on, due_on):
    assert LEAD.window(starts_on, date(2023, 12, 1)) == (opens_on, due_on)


def test_what_is_decided_later_than_two_weeks_ahead_is_late_and_due_today():
    plan = planned(5, starts_on=date(2024, 5, 1), today=date(2024, 4, 20))

    assert (plan.is_late, plan.first_day, plan.last_day) == (
        True, date(2024, 4, 20), date(2024, 4, 20),
    )  # fmt: skip
    assert not planned(5, starts_on=date(2024, 5, 1), today=date(2024, 4, 17)).is_late


def test_eight_days_of_three_callers_are_just_enough():
    plan = planned(240)

    assert (plan.is_possible, plan.possible, plan.missing) == (True, 240, 0)
    assert (plan.begin_on, plan.move_to, plan.more_callers) == (
        date(2025, 4, 29), date(2025, 5, 20), 0,
    )  # fmt: skip
    assert [shift.total for shift in plan.shifts] == [30] * 8


def test_one_call_more_is_too_much_and_says_by_how_much_and_from_when_it_would_go():
    plan = planned(241)

    assert (plan.is_possible, plan.possible, plan.missing) == (False, 240, 1)
    assert (plan.begin_on, plan.move_to, plan.more_callers) == (date(2025, 4, 28), None, 1)


def test_three_hundred_calls_too_late_go_later():
    today = date(2025, 5, 4)

    plan = planned(200, today=today)

    assert (plan.possible, plan.missing, plan.begin_on) == (90, 110, None)
    assert plan.move_to == date(2025, 5, 24)  # then seven days are left: 4 to 10 May
    assert planned(200, starts_on=plan.move_to, today=today).is_possible
    assert not planned(200, starts_on=plan.move_to - timedelta(1), today=today).is_possible


def test_few_calls_begin_late_and_are_spread_over_days_and_callers():
    plan = planned(33)

    assert plan.begin_on == date(2025, 5, 5)
    assert shifts(plan) == [("05-05", [5, 6, 5]), ("05-06", [6, 5, 6])]


def test_nobody_calls_on_days_off_holidays_and_while_away_and_what_is_owed_comes_first():
    team = Team(
        [Caller("Li", away={date(2025, 5, 5)}), Caller("Wang", owes={date(2025, 5, 6): 7})],
        calls_a_day=10,
        weekdays=MONDAYS_TO_SATURDAYS,
        holidays={date(2025, 5, 3)},
    )

    plan = planned(43, team=team)

    assert shifts(plan) == [
        ("05-02", [10, 10]),
        ("05-03", [0, 0]),
        ("05-04", [0, 0]),
        ("05-05", [0, 10]),
        ("05-06", [10, 3]),
    ]


def test_who_owes_more_than_a_day_takes_makes_no_calls_that_day():
    owes = dict.fromkeys((date(2025, 4, 29) + timedelta(day) for day in range(8)), 25)

    plan = planned(1, team=Team([Caller("Li", owes=owes)], calls_a_day=10))

    assert (plan.possible, plan.begin_on, plan.more_callers) == (0, date(2025, 4, 28), 1)


def test_without_callers_nothing_is_possible():
    plan = planned(10, team=Team([], calls_a_day=10))

    assert (plan.possible, plan.missing, plan.begin_on, plan.move_to) == (0, 10, None, None)
    assert plan.more_callers == 1


@pytest.mark.parametrize("calls", [0, 1, 7, 29, 100, 239])
def test_all_calls_are_given_out_and_nobody_gets_more_than_he_can(calls):
    team = Team(
        [Caller("Li", owes={date(2025, 5, 5): 4}), Caller("Wang"), Caller("Kim")], calls_a_day=10
    )

    plan = planned(min(calls, 236), team=team)

    assert sum(shift.total for shift in plan.shifts) == plan.calls
    assert all(
        0 <= many <= team.free(caller, shift.on)
        for shift in plan.shifts
        for caller, many in zip(team.callers, shift.calls, strict=True)
    )
