"""`/api/v1/calls/`: the register, calls that come in, what they leave."""

from datetime import UTC, datetime

import pytest
import time_machine

from aftersales.roles import REST_CLIENT, SUPERVISOR, TRACKING_SALESMAN
from aftersales.tests.api import Client, errors_of
from aftersales.tests.factories import UserFactory
from customers.tests.factories import CustomerFactory, PhoneFactory
from followups.models import Call, Matter
from followups.tests.factories import CallFactory, FollowUpFactory, PolicyFactory

pytestmark = pytest.mark.django_db

# In the shop it is ten in the morning of 4 April 2025.
NOW = datetime(2025, 4, 4, 2, 0, tzinfo=UTC)
CALLS = "/api/v1/calls/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def policy():
    return PolicyFactory()


@pytest.fixture
def client():
    return Client(UserFactory(roles=[TRACKING_SALESMAN, REST_CLIENT], name="Ma Li"))


@pytest.fixture
def program():
    """A client that sees what it brought in."""
    return Client()


def kind_of(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def ids(answer):
    return [row["id"] for row in answer.json()["results"]]


class TestInbound:
    def test_a_program_records_a_call_of_its_own_customer(self, program):
        customer = CustomerFactory(created_by=program.user, name="Wang Fang")

        answer = program.post(
            CALLS,
            {
                "customer": customer.pk,
                "kind": "inquiry",
                "phone_used": "138 0013 8000",
                "started_at": "2025-04-04T09:50:00+08:00",
                "requests": "Winter tires",
            },
        )

        assert answer.status_code == 201
        line = answer.json()
        assert line == program.get(f"{CALLS}{line['id']}/").json()
        assert line.pop("recorded_at")
        [matter] = line.pop("matters")
        assert (matter["kind"], matter["text"]) == ("question", "Winter tires")
        assert line == {
            "id": line["id"],
            "record_no": "C-2025-000001",
            "direction": "inbound",
            "kind": "inquiry",
            "customer": customer.pk,
            "customer_name": "Wang Fang",
            "phone_used": "+8613800138000",
            "vehicle": None,
            "plate": "",
            "vehicle_model": "",
            "order_number": "",
            "left_on": None,
            "started_at": "2025-04-04T09:50:00+08:00",
            "ended_at": "2025-04-04T10:00:00+08:00",
            "attempt": None,
            "outcome": "reached",
            "contact_name": "",
            "vehicle_use": "",
            "opinion": "",
            "new_needs": "",
            "requests": "Winter tires",
            "hopes": "",
            "complaints": "",
            "told": "",
            "answered_now": "",
            "to_study": "",
            "note": "",
            "scores": {},
            "score_reasons": {},
            "promise_kept": None,
            "callback_at": None,
            "handler": {"id": program.user.pk, "name": program.user.name},
            "on_behalf_of": None,
            "corrects": None,
            "correction_reason": "",
            "corrected_by": None,
            "agenda": [],
            "previous_hash": "",
            "hash": Call.objects.get().hash,
        }

    def test_not_of_a_foreign_one(self, program):
        answer = program.post(CALLS, {"customer": CustomerFactory().pk})

        assert errors_of(answer) == {"customer": ["does_not_exist"]}
        assert not Call.objects.exists()

    def test_sent_again_it_is_one_line(self, client):
        body = {"customer": CustomerFactory().pk, "complaints": "Noise"}

        sent = [client.post(CALLS, body, key="in-1").json() for _time in range(2)]

        assert sent[0] == sent[1]
        assert (Call.objects.count(), Matter.objects.count()) == (1, 1)

    def test_whoever_holds_the_customer_settles_what_is_due(self, client):
        owed = FollowUpFactory(owner=client.user)
        PhoneFactory(customer=owed.customer)
        claim = f"/api/v1/queue/{owed.customer_id}/claim-inbound/"
        number = client.post(claim).json()["claim"]["number"]
        body = {
            "customer": owed.customer_id,
            "agenda": [{"follow_up": owed.pk, "settled": True}],
            "scores": {"q_overall": 9, "q_fixed": 1},
        }

        assert kind_of(client.post(CALLS, body)) == (409, "claim_lost")
        line = client.post(CALLS, body | {"number": number}).json()

        assert (line["kind"], line["direction"]) == ("first_call", "inbound")
        assert [item["closed"] for item in line["agenda"]] == [True]
        owed.refresh_from_db()
        assert owed.ending == "reached"


class TestRegister:
    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({}, "ab"),
            ({"ordering": "-started_at"}, "ba"),
            ({"day_from": "2025-04-04"}, "b"),
            ({"day_until": "2025-04-03"}, "a"),
            ({"kind": "complaint"}, "b"),
            ({"outcome": "busy"}, "a"),
            ({"direction": "inbound"}, "b"),
        ],
    )
    def test_lines_are_filtered_and_ordered(self, client, asked, found):
        # The second one began when it was the fourth in the shop and still the third in UTC.
        begun = datetime(2025, 4, 3, 17, tzinfo=UTC)
        lines = {
            "a": CallFactory(outcome="busy").pk,
            "b": CallFactory(
                kind="complaint", direction="inbound", started_at=begun, ended_at=begun
            ).pk,
        }

        assert ids(client.get(CALLS, asked)) == [lines[letter] for letter in found]

    def test_lines_of_one_customer_or_person(self, client):
        CallFactory()
        line = CallFactory()

        for asked in ({"customer": line.customer_id}, {"handler": line.handler_id}):
            assert ids(client.get(CALLS, asked)) == [line.pk]

    def test_a_program_sees_calls_with_its_own_customers_only(self, program):
        foreign = CallFactory()
        own = CallFactory(customer__created_by=program.user)

        assert ids(program.get(CALLS)) == [own.pk]
        assert program.get(f"{CALLS}{foreign.pk}/").status_code == 404
        assert kind_of(program.post(f"{CALLS}{own.pk}/correct/", {})) == (403, "permission_denied")

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_list_takes_the_same_queries_for_one_and_for_three(
        self, client, count, django_assert_num_queries
    ):
        CallFactory.create_batch(count)

        with django_assert_num_queries(4):
            assert len(ids(client.get(CALLS))) == count


class TestCorrection:
    def test_it_is_a_line_of_its_own(self, client):
        call = CallFactory(note="Talked to her husband", handler=client.user)

        answer = client.post(
            f"{CALLS}{call.pk}/correct/", {"note": "Talked to her son", "reason": "Misheard"}
        )

        assert answer.status_code == 201
        line = answer.json()
        assert line.items() >= {
            "note": "Talked to her son", "corrects": call.pk, "correction_reason": "Misheard",
        }.items()  # fmt: skip
        old = client.get(f"{CALLS}{call.pk}/").json()
        assert (old["note"], old["corrected_by"]) == ("Talked to her husband", line["id"])

        again = client.post(f"{CALLS}{call.pk}/correct/", {"note": "X", "reason": "Y"})
        assert kind_of(again) == (409, "already_corrected")
        assert again.json()["current"]["corrected_by"] == line["id"]

    def test_the_line_of_somebody_else_is_for_supervisors(self, client):
        call = CallFactory()
        supervisor = Client(UserFactory(roles=[SUPERVISOR, REST_CLIENT]))
        body = {"note": "Talked to her son", "reason": "Misheard"}

        assert client.post(f"{CALLS}{call.pk}/correct/", body).status_code == 404
        assert supervisor.post(f"{CALLS}{call.pk}/correct/", body).status_code == 201

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"note": "X"}, "reason"),
            ({"reason": "Y", "outcome": "busy"}, "outcome"),
            ({"reason": "Y", "scores": {"q_fixed": 2}}, "scores.q_fixed"),
        ],
    )
    def test_it_says_why_and_changes_answers_only(self, client, body, field):
        call = CallFactory(handler=client.user)

        assert list(errors_of(client.post(f"{CALLS}{call.pk}/correct/", body))) == [field]
