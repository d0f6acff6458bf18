"""The call register: as a list, as a file, on paper (REG-01, FRM-01)."""

import csv
import io
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from aftersales.roles import SERVICE_ADVISOR, TECHNICIAN
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.tests.factories import CustomerFactory
from followups.models import Call, CallKind, Direction, MatterState
from followups.services.calls import correct_call
from followups.tests.factories import CallFactory, MatterFactory, TrackerFactory

pytestmark = pytest.mark.django_db

LIST = "/calls/"
FORM = "/calls/form/"


@pytest.fixture
def supervisor(client):
    user = SupervisorFactory()
    client.force_login(user)
    return user


def correct(call, *, by=None, reason="misheard", **changes):
    return correct_call(
        call.pk,
        by=by or call.handler,
        changes=changes or {"note": "as it was"},
        reason=reason,
        operation=uuid4(),
        now=datetime(2025, 4, 4, tzinfo=UTC),
    )


def text_of(response):
    return " ".join(response.content.decode().split())


def listed(response):
    return [row.record_no for row in response.context["page"].page.rows]


def printed(response):
    return [line.record_no for line in response.context["lines"]]


class TestList:
    def test_a_line_says_what_form_f3_asks_for(self, client, supervisor):
        absent = TrackerFactory(name="黄丽娟")
        call = CallFactory(
            customer_name="王小明",
            plate="粤A12345",
            phone_used="+8613800138000",
            complaints="The brakes squeal",
            hopes="A shorter wait",
            note="calls back on Monday",
            handler__name="李娜",
            on_behalf_of=absent,
        )
        MatterFactory(call=call, customer=call.customer)
        names = "direction kind customer phone points outcome matter closed handler remarks when"

        page = text_of(client.get(LIST, {"columns": names.split()}))

        for text in [
            "C-2025-000001",
            "2025-04-03 10:00",
            "Outbound",
            "First call",
            "王小明",
            "+8613800138000",
            "粤A12345",
            "Hopes: A shorter wait · Complaints: The brakes squeal",
            "Talked, finished",
            "Open",
            "李娜",
            "for 黄丽娟",
            "calls back on Monday",
        ]:
            assert text in page

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_list_takes_a_fixed_number_of_queries(
        self, client, supervisor, rows, django_assert_num_queries
    ):
        for _row in range(rows):
            call = CallFactory(on_behalf_of=TrackerFactory())
            MatterFactory(call=call, customer=call.customer)
            correct(call)

        # Session (4), user, health, own lists, rows, count.
        with django_assert_num_queries(9):
            response = client.get(LIST)

        assert len(listed(response)) == 2 * rows

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"day_from": "2025-04-03", "day_until": "2025-04-03"}, ["C-2025-000001"]),
            ({"day_until": "2025-04-02"}, []),
            ({"day_from": "2025-04-04"}, ["C-2025-000002"]),
            ({"direction": "inbound"}, ["C-2025-000002"]),
            ({"kind": "first_call"}, ["C-2025-000001"]),
            ({"outcome": "busy"}, ["C-2025-000002"]),
        ],
    )
    def test_each_filter_narrows_the_list(self, client, supervisor, query, found):
        # The last second of 3 April and the first of 4 April in Shanghai.
        end, start = (datetime(2025, 4, 3, *at, tzinfo=UTC) for at in [(15, 59, 59), (16, 0, 0)])
        CallFactory(started_at=end, ended_at=end)
        CallFactory(
            started_at=start,
            ended_at=start,
            direction=Direction.INBOUND,
            kind=CallKind.INQUIRY,
            outcome="busy",
        )

        assert listed(client.get(LIST, query)) == found

    def test_calls_of_somebody_and_with_somebody(self, client, supervisor):
        gone = TrackerFactory(is_active=False)
        call, _other = CallFactory(handler=gone), CallFactory()

        for query in [{"handler": gone.pk}, {"customer": call.customer_id}]:
            assert listed(client.get(LIST, query)) == [call.record_no]

    @pytest.mark.parametrize(
        ("matter", "found"), [("none", [1]), ("open", [2, 5]), ("answered", [3]), ("closed", [4])]
    )
    def test_lines_are_found_by_the_matter_that_is_furthest_from_its_end(
        self, client, supervisor, matter, found
    ):
        answered = {"state": MatterState.ANSWERED, "answer": "x", "answered_on": date(2025, 4, 4)}
        closed = {
            "state": MatterState.CLOSED,
            "closed_on": date(2025, 4, 5),
            "closed_by": supervisor,
        }
        calls = CallFactory.create_batch(5)
        left = [[], [{}], [answered, closed], [closed], [answered, {}]]
        for call, matters in zip(calls, left, strict=True):
            for state in matters:
                MatterFactory(call=call, customer=call.customer, **state)

        rows = client.get(LIST, {"matter": matter}).context["page"].page.rows

        assert sorted(row.number for row in rows) == found
        assert {row.matter_state or "none" for row in rows} == {matter}

    def test_the_day_is_told_on_which_the_last_matter_was_closed(self, client, supervisor):
        call = CallFactory()
        for day in (5, 7, 6):
            MatterFactory(
                call=call,
                customer=call.customer,
                state=MatterState.CLOSED,
                closed_on=date(2025, 4, day),
                closed_by=supervisor,
            )

        [row] = client.get(LIST).context["page"].page.rows

        assert (row.matter_state, row.matter_closed_on) == ("closed", date(2025, 4, 7))

    def test_corrected_lines_are_struck_and_lines_point_at_each_other(self, client, supervisor):
        first = CallFactory()
        MatterFactory(call=first, customer=first.customer)
        second = correct(first)
        third = correct(second)

        page = text_of(client.get(LIST))

        assert page.count('<tr class="corrected">') == 2
        for text in [
            f'<a href="{second.get_absolute_url()}">corrected by C-2025-000002</a>',
            f'<a href="{first.get_absolute_url()}">corrects C-2025-000001</a>',
            f'<a href="{third.get_absolute_url()}">corrected by C-2025-000003</a>',
            f'<a href="{second.get_absolute_url()}">corrects C-2025-000002</a>',
        ]:
            assert text in page

    def test_a_correction_tells_the_matter_of_the_call(self, client, supervisor):
        call = CallFactory()
        MatterFactory(call=call, customer=call.customer)
        correct(correct(call))

        rows = client.get(LIST).context["page"].page.rows

        assert [row.matter_state for row in rows] == ["open"] * 3

    def test_lines_are_sorted_by_year_and_number_page_by_page(
        self, client, supervisor, monkeypatch
    ):
        monkeypatch.setattr("aftersales.lists.ROWS", 2)
        for year in (2025, 2025, 2026, 2026, 2026):
            CallFactory(year=year)

        first = client.get(LIST)
        second = client.get(LIST + first.context["page"].next_url)
        third = client.get(LIST + second.context["page"].next_url)
        back = client.get(LIST + third.context["page"].previous_url)

        assert listed(first) == ["C-2026-000003", "C-2026-000002"]
        assert listed(second) == ["C-2026-000001", "C-2025-000002"]
        assert listed(third) == ["C-2025-000001"]
        assert listed(back) == listed(second)

    def test_an_empty_register_says_what_will_stand_there(self, client, supervisor):
        assert "No calls yet" in text_of(client.get(LIST))


class TestExport:
    def test_the_file_holds_the_columns_of_f3_and_no_formula(self, client, supervisor):
        call = CallFactory(customer_name="=1+1", complaints="Too slow", handler__name="李娜")
        MatterFactory(call=call, customer=call.customer)
        correct(call, by=supervisor)

        content = b"".join(client.get("/calls/export.csv").streaming_content)
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))

        assert [row["Call record no."] for row in rows] == ["C-2025-000002", "C-2025-000001"]
        assert rows[0]["Corrects"] == rows[1]["Call record no."]
        assert rows[1]["Corrected by"] == rows[0]["Call record no."]
        assert rows[1]["Customer name"] == "'=1+1"
        assert rows[1]["Main points"] == "Complaints: Too slow"
        assert (rows[1]["Matter"], rows[1]["Handled by"]) == ("Open", "李娜")
        assert rows[1]["Start"] == "2025-04-03 10:00"

    def test_the_workbook_holds_the_filtered_lines(self, client, supervisor):
        CallFactory()
        CallFactory(outcome="busy")

        response = client.get("/calls/export.xlsx?outcome=busy")
        sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active

        assert [row[0].value for row in sheet] == ["Call record no.", "C-2025-000002"]

    def test_many_lines_take_as_many_queries_as_one(
        self, client, supervisor, django_assert_num_queries
    ):
        CallFactory.create_batch(3)

        # Session (4), user, lines.
        with django_assert_num_queries(6):
            b"".join(client.get("/calls/export.csv").streaming_content)


class TestForm:
    def test_lines_stand_in_the_order_of_their_numbers(self, client, supervisor):
        CallFactory(year=2026)
        CallFactory(year=2026)

        response = client.get(FORM)

        assert printed(response) == ["C-2026-000001", "C-2026-000002"]
        assert "Follow-up call register" in text_of(response)

    def test_the_filters_are_printed_and_obeyed(self, client, supervisor):
        CallFactory()
        CallFactory(outcome="busy")

        response = client.get(FORM, {"outcome": "busy"})

        assert printed(response) == ["C-2025-000002"]
        assert "Outcome: Busy" in text_of(response)

    def test_corrected_lines_are_struck(self, client, supervisor):
        correct(CallFactory(), reason="misheard")

        page = text_of(client.get(FORM))

        assert page.count('<tr class="corrected">') == 1
        assert "corrected by C-2025-000002" in page
        assert "misheard" in page

    def test_too_many_lines_are_cut_and_it_is_said(self, client, supervisor, monkeypatch):
        monkeypatch.setattr("followups.views.register.MOST_PRINTED", 1)
        CallFactory.create_batch(2)

        response = client.get(FORM)

        assert printed(response) == ["C-2025-000001"]
        assert "These are the first 1 line only." in text_of(response)

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_form_takes_a_fixed_number_of_queries(
        self, client, supervisor, rows, django_assert_num_queries
    ):
        CallFactory.create_batch(rows)

        # Session (4), user, health, lines.
        with django_assert_num_queries(7):
            client.get(FORM)


def test_the_files_are_for_those_who_may_export(client):
    client.force_login(UserFactory(roles=[SERVICE_ADVISOR]))

    assert client.get(LIST).status_code == 200
    assert client.get("/calls/export.csv").status_code == 403


def test_who_may_not_see_calls_has_no_register(client):
    client.force_login(UserFactory(roles=[TECHNICIAN]))

    assert client.get(LIST).status_code == 403


def test_calls_of_merged_files_belong_to_the_survivor():
    survivor = CustomerFactory()
    merged = CustomerFactory(merged_into=survivor)
    own, taken_over = CallFactory(customer=survivor), CallFactory(customer=merged)
    CallFactory()

    assert set(Call.objects.of(survivor)) == {own, taken_over}
