"""Follow-ups, their explanation and owners, absences, sweeps and the policy for programs."""

from datetime import UTC, datetime

import pytest
import time_machine

from aftersales.roles import ADMINISTRATOR, REST_CLIENT, SUPERVISOR, TRACKING_SALESMAN
from aftersales.tests.api import Client, errors_of
from aftersales.tests.factories import UserFactory
from customers.tests.factories import CustomerFactory
from followups.models import FollowUp
from followups.sweeps import SWEEPS
from followups.tests.factories import (
    AbsenceFactory,
    FollowUpFactory,
    PolicyFactory,
    TrackerFactory,
)
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db

# In the shop it is ten in the morning of 8 April 2025.
NOW = datetime(2025, 4, 8, 2, 0, tzinfo=UTC)
FOLLOW_UPS = "/api/v1/follow-ups/"
ABSENCES = "/api/v1/absences/"
SWEEPS_RUN = "/api/v1/sweeps/"
POLICY = "/api/v1/policy/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def policy():
    return PolicyFactory()


@pytest.fixture
def client():
    return Client(UserFactory(roles=[TRACKING_SALESMAN, REST_CLIENT]))


@pytest.fixture
def supervisor():
    return Client(UserFactory(roles=[SUPERVISOR, REST_CLIENT]))


def kind_of(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def ids(answer):
    return [row["id"] for row in answer.json()["results"]]


class TestFollowUps:
    def test_one_is_answered_with_exactly_these_fields(self, client):
        owner = TrackerFactory(name="Guo Jing")
        owed = FollowUpFactory(owner=owner)

        answer = client.get(f"{FOLLOW_UPS}{owed.pk}/")

        assert answer["ETag"] == '"1"'
        assert answer.json() == {
            "id": owed.pk,
            "kind": "first_call",
            "customer": owed.customer_id,
            "order": owed.order_id,
            "consultation": None,
            "first_call": None,
            "matter": None,
            "invitation": None,
            "campaign": None,
            "declined_work": None,
            "vehicle": None,
            "about_on": None,
            "about": "First call · car left 31 Mar",
            "fact_on": "2025-03-31",
            "opens_on": "2025-04-03",
            "target_on": "2025-04-03",
            "due_on": "2025-04-07",
            "owner": {"id": owner.pk, "name": "Guo Jing"},
            "promised_by": None,
            "callback_at": None,
            "attempts": 0,
            "days_tried": 0,
            "tried_on": None,
            "state": "open",
            "ending": "",
            "evidence": "",
            "closed_at": None,
            "closed_on": None,
            "closed_by": None,
            "version": 1,
        }

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"ordering": "-due_on"}, "bac"),
            ({"kind": "first_call"}, "abc"),
            ({"kind": "second_call"}, ""),
            ({"state": "open"}, "ab"),
            ({"ending": "reached"}, "c"),
            ({"late": "true"}, "a"),
            ({"late": "false"}, "bc"),
            ({"due_from": "2025-04-08"}, "b"),
            ({"due_until": "2025-04-06"}, "c"),
            ({"closed_from": "2025-04-05"}, "c"),
            ({"closed_until": "2025-04-04"}, ""),
        ],
    )
    def test_they_are_filtered_and_ordered(self, client, asked, found):
        closed = {
            "due_on": "2025-04-06",
            "state": "done",
            "ending": "reached",
            "closed_at": datetime(2025, 4, 5, 2, tzinfo=UTC),
            "closed_on": "2025-04-05",
        }
        made = {
            "a": FollowUpFactory(due_on="2025-04-07").pk,
            "b": FollowUpFactory(due_on="2025-04-08").pk,
            "c": FollowUpFactory(**closed).pk,
        }

        assert ids(client.get(FOLLOW_UPS, asked)) == [made[letter] for letter in found]

    def test_those_of_one_customer_or_person(self, client):
        FollowUpFactory()
        owed = FollowUpFactory()

        for asked in ({"customer": owed.customer_id}, {"owner": owed.owner_id}):
            assert ids(client.get(FOLLOW_UPS, asked)) == [owed.pk]

    def test_a_program_sees_those_of_its_own_customers_only(self):
        program = Client()
        foreign = FollowUpFactory()
        own = FollowUpFactory(order__customer__created_by=program.user)

        assert ids(program.get(FOLLOW_UPS)) == [own.pk]
        assert program.get(f"{FOLLOW_UPS}{foreign.pk}/").status_code == 404

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_list_takes_the_same_queries_for_one_and_for_three(
        self, client, count, django_assert_num_queries
    ):
        FollowUpFactory.create_batch(count)

        with django_assert_num_queries(4):
            assert len(ids(client.get(FOLLOW_UPS))) == count


class TestReassign:
    ADDRESS = f"{FOLLOW_UPS}reassign/"

    def test_what_is_open_goes_over(self, supervisor):
        owed = FollowUpFactory.create_batch(2)
        done = FollowUpFactory(
            state="done", ending="reached", closed_at=NOW, closed_on="2025-04-08"
        )
        to = TrackerFactory()
        body = {"follow_ups": [item.pk for item in [*owed, done]], "to": to.pk}

        answer = supervisor.post(self.ADDRESS, body)

        assert (answer.status_code, answer.json()) == (200, {"moved": 2})
        assert set(FollowUp.objects.filter(owner=to)) == set(owed)

    def test_it_goes_to_tracking_salesmen_only(self, supervisor):
        body = {"follow_ups": [FollowUpFactory().pk], "to": UserFactory().pk}

        assert kind_of(supervisor.post(self.ADDRESS, body)) == (409, "may_not_own")

    def test_what_is_not_there_is_named(self, supervisor):
        body = {"follow_ups": [0, 1], "to": TrackerFactory().pk}
        assert errors_of(supervisor.post(self.ADDRESS, body)) == {"follow_ups.0": ["min_value"]}
        body["follow_ups"] = [2**62]
        assert errors_of(supervisor.post(self.ADDRESS, body)) == {"follow_ups": ["does_not_exist"]}

    def test_only_supervisors_do_it(self, client):
        assert client.post(self.ADDRESS, {}).status_code == 403


class TestExplanation:
    def test_it_names_the_rule_of_each_sentence(self, client):
        owed = FollowUpFactory(owner=client.user)

        answer = client.get(f"/api/v1/customers/{owed.customer_id}/explanation/").json()

        assert [line["rule"] for line in answer if line["follow_up"] == owed.pk]
        assert all(line["text"] and line["rule"] for line in answer)

    def test_it_is_in_the_language_of_the_reader(self, client):
        customer = CustomerFactory()

        said = [
            client.get(
                f"/api/v1/customers/{customer.pk}/explanation/",
                headers={"Accept-Language": language},
            ).json()
            for language in ("en", "zh-hans")
        ]

        assert [line["rule"] for line in said[0]] == [line["rule"] for line in said[1]]

    def test_foreign_customers_are_missing(self):
        address = f"/api/v1/customers/{CustomerFactory().pk}/explanation/"

        assert Client().get(address).status_code == 404


class TestAbsences:
    def body(self, **others):
        return {
            "person": TrackerFactory().pk,
            "proxy": TrackerFactory().pk,
            "first_day": "2025-04-14",
            "last_day": "2025-04-18",
            **others,
        }

    def test_one_is_entered_changed_and_withdrawn(self, supervisor):
        answer = supervisor.post(ABSENCES, self.body(reason="Training"))

        assert answer.status_code == 201
        entered = answer.json()
        address = f"{ABSENCES}{entered['id']}/"
        assert entered == supervisor.get(address).json()
        assert entered["entered_by"]["id"] == supervisor.user.pk

        changed = supervisor.patch(address, {"version": 1, "last_day": "2025-04-16"})
        assert changed.json() == entered | {"last_day": "2025-04-16", "version": 2}
        late = supervisor.post(f"{address}withdraw/", {"version": 1})
        assert kind_of(late) == (409, "changed_meanwhile")
        assert late.json()["current"]["last_day"] == "2025-04-16"
        withdrawn = supervisor.post(f"{address}withdraw/", {"version": 2})
        assert withdrawn.json()["withdrawn_at"] == "2025-04-08T10:00:00+08:00"

    def test_days_and_people_have_to_fit(self, supervisor):
        absence = AbsenceFactory(first_day="2025-04-14", last_day="2025-04-14")
        away, proxy = absence.person_id, absence.proxy_id

        for wrong, fields in [
            ({"last_day": "2025-04-13"}, ["last_day"]),
            ({"person": proxy, "proxy": proxy}, ["proxy"]),
            ({"proxy": UserFactory().pk}, ["proxy"]),
        ]:
            assert list(errors_of(supervisor.post(ABSENCES, self.body(**wrong)))) == fields
        overlap = supervisor.post(ABSENCES, self.body(person=away))
        assert kind_of(overlap) == (409, "away_already")
        circle = supervisor.post(ABSENCES, self.body(person=proxy, proxy=away))
        assert kind_of(circle) == (409, "stand_in_circle")

    def test_people_see_their_own_and_those_they_stand_in_for(self, client, supervisor):
        own, for_somebody = AbsenceFactory(person=client.user), AbsenceFactory(proxy=client.user)
        foreign = AbsenceFactory()

        assert ids(client.get(ABSENCES)) == [own.pk, for_somebody.pk]
        assert client.get(f"{ABSENCES}{foreign.pk}/").status_code == 404
        assert client.post(ABSENCES, self.body()).status_code == 403
        assert ids(supervisor.get(ABSENCES, {"person": foreign.person_id})) == [foreign.pk]
        assert ids(supervisor.get(ABSENCES, {"proxy": foreign.proxy_id})) == [foreign.pk]
        assert len(ids(supervisor.get(ABSENCES, {"day": "2025-04-07"}))) == 3
        assert ids(supervisor.get(ABSENCES, {"day": "2025-04-08"})) == []


class TestSweeps:
    def test_one_that_never_ran_says_so(self, supervisor):
        assert supervisor.get(SWEEPS_RUN).json() == [
            {"name": name, "ran_at": None, "counts": None} for name in SWEEPS
        ]

    def test_a_supervisor_rings_one(self, supervisor, policy):
        order = RepairOrderFactory(released=True)

        answer = supervisor.post(f"{SWEEPS_RUN}sweep_first_calls/run/")

        assert (answer.status_code, answer.json()["ran_at"]) == (200, "2025-04-08T10:00:00+08:00")
        assert FollowUp.objects.get(kind="first_call").order == order
        assert answer.json() in supervisor.get(SWEEPS_RUN).json()

    def test_an_unknown_one_is_missing(self, supervisor):
        assert supervisor.post(f"{SWEEPS_RUN}sweep_floor/run/").status_code == 404

    def test_administrators_look_at_them_too_and_nobody_else(self, client):
        administrator = Client(UserFactory(roles=[ADMINISTRATOR, REST_CLIENT]))

        assert administrator.get(SWEEPS_RUN).status_code == 200
        assert client.get(SWEEPS_RUN).status_code == 403


class TestPolicy:
    def test_programs_read_it_and_supervisors_change_it(self, client, supervisor):
        read = client.get(POLICY)
        assert (read["ETag"], read.json()["first_call_due_days"]) == ('"1"', 7)
        assert client.patch(POLICY, {}).status_code == 403

        changed = supervisor.patch(POLICY, {"version": 1, "first_call_due_days": 6})
        assert changed.json() == read.json() | {"first_call_due_days": 6, "version": 2}
        late = supervisor.patch(POLICY, {"version": 1, "first_call_due_days": 5})
        assert kind_of(late) == (409, "changed_meanwhile")
        assert late.json()["current"] == changed.json()

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"first_call_due_days": 2}, "first_call_due_days"),
            ({"most_attempts": 0}, "most_attempts"),
            ({"shop_weekdays": []}, "shop_weekdays"),
            ({"shop_weekdays": [8]}, "shop_weekdays.0"),
            ({"days": 3}, "days"),
        ],
    )
    def test_numbers_that_cannot_be_are_named(self, supervisor, wrong, field):
        answer = supervisor.patch(POLICY, {"version": 1, **wrong})

        assert (answer.status_code, list(errors_of(answer))) == (400, [field])
