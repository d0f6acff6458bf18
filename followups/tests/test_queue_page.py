"""The page of the queue: whom it shows, why, and the way to the next customer."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from aftersales.roles import SERVICE_ADVISOR
from aftersales.tests.factories import SupervisorFactory, UserFactory
from followups.models import FollowUp
from followups.services import claims
from followups.tests.calling import NOW, call, first_call
from followups.tests.desk import address, at_the_desk
from followups.tests.factories import AbsenceFactory, PolicyFactory, TrackerFactory

pytestmark = pytest.mark.django_db
QUEUE = reverse("followups:queue")


@pytest.fixture(autouse=True)
def policy():
    return PolicyFactory()


@pytest.fixture
def anna():
    return TrackerFactory(name="Anna")


@pytest.fixture
def page(client, anna):
    """Return the page as Anna sees it on 3 April at ten."""

    def show(user=anna, **query):
        with at_the_desk(client, user):
            return client.get(QUEUE, query)

    return show


def late_call(owner, **fields):
    """Return a first call whose last day was the day before."""
    owed = first_call(owner=owner, **fields)
    day = date(2025, 4, 2)
    FollowUp.objects.filter(pk=owed.pk).update(opens_on=day, target_on=day, due_on=day)


def names(page):
    return [entry.customer.name for entry in page.context["entries"]]


class TestQueue:
    def test_shows_name_plate_phone_and_the_reason_of_each_customer(self, page, anna):
        owed = first_call(owner=anna, order__customer__name="王小明")

        text = page().content.decode()

        phone = owed.customer.phones.first()
        for words in ("王小明", owed.order.vehicle.plate, phone.tail[-4:], "car left 31 Mar"):
            assert words in text
        assert "0 of 3 attempts" in text

    def test_counts_who_is_due_and_who_can_be_called(self, page, anna):
        first_call(owner=anna)
        first_call(owner=anna, phones=0)

        text = page().content.decode()

        assert "2 customers due" in text
        assert "1 can be called now" in text

    @pytest.mark.parametrize("rows", [1, 3])
    @pytest.mark.parametrize("tab", ["mine", "team", "late"])
    def test_asks_the_database_a_fixed_number_of_times(
        self, client, anna, rows, tab, django_assert_num_queries
    ):
        for _row in range(rows):
            late_call(anna) if tab == "late" else first_call(owner=anna)
        AbsenceFactory(proxy=anna)

        with at_the_desk(client, anna):
            client.get(QUEUE)  # notes that she is here
            # session, user; policy, proxies; ranking, agendas, phones
            with django_assert_num_queries(7):
                page = client.get(QUEUE, {"tab": tab})

        assert len(page.context["entries"]) == rows

    def test_says_who_is_calling_whom(self, page, anna):
        owed = first_call(owner=anna)
        claims.claim(owed.customer_id, by=TrackerFactory(name="Ben"), now=NOW)

        text = page().content.decode()

        assert "Ben is calling since 10:00" in text
        assert address("claim", owed.customer) not in text

    def test_of_a_colleague_who_is_away_stands_in_the_queue_of_the_proxy(self, page, anna):
        ben = TrackerFactory(name="Ben")
        first_call(owner=ben, order__customer__name="Ben's customer")
        assert names(page()) == []
        AbsenceFactory(person=ben, proxy=anna)

        shown = page()

        assert names(shown) == ["Ben's customer"]
        assert "Today you stand in for Ben." in shown.content.decode()
        assert "for Ben" in shown.content.decode()
        assert "You are entered as away today" in page(ben).content.decode()

    def test_tells_who_has_none_what_will_appear(self, page):
        assert "Nobody is to be called" in page().content.decode()

    def test_offers_the_next_call_only_to_callers(self, client, page):
        advisor = UserFactory(roles=[SERVICE_ADVISOR])

        assert page(advisor).status_code == 403


class TestTabs:
    def test_of_the_team_shows_what_everybody_owes(self, page, anna):
        first_call(owner=TrackerFactory(), order__customer__name="Somebody else's")

        assert names(page()) == []
        assert names(page(tab="team")) == ["Somebody else's"]

    def test_of_the_late_shows_whose_last_day_is_over(self, page, anna):
        late_call(anna, order__customer__name="Late")
        first_call(owner=anna)

        assert names(page(tab="late")) == ["Late"]

    @pytest.mark.parametrize("rows", [1, 3])
    def test_of_today_shows_ones_own_calls(self, client, anna, rows, django_assert_num_queries):
        made = [call(first_call(owner=anna).customer, by=anna) for _row in range(rows)]
        call(first_call().customer, by=TrackerFactory())
        call(first_call().customer, by=anna, now=NOW - timedelta(days=1))

        with at_the_desk(client, anna):
            client.get(QUEUE)  # notes that she is here
            with django_assert_num_queries(3):  # session, user; calls
                page = client.get(QUEUE, {"tab": "done"})

        assert list(page.context["calls"]) == made[::-1]

    def test_that_nobody_knows_is_ones_own(self, page):
        assert page(tab="nonsense").context["tab"] == "mine"


class TestNext:
    def test_takes_the_customer_whose_turn_it_is(self, client, anna):
        owed = first_call(owner=anna)

        with at_the_desk(client, anna):
            answer = client.post(reverse("followups:next"))
            desk = client.get(answer.url)

        assert answer.url == address("desk", owed.customer)
        assert desk.context["form"] is not None

    def test_leads_back_to_whom_one_is_calling(self, client, anna):
        first_call(owner=anna)
        mine = first_call(owner=anna)

        with at_the_desk(client, anna):
            client.post(address("claim", mine.customer))
            answer = client.post(reverse("followups:next"))

        assert answer.url == address("desk", mine.customer)

    def test_says_when_there_is_nobody(self, client, anna):
        with at_the_desk(client, anna):
            answer = client.post(reverse("followups:next"), follow=True)

        assert "Nobody is to be called just now." in answer.content.decode()


def test_a_supervisor_sees_the_team_and_may_take_back(client):
    owed = first_call()
    claims.claim(owed.customer_id, by=TrackerFactory(name="Ben"), now=NOW)

    with at_the_desk(client, SupervisorFactory()):
        held = client.get(address("desk", owed.customer)).content.decode()
        after = client.post(address("take-back", owed.customer), follow=True).content.decode()

    assert "Ben is calling this customer since 10:00." in held
    assert "Take back" in held
    assert "Nobody holds this customer any more." in after
    assert "Call now" in after
