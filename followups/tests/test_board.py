"""The supervisor's board: what is late and whose, today's load, what comes (SUP-01)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from aftersales import days
from aftersales.roles import TRACKING_SALESMAN
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.tests.factories import PhoneFactory
from followups import board
from followups.calling.unreachable import unreachable
from followups.models import Claim, FollowUp, Kind, Policy
from followups.tests.factories import (
    AbsenceFactory,
    CallFactory,
    FollowUpFactory,
    MatterFactory,
    PolicyFactory,
    TrackerFactory,
)

pytestmark = pytest.mark.django_db
# In the shop it is ten in the morning of 10 April 2025.
NOW = datetime(2025, 4, 10, 2, 0, tzinfo=UTC)
TODAY = date(2025, 4, 10)


@pytest.fixture(autouse=True)
def policy():
    return PolicyFactory()


@pytest.fixture
def supervisor(client):
    user = SupervisorFactory()
    client.force_login(user)
    return user


def due_now(**fields):
    """Owe somebody a call whose window ends in three days of the real clock."""
    today = days.today()
    owed = FollowUpFactory(fact_on=today - timedelta(4), **fields)
    PhoneFactory(customer=owed.customer)
    return owed


def late_now(**fields):
    return FollowUpFactory(fact_on=days.today() - timedelta(10), **fields)


class TestDebtors:
    def test_are_grouped_by_person_with_files_calls_and_matters(self):
        anna, bert = TrackerFactory(), TrackerFactory()
        FollowUpFactory(owner=anna)
        FollowUpFactory(owner=anna, fact_on=date(2025, 4, 2))
        FollowUpFactory(owner=bert, kind=Kind.CUSTOMER_FILE, fact_on=date(2025, 3, 1))
        MatterFactory(owner=anna)
        FollowUpFactory(owner=anna, fact_on=date(2025, 4, 3))

        found = board.debtors(today=TODAY)

        assert [debtor.person for debtor in found] == [bert, anna]
        assert found[0].files == board.Late(1, date(2025, 3, 8))
        assert found[1].calls == board.Late(2, date(2025, 4, 7))
        assert found[1].matters == board.Late(1, date(2025, 4, 5))
        assert found[1].total == 3

    def test_name_what_nobody_owns(self):
        FollowUpFactory(owner=None)

        assert [(each.person, each.calls.count) for each in board.debtors(today=TODAY)] == [
            (None, 1)
        ]

    def test_owe_nothing_late_that_the_customer_wanted_later(self):
        FollowUpFactory(callback_at=NOW + timedelta(1))

        assert board.debtors(today=TODAY) == []


class TestWorks:
    def test_count_customers_and_not_what_is_owed_to_them(self, policy):
        owed = FollowUpFactory()
        PhoneFactory(customer=owed.customer)
        FollowUpFactory(order__customer=owed.customer, owner=owed.owner)
        FollowUpFactory(owner=owed.owner)

        [work] = board.works(policy=policy, now=NOW)

        assert (work.person, work.load.due, work.load.callable) == (owed.owner, 2, 1)

    def test_give_the_load_of_the_absent_to_who_stands_in(self, policy):
        owed = FollowUpFactory()
        absence = AbsenceFactory(person=owed.owner, last_day=TODAY)

        works = {work.person: work for work in board.works(policy=policy, now=NOW)}

        assert works[absence.proxy].load.due == 1
        assert works[owed.owner].load.due == 0
        assert works[owed.owner].absence == absence
        assert works[owed.owner].capacity == 0

    def test_say_when_it_is_more_than_one_can_call(self, policy):
        Policy.objects.update(calls_per_day=1)
        owed = FollowUpFactory()
        CallFactory(handler=owed.owner, started_at=NOW, ended_at=NOW)

        work = board.works(policy=Policy.objects.current(), now=NOW)[0]

        assert (work.made, work.capacity, work.is_too_much) == (1, 1, True)


def test_days_ahead_count_what_ends_on_each():
    FollowUpFactory(fact_on=date(2025, 4, 3))
    FollowUpFactory(fact_on=date(2025, 4, 4))
    FollowUpFactory(fact_on=date(2025, 4, 4), kind=Kind.CUSTOMER_FILE)

    coming = board.days_ahead(today=TODAY)

    assert len(coming) == 14
    assert [(day.on.day, day.first) for day in coming if day.total] == [(10, 1), (11, 1)]


class TestUnreachable:
    def close(self, owed, *, at=NOW, ending="unreachable"):
        FollowUp.objects.filter(pk=owed.pk).update(
            state="done", ending=ending, closed_at=at, closed_on=days.local_date(at)
        )

    def test_is_whom_the_last_call_did_not_reach(self):
        owed = FollowUpFactory()
        self.close(owed)

        assert list(unreachable()) == [owed]

    def test_is_nobody_who_was_reached_later(self):
        owed = FollowUpFactory()
        self.close(owed)
        later = FollowUpFactory(order__customer=owed.customer)
        self.close(later, at=NOW + timedelta(1), ending="reached")

        assert list(unreachable()) == []

    def test_is_nobody_whose_data_were_verified_since(self):
        owed = FollowUpFactory(order__customer__contact_verified_on=TODAY)
        self.close(owed)

        assert list(unreachable()) == []

    def test_names_a_customer_once_however_many_calls_ended_together(self):
        owed = FollowUpFactory()
        other = FollowUpFactory(order__customer=owed.customer)
        self.close(owed)
        self.close(other)

        assert list(unreachable()) == [other]


class TestPage:
    url = "/board/"

    def test_leads_from_every_number_to_its_rows(self, client, supervisor):
        owed = due_now()
        late = late_now()
        Claim.objects.create(
            customer=late.customer,
            claimed_by=late.owner,
            claimed_at=timezone.now(),
            leased_until=timezone.now() + timedelta(minutes=5),
        )

        context = client.get(self.url).context

        def listed(query):
            rows = client.get(reverse("followups:follow-ups"), query).context["page"].page.rows
            return set(rows)

        assert context["late_count"] == 1
        assert listed({"late": "on"}) == {late}
        assert context["due_count"] == 2
        assert listed({"due": "on"}) == {owed, late}
        assert context["callable_count"] == 1
        assert listed({"callable": "on"}) == {owed}
        assert listed({"due": "on", "works": owed.owner.pk}) == {owed}
        assert listed({"unassigned": "on"}) == set()
        assert [claim.customer for claim in context["claims"]] == [late.customer]

    def test_offers_who_is_here_and_has_the_least_to_do(self, client, supervisor):
        owed = late_now()
        away, free = TrackerFactory(name="Away"), TrackerFactory(name="Free")
        today = days.today()
        AbsenceFactory(person=away, proxy=owed.owner, first_day=today, last_day=today)

        page = client.get(self.url)

        assert page.context["freest"].person == free
        assert "Give to Free" in page.content.decode()

    def test_opens_on_an_empty_house(self, client, supervisor):
        page = client.get(self.url).content.decode()

        assert "Nothing is late." in page
        assert "No call ends in these days." in page
        assert "Everybody could be reached so far." in page

    def test_is_for_supervisors(self, client):
        client.force_login(UserFactory(roles=[TRACKING_SALESMAN]))

        assert client.get(self.url).status_code == 403

    @pytest.mark.parametrize("count", [1, 3])
    def test_takes_a_fixed_number_of_queries(
        self, client, supervisor, django_assert_num_queries, count
    ):
        for _each in range(count):
            due_now()
            late_now()
            MatterFactory()
            AbsenceFactory(first_day=days.today(), last_day=days.today())
            owed = FollowUpFactory()
            TestUnreachable().close(owed)
        client.get(self.url)

        with django_assert_num_queries(22):
            client.get(self.url)
