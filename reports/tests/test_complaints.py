"""Complaints added up (CMP-03, CMP-04, R-09), with numbers worked out by hand."""

from contextlib import contextmanager
from copy import copy
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followups.models import Complaint, ComplaintLevel, Department, Matter, MatterKind
from followups.tests.factories import MatterFactory
from reports import complaints
from reports.complaints import ClosingRate, Flow, Tally
from reports.periods import Month, Week
from reports.tests.complaining import complain

pytestmark = pytest.mark.django_db
WEEK = Week(date(2025, 3, 31))
MONTH = Month(date(2025, 4, 1))
TODAY = date(2025, 4, 10)


def tally_of(week, *, today=TODAY):
    return complaints.total(complaints.cells(week.first, week.last, today=today))


class TestClock:
    """Received on 3 April, to be closed by 6 April."""

    @pytest.mark.parametrize(
        ("closed_after", "expected"), [(0, Tally(kept=1)), (3, Tally(kept=1)), (4, Tally(broken=1))]
    )
    def test_stops_on_the_day_of_closing(self, closed_after, expected):
        complain(date(2025, 4, 3), closed_after=closed_after)

        assert tally_of(WEEK) == expected

    @pytest.mark.parametrize(
        ("today", "expected"),
        [(date(2025, 4, 6), Tally(running=1)), (date(2025, 4, 7), Tally(broken=1))],
    )
    def test_runs_until_the_last_day_is_over(self, today, expected):
        complain(date(2025, 4, 3))

        assert tally_of(WEEK, today=today) == expected

    def test_runs_on_where_the_supervisor_extended_it(self):
        complain(date(2025, 4, 3), extended_to=date(2025, 4, 10))

        assert tally_of(WEEK) == Tally(running=1, extended=1)
        assert tally_of(WEEK, today=date(2025, 4, 11)) == Tally(broken=1, extended=1)


class TestTally:
    def test_shares_are_of_those_whose_end_is_known(self):
        assert Tally(kept=2, broken=1, running=5).share == Decimal("66.7")

    def test_nothing_known_is_no_share(self):
        assert Tally(running=3).share is None

    def test_counts_weeks_from_monday_to_sunday(self):
        for day in (date(2025, 3, 30), date(2025, 3, 31), date(2025, 4, 6), date(2025, 4, 7)):
            complain(day, closed_after=0)

        found = complaints.cells(date(2025, 3, 24), date(2025, 4, 13), today=TODAY)

        assert complaints.tallies(found, lambda cell: str(cell.week)) == {
            "2025-W13": Tally(kept=1),
            "2025-W14": Tally(kept=2),
            "2025-W15": Tally(kept=1),
        }

    def test_leaves_out_what_is_no_complaint(self):
        MatterFactory(kind=MatterKind.REQUEST)

        assert tally_of(WEEK) == Tally()

    def test_counts_what_repeats_an_earlier_complaint(self):
        earlier = complain(date(2025, 3, 3))
        again = complain(date(2025, 4, 3), repeats=earlier.complaint)

        assert tally_of(WEEK, today=date(2025, 4, 4)) == Tally(running=1, repeated=1)
        assert list(complaints.repeated(WEEK)) == [again]

    def test_takes_the_department_of_the_report_before_that_of_the_matter(self):
        named = complain(date(2025, 4, 1), department=Department.PARTS)
        unnamed = complain(date(2025, 4, 1))
        for matter in (named, unnamed):
            matter.department = Department.WORKSHOP
            matter.save(update_fields=["department"])

        found = complaints.cells(WEEK.first, WEEK.last, today=TODAY)

        assert {cell.department for cell in found} == {Department.PARTS, Department.WORKSHOP}


class TestFlow:
    def test_what_was_there_and_came_less_what_went_is_left(self):
        complain(date(2025, 3, 20))
        complain(date(2025, 3, 30), closed_after=2)
        complain(date(2025, 4, 2), closed_after=1)
        complain(date(2025, 4, 5), closed_after=3)
        complain(date(2025, 3, 20), closed_after=5)
        complain(date(2025, 4, 7))

        assert complaints.flow(WEEK) == Flow(before=2, received=2, closed=2, left=2)

    def test_lists_what_is_left_the_oldest_first(self):
        late = complain(date(2025, 4, 30))
        old = complain(date(2025, 3, 20))
        closed_in_may = complain(date(2025, 4, 5), closed_after=30)
        complain(date(2025, 4, 5), closed_after=25)
        complain(date(2025, 5, 1))

        assert list(complaints.left_open(MONTH)) == [old, closed_in_may, late]


class TestClosingWithinTwoWeeks:
    @pytest.mark.parametrize(
        ("closed_after", "expected"), [(14, ClosingRate(1, 1)), (15, ClosingRate(0, 1))]
    )
    def test_the_fourteenth_day_is_the_last(self, closed_after, expected):
        complain(date(2025, 4, 3), closed_after=closed_after)

        assert complaints.closing_rate(MONTH, today=date(2025, 5, 1)) == expected

    @pytest.mark.parametrize(
        ("today", "expected"),
        [(date(2025, 4, 17), ClosingRate(0, 0)), (date(2025, 4, 18), ClosingRate(0, 1))],
    )
    def test_open_ones_count_once_two_weeks_are_over(self, today, expected):
        complain(date(2025, 4, 3))

        assert complaints.closing_rate(MONTH, today=today) == expected

    def test_is_a_share_of_what_is_known(self):
        for closed_after in (1, 14, 20):
            complain(date(2025, 4, 3), closed_after=closed_after)

        rate = complaints.closing_rate(MONTH, today=date(2025, 4, 30))

        assert rate.share == Decimal("66.7")


A_COMPLAINT = st.fixed_dictionaries(
    {
        "age": st.integers(0, 50),
        "closed_after": st.none() | st.integers(0, 20),
        "is_extended": st.booleans(),
        "department": st.sampled_from(["", *Department.values]),
        "category": st.sampled_from(["", "price", "time", "wash"]),
        "level": st.sampled_from(ComplaintLevel.values),
    }
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(A_COMPLAINT, max_size=6))
def test_every_breakdown_adds_up_to_all_that_came(drawn):
    with atomic_and_back():
        for each in drawn:
            heard_on = TODAY - timedelta(each["age"])
            complain(
                heard_on,
                closed_after=each["closed_after"],
                extended_to=heard_on + timedelta(7) if each["is_extended"] else None,
                **{name: each[name] for name in ("department", "category", "level")},
            )
        weeks = [Week.of(TODAY).back(count) for count in range(8)]
        found = complaints.cells(weeks[-1].first, weeks[0].last, today=TODAY)

        assert complaints.total(found).received == len(drawn)
        for by in ("department", "category", "level", "week"):
            added = complaints.tallies(found, attrgetter(by))
            assert sum(added.values(), Tally()) == complaints.total(found)
        for week in weeks:
            flow = complaints.flow(week)
            assert flow.before + flow.received - flow.closed == flow.left
            assert flow.received == tally_of(week).received
        assert complaints.flow(weeks[0]).left == complaints.left_open(weeks[0]).count()


def test_a_week_is_found_by_its_days_and_not_among_all_years():
    old = complain(date(2020, 1, 1), closed_after=2)
    old.pk = None
    many = Matter.objects.bulk_create(copy(old) for _more in range(2_000))
    Complaint.objects.bulk_create(Complaint(matter=each, close_by=old.heard_on) for each in many)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE followups_matter, followups_complaint")
        with CaptureQueriesContext(connection) as queries:
            complaints.cells(WEEK.first, WEEK.last, today=TODAY)
            complaints.flow(WEEK)
        plans = []
        for query in queries.captured_queries:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plans.append(str(cursor.fetchall()))

    week, flow = plans
    assert "followups_matter_heard" in week
    assert "followups_matter_heard" in flow
    assert "followups_matter_closed" in flow


@contextmanager
def atomic_and_back():
    """Undo what an example wrote, so that the next one begins with nothing."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
