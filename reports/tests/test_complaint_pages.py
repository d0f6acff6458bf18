"""The statistics of a week (CMP-03) and the report of a month (CMP-04) as pages and files."""

import csv
import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
import time_machine
from django.urls import reverse

from aftersales import days
from aftersales.roles import SERVICE_ADVISOR, SUPERVISOR
from aftersales.tests.factories import SupervisorFactory, UserFactory
from followups.models import ComplaintLevel, Department
from reports.periods import Month, Week
from reports.tests.complaining import complain

pytestmark = pytest.mark.django_db
WEEKS, MONTHS = reverse("reports:complaint-weeks"), reverse("reports:complaint-months")


@pytest.fixture
def supervisor(client):
    user = SupervisorFactory()
    client.force_login(user)
    return user


@pytest.fixture
def week(supervisor):
    """The week before last, about which everything but what was extended is known."""
    return Week.of(days.today()).back(2)


def lines_of(page, name):
    [breakdown] = [each for each in page.context["breakdowns"] if each.name == name]
    return breakdown.lines


class TestWeek:
    def test_shows_the_running_week_unless_asked_for_another(self, client, supervisor, week):
        assert client.get(WEEKS).context["period"] == Week.of(days.today())
        assert client.get(WEEKS, {"week": str(week)}).context["period"] == week

    @pytest.mark.parametrize("text", ["yesterday", "2025-W60", "0001-W01", "9998-W01"])
    def test_what_is_no_week_or_has_not_begun_is_not_found(self, client, supervisor, text):
        assert client.get(WEEKS, {"week": text}).status_code == 404

    def test_leads_to_the_weeks_beside_it_as_far_as_they_have_begun(self, client, week):
        page = client.get(WEEKS, {"week": str(week)}).content.decode()

        assert f"?week={week.previous}" in page
        assert f"?week={week.next}" in page
        assert f"?week={Week.of(days.today()).next}" not in client.get(WEEKS).content.decode()

    def test_shows_twelve_weeks_also_those_in_which_nobody_complained(self, client, week):
        complain(week.first, closed_after=1)
        complain(week.back(11).first, closed_after=9)
        complain(week.back(12).first, closed_after=1)

        shown = client.get(WEEKS, {"week": str(week)}).context["weeks"]

        assert [str(each) for each, *_rest in shown] == [
            str(week.back(count)) for count in range(11, -1, -1)
        ]
        assert [tally.received for _week, tally, _address in shown] == [1, *[0] * 10, 1]

    def test_breaks_the_week_down_the_most_first(self, client, week):
        complain(week.first, closed_after=1, department=Department.PARTS, category="price")
        complain(week.first, closed_after=4, department=Department.WORKSHOP, category="time")
        complain(week.last, closed_after=3, department=Department.WORKSHOP)
        complain(week.next.first, department=Department.CASHIER)

        page = client.get(WEEKS, {"week": str(week)})

        assert [
            (line.label, line.tally.kept, line.tally.broken)
            for line in lines_of(page, "department")
        ] == [
            ("Workshop", 1, 1),
            ("Parts", 1, 0),
        ]
        assert [line.label for line in lines_of(page, "category")] == [
            "Not sorted yet",
            "Price",
            "Time",
        ]

    def test_each_number_leads_to_as_many_matters(self, client, week):
        complain(week.first, closed_after=1, department=Department.PARTS, category="price")
        complain(week.first, closed_after=4, level=ComplaintLevel.SERIOUS)
        complain(week.last, extended_to=days.today(), category="time")
        complain(week.previous.last, closed_after=1)

        page = client.get(WEEKS, {"week": str(week)})

        assert page.context["total"].received == 3
        for breakdown in page.context["breakdowns"]:
            for line in breakdown.lines:
                for clock in ("kept", "running", "broken"):
                    listed = client.get(f"{line.address}&clock={clock}").context["page"]
                    assert not listed.problems
                    assert listed.found.count() == getattr(line.tally, clock)

    def test_names_who_extended_and_why(self, client, week):
        complain(week.first, closed_after=5, extended_to=week.last)

        page = client.get(WEEKS, {"week": str(week)}).content.decode()

        assert "Extended by 周振华: waits for the factory" in page

    def test_draws_charts_over_the_same_numbers(self, client, week):
        complain(week.first, closed_after=1)

        page = client.get(WEEKS, {"week": str(week)}).content.decode()

        assert page.count('class="plot"') == 2
        assert page.count('class="bar-plot"') == 3

    def test_says_what_will_stand_here_where_there_is_nothing(self, client, supervisor):
        page = client.get(WEEKS).content.decode()

        assert "No complaint in this week" in page
        assert "<svg class" not in page.partition("<main")[2].replace('class="icon', "")

    @pytest.mark.parametrize("count", [1, 3])
    def test_takes_a_fixed_number_of_queries(self, client, week, django_assert_num_queries, count):
        for _complaint in range(count):
            earlier = complain(week.previous.first, closed_after=1)
            complain(week.first, closed_after=1, extended_to=week.last, repeats=earlier.complaint)
        client.get(WEEKS, {"week": str(week)})

        with django_assert_num_queries(6):
            client.get(WEEKS, {"week": str(week)})

    def test_is_not_for_advisors(self, client):
        client.force_login(UserFactory(roles=[SERVICE_ADVISOR]))

        assert client.get(WEEKS).status_code == 403
        assert client.get(MONTHS).status_code == 403


class TestMonth:
    def test_says_what_came_went_and_is_left_and_how_fast(self, client, supervisor):
        month = Month.of(days.today()).previous.previous
        old = complain(month.first - timedelta(3))
        complain(month.first, closed_after=1)
        complain(month.first, closed_after=15, category="price")
        again = complain(month.last, closed_after=14, repeats=old.complaint)

        page = client.get(MONTHS, {"month": str(month)})

        flow, closing = page.context["flow"], page.context["closing"]
        assert (flow.before, flow.received, flow.closed, flow.left) == (1, 3, 2, 2)
        assert (closing.within, closing.known) == (2, 3)
        assert list(page.context["left_open"]) == [old, again]
        assert list(page.context["repeated"]) == [again]
        text = page.content.decode()
        assert "66.7 %" in text
        assert "33.3 %" in text

    def test_is_due_on_the_last_day(self, client, supervisor):
        page = client.get(MONTHS, {"month": "2024-02"}).content.decode()

        assert "due on 2024-02-29" in page
        assert "No complaint in this month" in page

    @pytest.mark.parametrize(
        ("day", "role", "is_shown"),
        [(28, SUPERVISOR, True), (27, SUPERVISOR, False), (28, SERVICE_ADVISOR, False)],
    )
    def test_waits_for_the_supervisor_at_home_on_the_day_it_is_due(
        self, client, day, role, is_shown
    ):
        with time_machine.travel(datetime(2027, 2, day, 4, tzinfo=UTC), tick=False):
            client.force_login(UserFactory(roles=[role]))
            page = client.get(reverse("home")).content.decode()

        assert (f"{MONTHS}?month=2027-02" in page) == is_shown

    @pytest.mark.parametrize("count", [1, 3])
    def test_takes_a_fixed_number_of_queries(
        self, client, supervisor, django_assert_num_queries, count
    ):
        month = Month.of(days.today()).previous
        for _complaint in range(count):
            earlier = complain(month.previous.first)
            complain(month.first, extended_to=month.last, repeats=earlier.complaint)
        client.get(MONTHS, {"month": str(month)})

        with django_assert_num_queries(9):
            client.get(MONTHS, {"month": str(month)})


class TestFiles:
    def rows(self, client, week):
        address = reverse("reports:export-complaint-weeks", args=["csv"])
        answer = client.get(address, {"week": str(week)})
        assert answer.headers["Content-Disposition"].endswith(f'"complaints-{week}.csv"')
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    def test_csv_holds_the_trend_and_every_breakdown(self, client, week):
        complain(week.first, closed_after=1, department=Department.PARTS, category="price")
        complain(week.previous.first, closed_after=4)

        rows = self.rows(client, week)

        assert len(rows) == 12 + 3
        assert rows[10]["Name"] == str(week.previous)
        assert rows[10]["Late"] == "1"
        assert rows[10]["Closed in time, %"] == "0.0"
        assert [(row["Counted by"], row["Name"], row["Received"]) for row in rows[11:]] == [
            ("Week", str(week), "1"),
            ("Responsible department", "Parts", "1"),
            ("Category", "Price", "1"),
            ("Level", "Normal", "1"),
        ]

    def test_xlsx_of_a_month_begins_with_the_whole_month(self, client, supervisor):
        month = Month.of(days.today()).previous
        complain(month.first, closed_after=1, category="price")
        address = reverse("reports:export-complaint-months", args=["xlsx"])

        answer = client.get(address, {"month": str(month)})

        book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        rows = list(book.active.values)
        assert rows[1] == (str(month), "Month", str(month), 1, 1, 0, 0, 0, 0, 100)
        assert len(rows) == 1 + 1 + 3

    def test_other_formats_are_not_found(self, client, supervisor):
        address = reverse("reports:export-complaint-weeks", args=["pdf"])

        assert client.get(address).status_code == 404
