"""Matters: listed, on the board and the supervisor's desk, and what is done about them."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import time_machine

from aftersales.roles import REST_CLIENT, TECHNICIAN
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.tests.factories import (
    ConsultationFactory,
    CustomerFactory,
    OwnershipFactory,
    PhoneFactory,
)
from followups.models import FollowUp, Matter, MatterKind, MatterState
from followups.tests.factories import CallFactory, MatterFactory, PolicyFactory, TrackerFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 4, 6, 2, 0, tzinfo=UTC)
TODAY = date(2025, 4, 6)
LIST, BOARD, DESK, NEW = "/matters/", "/matters/board/", "/matters/reported/", "/matters/new/"
REPORTED = {"state": "reported", "reported_on": date(2025, 4, 5)}
SOLVED = {"state": "solved", "solution": "New pads.", "solved_at": NOW}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def tracker(client):
    user = TrackerFactory(name="李娜")
    client.force_login(user)
    return user


@pytest.fixture
def boss(client):
    user = SupervisorFactory(name="周振华")
    client.force_login(user)
    return user


def text_of(response):
    return " ".join(response.content.decode().split())


def listed(response):
    return {row.text for row in response.context["page"].page.rows}


def answered(**fields):
    told = {
        "state": MatterState.ANSWERED,
        "answer": "The pads were changed",
        "answered_on": date(2025, 4, 5),
    }
    return MatterFactory(**{**told, **fields})


def closed(by, **fields):
    return answered(
        **{"state": "closed", "satisfied": True, "closed_on": TODAY, "closed_by": by, **fields}
    )


def with_person(number, **fields):
    """Return a matter whose customer has a car and a number."""
    matter = MatterFactory(customer__name="王小明", owner__name="黄丽娟", **fields)
    OwnershipFactory(customer=matter.customer, vehicle__plate=f"粤A1234{number}")
    PhoneFactory(customer=matter.customer, typed=f"138 0013 800{number}", is_primary=True)
    return matter


class TestList:
    @pytest.mark.parametrize("rows", [1, 3])
    def test_a_row_shows_whose_it_is_and_its_clocks_in_a_fixed_number_of_queries(
        self, client, tracker, rows, django_assert_num_queries
    ):
        for row in range(rows):
            with_person(row)

        # Session (4), user, own lists, rows, count.
        with django_assert_num_queries(8):
            page = text_of(client.get(LIST))

        assert page.count("王小明") == rows
        assert page.count("粤A1234") == rows
        assert page.count("The brakes squeal.") == rows
        assert page.count("黄丽娟") == rows
        assert page.count("Due today") == rows

    def test_clocks_that_ran_out_are_red(self, client, tracker):
        MatterFactory(kind=MatterKind.REQUEST, report_by=date(2025, 4, 5))
        MatterFactory(kind=MatterKind.REQUEST, report_by=TODAY)
        MatterFactory(report_by=date(2025, 4, 7), report__close_by=date(2025, 4, 4))
        answered(kind=MatterKind.REQUEST, report_by=date(2025, 4, 4))

        page = text_of(client.get(LIST))

        assert page.count('data-state="overdue"') == 2
        assert page.count('data-state="due"') == 1
        assert "1 day late" in page
        assert "2 days late" in page

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"state": "answered"}, {"answered"}),
            ({"kind": "request"}, {"request"}),
            ({"department": "parts"}, {"request"}),
            ({"category": "price"}, {"answered"}),
            ({"level": "serious"}, {"answered"}),
            ({"late": "on"}, {"late"}),
            ({"reported": "on"}, {"late"}),
            ({"reopened": "on"}, {"answered"}),
            ({"heard_from": "2025-04-04"}, {"answered"}),
            ({"heard_until": "2025-04-02"}, {"late"}),
            ({"q": "LAT"}, {"late"}),
            ({"q": "小红"}, {"request"}),
        ],
    )
    def test_each_filter_narrows_the_list(self, client, tracker, query, found):
        MatterFactory(text="late", heard_on=date(2025, 4, 2), **REPORTED)
        MatterFactory(
            text="request", kind=MatterKind.REQUEST, report_by=TODAY, department="parts",
            customer__name="孙小红",
        )  # fmt: skip
        answered(
            text="answered", heard_on=date(2025, 4, 4), reopened=1,
            report__category="price", report__level="serious",
        )  # fmt: skip

        assert listed(client.get(LIST, query)) == found

    def test_matters_of_somebody_and_of_a_customer(self, client, tracker):
        mine = MatterFactory(text="mine", owner=TrackerFactory(is_active=False))
        MatterFactory()

        for query in [{"owner": mine.owner_id}, {"customer": mine.customer_id}]:
            assert listed(client.get(LIST, query)) == {"mine"}

    def test_an_empty_list_says_what_opens_a_matter(self, client, tracker):
        assert "No matters" in text_of(client.get(LIST))

    def test_a_supervisor_takes_it_along_as_a_file(self, client, boss):
        MatterFactory(text="=1+1", report__category="price", report__subcategory="opaque")

        answer = client.get("/matters/export.csv")

        [_headings, line] = b"".join(answer.streaming_content).decode().splitlines()
        for text in ['"\'=1+1"', '"Price"', '"Hard to understand"', '"2025-04-06"']:
            assert text in line

    def test_a_tracker_has_no_file(self, client, tracker):
        assert client.get("/matters/export.csv").status_code == 403


class TestBoard:
    @pytest.mark.parametrize("rows", [1, 3])
    def test_everything_open_stands_in_its_lane_in_a_fixed_number_of_queries(
        self, client, tracker, rows, django_assert_num_queries
    ):
        for row in range(rows):
            with_person(row)
            MatterFactory(**REPORTED)
            MatterFactory(**SOLVED)
            answered()
            closed(tracker, text="Over and done.")

        # Session (4), user, counts, four lanes, late.
        with django_assert_num_queries(11):
            response = client.get(BOARD)

        lanes = [(lane["count"], len(lane["cards"])) for lane in response.context["columns"]]
        assert lanes == [(rows, rows)] * 4
        page = text_of(response)
        assert "Over and done." not in page
        assert "Due today" in page

    def test_the_oldest_stands_on_top(self, client, tracker):
        later = MatterFactory(report_by=date(2025, 4, 8))
        sooner = MatterFactory(report_by=date(2025, 4, 7))

        lane, *_others = client.get(BOARD).context["columns"]

        assert lane["cards"] == [sooner, later]


class TestSupervisorsDesk:
    @pytest.mark.parametrize("rows", [1, 3])
    def test_it_shows_what_was_reported_in_a_fixed_number_of_queries(
        self, client, boss, rows, django_assert_num_queries
    ):
        for row in range(rows):
            call = CallFactory()
            with_person(row, **REPORTED, study="The left pad.", call=call)
        MatterFactory(text="not yet")

        # Session (4), user, whether beat rings, rows, count.
        with django_assert_num_queries(8):
            page = text_of(client.get(DESK))

        assert page.count("The left pad.") == rows
        assert page.count("by itself, on the last day") == rows
        assert "not yet" not in page

    def test_the_instruction_opens_the_answer_today_and_leads_back_to_the_desk(self, client, boss):
        PolicyFactory()
        matter = MatterFactory(**REPORTED)

        response = client.post(
            f"/matters/{matter.pk}/instruct/",
            {"version": matter.version, "solution": "Free of charge.", "desk": "1"},
        )

        assert response.headers["Location"] == DESK
        matter.refresh_from_db()
        assert (matter.state, matter.solution, matter.solved_by) == (
            "solved",
            "Free of charge.",
            boss,
        )
        owed = FollowUp.objects.get(matter=matter)
        assert (owed.kind, owed.due_on, owed.owner) == ("answer", TODAY, matter.owner)

    def test_it_is_the_supervisors(self, client, tracker):
        matter = MatterFactory(**REPORTED)

        assert client.get(DESK).status_code == 403
        assert client.get(f"/matters/{matter.pk}/instruct/").status_code == 403


class TestPage:
    def test_it_shows_the_words_the_call_and_the_clocks(self, client, tracker):
        call = CallFactory()
        matter = MatterFactory(call=call, customer=call.customer)

        page = text_of(client.get(matter.get_absolute_url()))

        for text in ["The brakes squeal.", call.record_no, call.get_absolute_url(), "2025-04-05"]:
            assert text in page
        assert "no campaign, reminder or insurance contact" in page

    @pytest.mark.parametrize(
        ("fields", "first", "others"),
        [
            ({}, "study", {"solve", "report", "tell", "pass-on"}),
            ({"state": "under_study"}, "solve", {"study", "report", "tell", "pass-on"}),
            (SOLVED, "tell", {"pass-on"}),
            ({"state": "answered", "answer": "x", "answered_on": TODAY}, "tell", {"pass-on"}),
        ],
    )
    def test_it_offers_one_thing_first_and_what_else_can_be_done(
        self, client, tracker, fields, first, others
    ):
        matter = MatterFactory(kind=MatterKind.REQUEST, **fields)

        page = text_of(client.get(matter.get_absolute_url()))

        assert f'<a class="button primary" href="/matters/{matter.pk}/{first}/">' in page
        offered = {
            act
            for act in ("study", "solve", "report", "instruct", "tell", "pass-on")
            if f'"/matters/{matter.pk}/{act}/"' in page
        }
        assert offered == {first} | others

    def test_the_supervisor_is_offered_the_instruction(self, client, boss):
        matter = MatterFactory(**REPORTED)

        page = text_of(client.get(matter.get_absolute_url()))

        assert f'<a class="button primary" href="/matters/{matter.pk}/instruct/">' in page

    def test_a_closed_one_offers_nothing_more(self, client, tracker):
        matter = closed(tracker)

        page = text_of(client.get(matter.get_absolute_url()))

        for act in ("study", "solve", "report", "tell", "pass-on"):
            assert f"/matters/{matter.pk}/{act}/" not in page
        assert "satisfied" in page

    def test_the_calls_about_it_are_shown(self, client, tracker):
        talk = CallFactory()
        matter = closed(tracker, customer=talk.customer, told_in=talk)

        assert talk.get_absolute_url() in text_of(client.get(matter.get_absolute_url()))

    def test_form_f15_prints_what_is_known(self, client, tracker):
        matter = MatterFactory(**SOLVED, reported_on=date(2025, 4, 5), study="The left pad.")

        page = text_of(client.get(f"/matters/{matter.pk}/form/"))

        for text in ["F15", matter.record_no, "The left pad.", "New pads.", "2025-04-05"]:
            assert text in page

    def test_who_may_not_see_matters_has_none(self, client):
        client.force_login(UserFactory(roles=[TECHNICIAN]))

        assert client.get(LIST).status_code == 403

    def test_programs_see_those_of_their_own_customers(self, client):
        program = UserFactory(roles=[REST_CLIENT])
        client.force_login(program)
        own, foreign = MatterFactory(customer__created_by=program), MatterFactory()

        assert client.get(own.get_absolute_url()).status_code == 200
        assert client.get(foreign.get_absolute_url()).status_code == 404


class TestActs:
    @pytest.fixture(autouse=True)
    def _policy(self):
        PolicyFactory()

    @pytest.mark.parametrize(
        ("act", "body", "state"),
        [
            ("study", {"study": "The left pad."}, "under_study"),
            ("solve", {"solution": "New pads."}, "solved"),
            ("report", {}, "reported"),
            ("tell", {"answer": "Friday.", "satisfied": "unknown"}, "answered"),
            ("tell", {"answer": "Friday.", "satisfied": "true"}, "closed"),
            ("tell", {"answer": "Friday.", "satisfied": "false"}, "under_study"),
        ],
    )
    def test_each_form_asks_and_moves_it_on(self, client, tracker, act, body, state):
        matter = MatterFactory()
        address = f"/matters/{matter.pk}/{act}/"
        if act == "tell":
            body = body | {"answered_on": "2025-04-05", "told_through": "counter"}
        assert client.get(address).status_code == 200

        response = client.post(address, body | {"version": 1})

        assert response.headers["Location"] == matter.get_absolute_url()
        matter.refresh_from_db()
        assert matter.state == state

    def test_it_is_passed_on(self, client, tracker):
        matter, other = MatterFactory(), TrackerFactory()
        body = {"version": 1, "owner": other.pk, "department": "parts"}

        client.post(f"/matters/{matter.pk}/pass-on/", body)

        matter.refresh_from_db()
        assert (matter.owner, matter.department) == (other, "parts")

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
        body = {
            "version": 1, "answer": "We change the pads", "answered_on": "2025-04-05",
            "told_through": "call",
        }  # fmt: skip

        response = client.post(f"/matters/{matter.pk}/tell/", body | changed)

        assert response.status_code == 422
        assert text in text_of(response)

    def test_who_comes_second_sees_both_texts(self, client, tracker):
        matter = MatterFactory(state="under_study", study="The left pad")
        Matter.objects.filter(pk=matter.pk).update(study="The right pad")
        address = f"/matters/{matter.pk}/study/"

        response = client.post(address, {"version": 1, "study": "The disc"})

        page = text_of(response)
        assert response.status_code == 409
        assert "The right pad" in page
        assert "The disc" in page
        seen = response.context["form"]["version"].value()
        assert client.post(address, {"version": seen, "study": "The disc"}).status_code == 302

    def test_what_is_not_its_turn_leads_back_to_the_matter(self, client, tracker):
        matter = closed(tracker)
        address = f"/matters/{matter.pk}/tell/"

        assert client.get(address).headers["Location"] == matter.get_absolute_url()
        body = {
            "version": matter.version, "answer": "x", "answered_on": "2025-04-06",
            "told_through": "call",
        }  # fmt: skip
        response = client.post(address, body)
        assert response.status_code == 422
        assert "This matter is closed already." in text_of(response)

    def test_the_answer_proposes_the_solution(self, client, tracker):
        matter = MatterFactory(**SOLVED)

        response = client.get(f"/matters/{matter.pk}/tell/")

        assert response.context["form"]["answer"].value() == "New pads."


class TestNewMatter:
    @pytest.fixture(autouse=True)
    def _policy(self):
        PolicyFactory()

    def body(self, customer, **fields):
        return {
            "operation": uuid4(), "customer": customer.pk, "kind": "complaint",
            "heard_through": "counter", "text": "It squeals.", "department": "workshop",
            **fields,
        }  # fmt: skip

    def test_it_is_opened_once(self, client, tracker):
        customer = CustomerFactory()
        body = self.body(customer)

        for _ in range(2):
            response = client.post(NEW, body)

        matter = Matter.objects.get()
        assert response.headers["Location"] == matter.get_absolute_url()
        assert (matter.text, matter.owner, matter.customer) == ("It squeals.", tracker, customer)
        assert matter.complaint.department == "workshop"

    def test_answered_on_the_spot_it_is_closed_by_the_customers_word(self, client, tracker):
        body = self.body(CustomerFactory(), answer="Tightened.", satisfied="true")

        client.post(NEW, body)

        matter = Matter.objects.get()
        assert (matter.state, matter.answer, matter.told_through) == (
            "closed",
            "Tightened.",
            "counter",
        )

    def test_it_is_about_the_consultation_it_comes_from(self, client, tracker):
        talk = ConsultationFactory(notes="He wants a loaner.")

        page = client.get(NEW, {"consultation": talk.pk})

        form = page.context["form"]
        assert form["text"].value() == "He wants a loaner."
        assert form.chosen == talk.customer
        client.post(NEW, self.body(talk.customer, consultation=talk.pk))
        assert Matter.objects.get().consultation == talk

    @pytest.mark.parametrize("field", ["text", "kind"])
    def test_it_says_what_is_missing(self, client, tracker, field):
        response = client.post(NEW, self.body(CustomerFactory(), **{field: ""}))

        assert response.status_code == 422
        assert field in response.context["form"].errors
