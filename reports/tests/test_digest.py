"""What the calls of a week brought (FUP-17), with numbers worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from followups.models import Department, Direction, MatterKind, MatterState
from followups.tests.factories import CallFactory, MatterFactory
from reports import digest as digests
from reports.digest import Brief
from reports.periods import Week
from reports.tests.complaining import complain
from reports.tests.factories import MeasureFactory

pytestmark = pytest.mark.django_db
WEEK = Week(date(2025, 3, 31))
TODAY = date(2025, 4, 7)
# In the shop the week begins at 16:00 UTC of the Sunday before.
BEGINS, ENDS = datetime(2025, 3, 30, 16, tzinfo=UTC), datetime(2025, 4, 6, 16, tzinfo=UTC)


def call(at=BEGINS, **fields):
    return CallFactory(started_at=at, ended_at=at + timedelta(minutes=5), **fields)


def score_of(key, week=WEEK):
    [found] = [each for each in digests.results(week).scores if each.question.key == key]
    return found


def digest_of(department, week=WEEK):
    return digests.digest(week, department, digests.results(week))


class TestCalls:
    def test_are_those_made_in_the_week_on_the_clock_of_the_shop(self):
        call(BEGINS)
        call(ENDS - timedelta(seconds=1))
        call(BEGINS - timedelta(seconds=1))
        call(ENDS)
        call(direction=Direction.INBOUND)

        assert digests.results(WEEK).made == 2

    def test_reach_a_customer_when_somebody_talked(self):
        outcomes = (
            "reached",
            "callback",
            "refused",
            "reached_partial",
            "no_answer",
            "wrong_person",
        )
        for outcome in outcomes:
            call(outcome=outcome)

        results = digests.results(WEEK)

        assert (results.made, results.reached, results.share) == (6, 4, Decimal("66.7"))

    def test_count_once_as_they_were_corrected(self):
        wrong = call(scores={"q_overall": 1})
        call(corrects=wrong, correction_reason="mistyped", scores={"q_overall": 10})

        assert digests.results(WEEK).made == 1
        assert score_of("q_overall").mean == Decimal("10.0")

    def test_of_an_empty_week_say_nothing(self):
        results = digests.results(WEEK)

        assert (results.made, results.reached, results.share, results.scores) == (0, 0, None, [])


class TestScores:
    def test_are_means_over_who_answered_beside_the_week_before(self):
        for given in ({"q_overall": 10}, {"q_overall": 9}, {"q_overall": 6}, {}):
            call(scores=given)
        call(BEGINS - timedelta(1), scores={"q_overall": 7})

        found = score_of("q_overall")

        assert (found.answers, found.mean, found.before) == (3, Decimal("8.3"), Decimal("7.0"))

    def test_are_percentages_where_one_says_yes_or_no(self):
        for answer in (1, 1, 0):
            call(scores={"q_fixed": answer})

        found = score_of("q_fixed")

        assert (found.mean, found.low) == (Decimal("66.7"), 0)
        assert [box.width for box in found.boxes] == [67]

    def test_are_low_from_six_down(self):
        for answer in (7, 6, 1):
            call(scores={"q_price": answer})

        assert score_of("q_price").low == 2

    def test_belong_to_the_departments_whose_work_they_are_about(self):
        call(scores={"q_clean": 9, "q_advisor": 8, "q_explain_after": 10})

        def asked(department):
            return {score.question.key for score in digest_of(department).scores}

        assert asked(Department.WORKSHOP) == {"q_clean"}
        assert asked(Department.FRONT_DESK) == {"q_advisor", "q_explain_after"}
        assert asked(Department.CASHIER) == {"q_explain_after"}
        assert asked(Department.MANAGEMENT) == {"q_clean", "q_advisor", "q_explain_after"}
        assert asked(Department.PARTS) == set()

    def test_that_are_low_come_with_the_reason_the_lowest_first(self):
        six = call(
            scores={"q_clean": 6, "q_advisor": 2}, score_reasons={"q_clean": "Dust on the seats"}
        )
        two = call(scores={"q_quality": 2}, score_reasons={"q_quality": "It still squeals"})
        call(scores={"q_clean": 7})

        low = digest_of(Department.WORKSHOP).low_scores

        assert [(each.call, each.score, each.reason) for each in low] == [
            (two, 2, "It still squeals"),
            (six, 6, "Dust on the seats"),
        ]


class TestDepartment:
    def test_reads_the_complaints_of_the_week_and_what_has_no_solution(self):
        heard = complain(date(2025, 4, 2), closed_after=1, department=Department.WORKSHOP)
        old = complain(date(2025, 3, 20), department=Department.WORKSHOP)
        request = MatterFactory(kind=MatterKind.REQUEST, department=Department.WORKSHOP)
        complain(date(2025, 4, 2), department=Department.PARTS)
        complain(date(2025, 4, 7), department=Department.WORKSHOP)
        complain(date(2025, 3, 20), closed_after=2, department=Department.WORKSHOP)
        MatterFactory(
            kind=MatterKind.REQUEST,
            department=Department.WORKSHOP,
            state=MatterState.ANSWERED,
            answer="Done",
            answered_on=TODAY,
        )

        found = digest_of(Department.WORKSHOP)

        assert list(found.complaints) == [heard]
        assert list(found.unsolved) == [old, request]

    def test_reads_its_own_measures(self):
        own = MeasureFactory()
        MeasureFactory(department=Department.PARTS)

        assert list(digest_of(Department.WORKSHOP).measures) == [own]

    def test_briefs_count_what_the_digests_hold(self):
        complain(date(2025, 4, 2), department=Department.WORKSHOP)
        complain(date(2025, 4, 2))
        complain(date(2025, 3, 20), department=Department.PARTS)
        MeasureFactory(due_on=TODAY - timedelta(1))
        MeasureFactory(due_on=TODAY)

        found = {each.department: each for each in digests.briefs(WEEK, today=TODAY)}

        assert list(found) == [*Department.values, ""]
        assert found["workshop"] == Brief("workshop", 1, 0, 2, 1)
        assert found["parts"] == Brief("parts", 0, 1, 0, 0)
        assert found[""] == Brief("", 1, 0, 0, 0)
        for department in Department:
            digest, brief = digest_of(department), found[department]
            assert (brief.complaints, brief.unsolved, brief.measures) == (
                digest.complaints.count(),
                digest.unsolved.count(),
                digest.measures.count(),
            )
