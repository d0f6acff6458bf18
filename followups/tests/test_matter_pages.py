"""Matters: listed, answered, closed (FUP-05 to FUP-08)."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from aftersales.roles import REST_CLIENT, TECHNICIAN
from aftersales.tests.factories import UserFactory
from customers.tests.factories import OwnershipFactory, PhoneFactory
from followups.models import Matter, MatterKind, MatterState
from followups.tests.factories import CallFactory, MatterFactory, TrackerFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 4, 6, 2, 0, tzinfo=UTC)
LIST = "/matters/"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def tracker(client):
    user = TrackerFactory(name="李娜")
    client.force_login(user)
    return user


def text_of(response):
    return " ".join(response.content.decode().split())


def listed(response):
    return {row.text for row in response.context["page"].page.rows}


def answered(**fields):
    return MatterFactory(
        state=MatterState.ANSWERED,
        answer="The pads were changed",
        answered_on=date(2025, 4, 5),
        **fields,
    )


class TestList:
    @pytest.mark.parametrize("rows", [1, 3])
    def test_a_row_shows_whose_it_is_and_by_when_in_a_fixed_number_of_queries(
        self, client, tracker, rows, django_assert_num_queries
    ):
        for row in range(rows):
            matter = MatterFactory(customer__name="王小明", owner__name="黄丽娟")
            OwnershipFactory(customer=matter.customer, vehicle__plate=f"粤A1234{row}")
            PhoneFactory(customer=matter.customer, typed=f"138 0013 800{row}", is_primary=True)

        # Session (4), user, own lists, rows, count.
        with django_assert_num_queries(8):
            page = text_of(client.get(LIST))

        assert page.count("王小明") == rows
        assert page.count("粤A1234") == rows
        assert page.count("The brakes squeal.") == rows
        assert page.count("黄丽娟") == rows

    def test_late_ones_are_red(self, client, tracker):
        MatterFactory(report_by=date(2025, 4, 5))
        MatterFactory(report_by=date(2025, 4, 6))
        answered(report_by=date(2025, 4, 4))

        page = text_of(client.get(LIST))

        assert page.count('data-state="overdue"') == 1
        assert page.count('data-state="due"') == 1
        assert "1 day late" in page

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"state": "answered"}, {"answered"}),
            ({"kind": "request"}, {"request"}),
            ({"late": "on"}, {"late", "request"}),
            ({"heard_from": "2025-04-04"}, {"answered"}),
            ({"heard_until": "2025-04-02"}, {"late"}),
        ],
    )
    def test_each_filter_narrows_the_list(self, client, tracker, query, found):
        MatterFactory(text="late", heard_on=date(2025, 4, 2), report_by=date(2025, 4, 4))
        MatterFactory(text="request", kind=MatterKind.REQUEST)
        answered(text="answered", heard_on=date(2025, 4, 4), report_by=date(2025, 4, 5))

        assert listed(client.get(LIST, query)) == found

    def test_matters_of_somebody_and_of_a_customer(self, client, tracker):
        mine = MatterFactory(text="mine", owner=TrackerFactory(is_active=False))
        MatterFactory()

        for query in [{"owner": mine.owner_id}, {"customer": mine.customer_id}]:
            assert listed(client.get(LIST, query)) == {"mine"}

    def test_an_empty_list_says_what_opens_a_matter(self, client, tracker):
        assert "No matters" in text_of(client.get(LIST))


class TestPage:
    def test_it_shows_the_words_the_call_and_the_deadline(self, client, tracker):
        call = CallFactory()
        matter = MatterFactory(call=call, customer=call.customer)

        page = text_of(client.get(matter.get_absolute_url()))

        for text in ["The brakes squeal.", call.record_no, call.get_absolute_url(), "2025-04-05"]:
            assert text in page
        assert f"/matters/{matter.pk}/answer/" in page

    def test_a_closed_one_offers_nothing_more(self, client, tracker):
        matter = MatterFactory(
            state=MatterState.CLOSED, closed_on=date(2025, 4, 5), closed_by=tracker
        )

        page = text_of(client.get(matter.get_absolute_url()))

        assert "/answer/" not in page
        assert "/close/" not in page

    def test_who_may_not_see_matters_has_none(self, client):
        client.force_login(UserFactory(roles=[TECHNICIAN]))

        assert client.get(LIST).status_code == 403

    def test_programs_see_those_of_their_own_customers(self, client):
        program = UserFactory(roles=[REST_CLIENT])
        client.force_login(program)
        own, foreign = MatterFactory(customer__created_by=program), MatterFactory()

        assert client.get(own.get_absolute_url()).status_code == 200
        assert client.get(foreign.get_absolute_url()).status_code == 404


class TestAnswer:
    def test_the_customer_was_told_something_on_a_day(self, client, tracker):
        matter = MatterFactory()
        body = {"version": 1, "answer": "We change the pads", "answered_on": "2025-04-05"}

        response = client.post(f"/matters/{matter.pk}/answer/", body)

        assert response.headers["Location"] == matter.get_absolute_url()
        matter.refresh_from_db()
        assert (matter.state, matter.answer) == (MatterState.ANSWERED, "We change the pads")
        assert matter.answered_on == date(2025, 4, 5)

    @pytest.mark.parametrize(
        ("changed", "text"),
        [
            ({"answer": ""}, "This field is required"),
            ({"answered_on": "2025-04-07"}, "This day has not come yet."),
            ({"answered_on": "2025-04-02"}, "The matter was heard of later than this."),
        ],
    )
    def test_what_cannot_be_is_refused_beside_the_field(self, client, tracker, changed, text):
        matter = MatterFactory()
        body = {"version": 1, "answer": "We change the pads", "answered_on": "2025-04-05"}

        response = client.post(f"/matters/{matter.pk}/answer/", body | changed)

        assert response.status_code == 422
        assert text in text_of(response)

    def test_who_comes_second_sees_both_answers(self, client, tracker):
        matter = answered()
        Matter.objects.filter(pk=matter.pk).update(answer="The discs were changed")
        body = {"version": 1, "answer": "Nothing was changed", "answered_on": "2025-04-05"}

        response = client.post(f"/matters/{matter.pk}/answer/", body)

        page = text_of(response)
        assert response.status_code == 409
        assert "The discs were changed" in page
        assert "Nothing was changed" in page
        body["version"] = response.context["form"]["version"].value()
        assert client.post(f"/matters/{matter.pk}/answer/", body).status_code == 302

    def test_a_closed_matter_takes_no_answer(self, client, tracker):
        matter = MatterFactory(
            state=MatterState.CLOSED, closed_on=date(2025, 4, 5), closed_by=tracker
        )
        body = {"version": 1, "answer": "too late", "answered_on": "2025-04-05"}

        response = client.post(f"/matters/{matter.pk}/answer/", body)

        assert response.status_code == 422
        assert "This matter is closed already." in text_of(response)


class TestClose:
    def test_it_asks_first_and_warns_of_one_without_an_answer(self, client, tracker):
        matter = MatterFactory()

        page = text_of(client.get(f"/matters/{matter.pk}/close/"))

        assert "Nothing says yet what the customer was told." in page
        matter.refresh_from_db()
        assert matter.state == MatterState.OPEN

    def test_it_is_closed_by_somebody_today(self, client, tracker):
        matter = answered()

        response = client.post(f"/matters/{matter.pk}/close/", {"version": 1})

        assert response.headers["Location"] == matter.get_absolute_url()
        matter.refresh_from_db()
        assert (matter.state, matter.closed_by, matter.closed_on) == (
            MatterState.CLOSED,
            tracker,
            date(2025, 4, 6),
        )

    def test_what_changed_meanwhile_is_looked_at_before(self, client, tracker):
        matter = answered()
        Matter.objects.filter(pk=matter.pk).update(answer="The discs were changed")

        response = client.post(f"/matters/{matter.pk}/close/", {"version": 1})

        assert response.status_code == 409
        assert "The discs were changed" in text_of(response)
        again = {"version": response.context["form"]["version"].value()}
        assert client.post(f"/matters/{matter.pk}/close/", again).status_code == 302

    def test_it_is_closed_once(self, client, tracker):
        matter = answered()
        client.post(f"/matters/{matter.pk}/close/", {"version": 1})

        response = client.post(f"/matters/{matter.pk}/close/", {"version": 2})

        assert response.status_code == 422
        assert "This matter is closed already." in text_of(response)
