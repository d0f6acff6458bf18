from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from aftersales import days
from aftersales.roles import ADMINISTRATOR, ROLES, SERVICE_ADVISOR, TECHNICIAN
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.tests.factories import CustomerFactory, PhoneFactory
from followups.models import Kind, OutboxMessage
from followups.tests.factories import AbsenceFactory, FollowUpFactory, TrackerFactory
from workshop.tests.factories import RepairOrderFactory


@pytest.fixture
def advisor(client, db):
    user = UserFactory(roles=[SERVICE_ADVISOR])
    client.force_login(user)
    return user


def home(client):
    return client.get(reverse("home"))


class TestHome:
    def test_begins_with_the_search_and_what_an_advisor_does_most(self, client, advisor):
        page = home(client).content.decode()

        assert page.count('id="search-input"') == 1
        assert "autofocus" in page
        assert reverse("customers:create") in page
        assert reverse("workshop:create-order") in page

    def test_shows_the_cars_that_are_here_ones_own_first(self, client, advisor):
        foreign = RepairOrderFactory(authorized=True)
        mine = RepairOrderFactory(advisor=advisor)
        RepairOrderFactory(released=True)

        context = home(client).context

        assert list(context["cars"]) == [mine, foreign]
        assert context["numbers"] == {"here": 2, "mine": 1, "unauthorized": 1}

    def test_shows_whose_file_lacks_something_while_his_car_is_here(self, client, advisor):
        here = PhoneFactory(customer=CustomerFactory(name="李雷")).customer
        RepairOrderFactory(customer=here)
        RepairOrderFactory(customer=here)
        RepairOrderFactory(released=True)

        assert list(home(client).context["files"]) == [here]

    def test_shows_a_technician_cars_and_no_people(self, client, db):
        client.force_login(UserFactory(roles=[TECHNICIAN]))
        order = RepairOrderFactory(customer__name="王小明")

        page = home(client).content.decode()

        assert str(order.vehicle) in page
        assert "王小明" not in page
        assert reverse("customers:create") not in page

    def test_shows_an_administrator_the_installation_and_no_customers(self, client, db):
        client.force_login(UserFactory(roles=[ADMINISTRATOR]))
        RepairOrderFactory(customer__name="王小明")

        page = home(client).content.decode()

        assert reverse("health") in page
        assert "王小明" not in page
        assert 'id="search-input"' not in page

    def test_shows_a_supervisor_what_is_late_and_todays_load(self, client, db):
        client.force_login(SupervisorFactory())
        owed = FollowUpFactory(fact_on=days.today() - timedelta(10))

        response = home(client)

        assert response.context["late"] == 1
        assert [work.person for work in response.context["works"]] == [owed.owner]
        assert "1 late" in response.content.decode()

    def test_shows_how_many_messages_wait_for_whoever_may_settle_them(self, client, db):
        now = timezone.now()
        for state in ("failed", "unknown", "pending"):
            OutboxMessage.objects.create(
                key=state, channel="sms", recipient="1", body="-", state=state, next_at=now
            )

        client.force_login(SupervisorFactory())
        seen = home(client)
        client.force_login(TrackerFactory())
        others = home(client)

        address = reverse("followups:outbox") + "?state=to_decide"
        assert seen.context["to_decide"] == 2
        assert address in seen.content.decode()
        assert address not in others.content.decode()

    def test_shows_a_tracking_salesman_his_next_calls_and_no_others(self, client, db):
        mine, _foreign = (
            FollowUpFactory(fact_on=days.today() - timedelta(4)) for _each in range(2)
        )
        client.force_login(mine.owner)

        context = home(client).context

        assert [entry.customer for entry, _reason in context["entries"]] == [mine.customer]
        assert context["load"].due == 1
        assert "works" not in context

    def test_shows_an_advisor_whom_nobody_could_reach_while_the_car_is_here(self, client, advisor):
        ended = {"state": "done", "ending": "unreachable", "closed_on": days.today()}
        here, _gone = (FollowUpFactory(closed_at=timezone.now(), **ended) for _each in range(2))
        RepairOrderFactory(customer=here.customer, authorized=True)

        response = home(client)

        assert list(response.context["unreached"]) == [here]
        assert "Ask for new contact data" in response.content.decode()

    @pytest.mark.parametrize("role", [*ROLES, None])
    def test_opens_for_every_role(self, client, db, role):
        client.force_login(UserFactory(roles=[role] if role else []))

        assert home(client).status_code == 200

    @pytest.mark.parametrize("count", [1, 3])
    def test_takes_a_fixed_number_of_queries(self, client, db, django_assert_num_queries, count):
        for _car in range(count):
            RepairOrderFactory(customer=PhoneFactory().customer)
        client.force_login(SupervisorFactory())
        home(client)

        # session, user, heartbeat, numbers, cars, files, imports, who is here and could not be
        # reached, messages to be decided; of the board the policy, what is late, absences,
        # proxies, loads, calls made, trackers
        with django_assert_num_queries(17):
            home(client)


def test_a_tracker_sees_which_customer_files_he_owes_and_for_whom_he_stands_in(client, db):
    tracker, away = TrackerFactory(), TrackerFactory()
    client.force_login(tracker)
    day = days.today()
    AbsenceFactory(person=away, proxy=tracker, first_day=day, last_day=day)
    window = {"fact_on": day, "opens_on": day, "target_on": day, "due_on": day}
    mine, his = (
        FollowUpFactory(kind=Kind.CUSTOMER_FILE, owner=owner, **window) for owner in (tracker, away)
    )
    FollowUpFactory(kind=Kind.CUSTOMER_FILE, **window)

    assert list(home(client).context["owed_files"]) == [mine, his]
