"""`/api/v1/queue/`: a program works a queue, one customer at a time."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from aftersales.roles import REST_CLIENT, SERVICE_ADVISOR, SUPERVISOR, TRACKING_SALESMAN
from aftersales.tests.api import Client, errors_of
from aftersales.tests.factories import UserFactory
from aftersales.tests.parallel import in_parallel
from customers.models import Channel, ContactPurpose, ContactRefusal
from customers.tests.factories import PhoneFactory
from followups.models import Call, Claim, FollowUp, Matter, State
from followups.models.claim import LEASE
from followups.tests.factories import FollowUpFactory, PolicyFactory

# In the shop it is ten in the morning of 4 April 2025.
NOW = datetime(2025, 4, 4, 2, 0, tzinfo=UTC)
QUEUE = "/api/v1/queue/"
MOBILE = "+8613800138000"
GOOD = {"scores": {"q_overall": 9, "q_fixed": 1}}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def policy(db):
    return PolicyFactory()


@pytest.fixture
def client():
    return Client(UserFactory(roles=[TRACKING_SALESMAN, REST_CLIENT], name="Ma Li"))


@pytest.fixture
def colleague():
    return Client(UserFactory(roles=[TRACKING_SALESMAN, REST_CLIENT], name="Guo Jing"))


@pytest.fixture
def supervisor():
    return Client(UserFactory(roles=[SUPERVISOR, REST_CLIENT]))


def owed_by(client, *, due=7, number=MOBILE, **fields):
    """Return a first call that the client's user owes until April `due`."""
    owed = FollowUpFactory(
        owner=client.user, due_on=f"2025-04-0{due}", opens_on="2025-04-03", **fields
    )
    PhoneFactory(customer=owed.customer, typed=number)
    return owed


def kind_of(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def take_next(client, **options):
    return client.post(f"{QUEUE}next/", **options)


def said(number, outcome="reached", **fields):
    return {"number": number, "outcome": outcome, "phone_used": "138 0013 8000", **fields}


def test_a_program_takes_holds_records_and_takes_the_next(client, clock):
    first, second = owed_by(client, due=5), owed_by(client, due=6, number="139 0013 9000")

    taken = take_next(client)
    assert taken.status_code == 200
    desk = taken.json()
    assert desk["customer"]["id"] == first.customer_id
    assert [item["id"] for item in desk["agenda"]] == [first.pk]
    assert desk["number_to_dial"] == MOBILE
    assert desk["claim"]["held_by"] == {"id": client.user.pk, "name": "Ma Li"}
    number = desk["claim"]["number"]

    clock.shift(timedelta(minutes=4))
    address = f"{QUEUE}{first.customer_id}/"
    held = client.post(f"{address}heartbeat/", {"number": number})
    assert held.json()["claim"]["leased_until"] == "2025-04-04T10:09:00+08:00"

    recorded = client.post(f"{address}call/", said(number, complaints="The brakes squeal.", **GOOD))
    assert recorded.status_code == 201
    line = recorded.json()
    assert (line["record_no"], line["phone_used"], line["kind"]) == (
        "C-2025-000001", MOBILE, "first_call",
    )  # fmt: skip
    assert line["agenda"] == [
        {"follow_up": first.pk, "kind": "first_call", "attempt": 1, "closed": True}
    ]
    assert [matter["kind"] for matter in line["matters"]] == ["complaint"]
    assert len(line["hash"]) == 64
    first.refresh_from_db()
    assert (first.state, first.closed_by) == (State.DONE, client.user)

    assert take_next(client).json()["customer"]["id"] == second.customer_id
    assert client.get(address).json()["claim"] is None


def test_when_nobody_is_to_be_called_the_answer_is_empty_each_time_it_is_asked(client):
    answers = [take_next(client, key="same") for _attempt in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert [answer.content for answer in answers] == [b"", b""]


def test_who_lost_the_answer_gets_the_customer_again_whom_he_holds(client):
    owed_by(client, due=5), owed_by(client, due=6, number="139 0013 9000")

    answers = [take_next(client).json() for _time in range(2)]

    assert answers[0] == answers[1]


class TestList:
    def test_an_entry_says_who_why_what_and_what_is_in_the_way(self, client):
        owed = owed_by(client)

        answer = client.get(QUEUE).json()

        assert (answer["due"], answer["callable"]) == (1, 1)
        [entry] = answer["results"]
        assert entry["customer"]["id"] == owed.customer_id
        assert entry["customer"]["phones"][0]["e164"] == MOBILE
        assert entry["reason"].startswith("First call · car left")
        assert [item["id"] for item in entry["agenda"]] == [owed.pk]
        assert entry.items() >= {
            "days_tried": 0, "due_on": "2025-04-07", "obstacle": None, "claim": None,
        }.items()  # fmt: skip

    def test_it_says_who_holds_a_customer(self, client, colleague):
        owed = owed_by(client)
        colleague.post(f"{QUEUE}{owed.customer_id}/claim/")

        [entry] = client.get(QUEUE).json()["results"]

        assert entry["claim"]["held_by"]["name"] == "Guo Jing"
        assert entry["claim"]["since"] == "2025-04-04T10:00:00+08:00"

    def test_it_says_until_when_a_customer_waits(self, client):
        owed = owed_by(client)
        held = take_next(client).json()["claim"]["number"]
        client.post(f"{QUEUE}{owed.customer_id}/call/", said(held, "busy"))

        [entry] = client.get(QUEUE).json()["results"]

        assert entry["obstacle"].items() >= {
            "reason": "spacing", "rule": "R-37", "until": "2025-04-04T14:00:00+08:00",
        }.items()  # fmt: skip

    def test_nobody_else_has_it(self, client, colleague):
        owed_by(client)

        assert colleague.get(QUEUE).json() == {"due": 0, "callable": 0, "results": []}

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_takes_the_same_queries_for_one_and_for_three(
        self, client, count, django_assert_num_queries
    ):
        for place in range(count):
            owed_by(client, number=f"13{place} 0013 8000")

        with django_assert_num_queries(8):
            answer = client.get(QUEUE)

        assert len(answer.json()["results"]) == count


class TestClaim:
    def test_a_customer_whom_somebody_calls_is_refused_with_who_and_since_when(
        self, client, colleague
    ):
        address = f"{QUEUE}{owed_by(client).customer_id}/claim/"
        assert client.post(address).status_code == 200

        answer = colleague.post(address)

        assert kind_of(answer) == (409, "held_by_somebody")
        assert (
            answer.json()["current"]["claim"].items()
            >= {
                "held_by": {"id": client.user.pk, "name": "Ma Li"},
                "since": "2025-04-04T10:00:00+08:00",
            }.items()
        )

    def test_a_customer_who_wants_no_calls_is_refused_with_the_rule(self, client):
        owed = owed_by(client)
        ContactRefusal.objects.create(
            customer=owed.customer,
            purpose=ContactPurpose.ALL,
            channel=Channel.PHONE,
            reason="asked for it",
            refused_on="2025-03-31",
            recorded_by=client.user,
        )

        answer = client.post(f"{QUEUE}{owed.customer_id}/claim/")

        assert kind_of(answer) == (409, "may_not_be_called")
        assert answer.json()["current"]["obstacle"].items() >= {
            "reason": "refused", "rule": "FUP-11", "until": None,
        }.items()  # fmt: skip

    def test_a_customer_is_not_called_at_night_but_may_call(self, client, policy):
        type(policy).objects.update(legal_from="11:00", shop_opens="11:00")
        address = f"{QUEUE}{owed_by(client).customer_id}/"

        refused = client.post(f"{address}claim/")

        assert kind_of(refused) == (409, "may_not_be_called")
        assert refused.json()["current"]["obstacle"].items() >= {
            "reason": "hours", "rule": "FUP-12", "until": "2025-04-04T11:00:00+08:00",
        }.items()  # fmt: skip
        assert client.post(f"{address}claim-inbound/").json()["claim"]["number"] == 1

    def test_a_customer_to_whom_nothing_is_owed_is_refused(self, client):
        customer = PhoneFactory().customer

        answer = client.post(f"{QUEUE}{customer.pk}/claim/")

        assert kind_of(answer) == (409, "nothing_due")

    def test_whoever_makes_no_calls_may_not(self):
        advisor = Client(UserFactory(roles=[SERVICE_ADVISOR, REST_CLIENT]))

        assert kind_of(take_next(advisor)) == (403, "permission_denied")


class TestRelease:
    def test_leaving_without_an_outcome_is_allowed_once_and_he_comes_back_first(self, client):
        owed_by(client, due=5)
        left = owed_by(client, due=6, number="139 0013 9000")
        address = f"{QUEUE}{left.customer_id}/"
        number = client.post(f"{address}claim/").json()["claim"]["number"]

        assert client.post(f"{address}release/", {"number": number}).json()["claim"] is None

        again = take_next(client).json()
        assert again["customer"]["id"] == left.customer_id
        refused = client.post(f"{address}release/", {"number": again["claim"]["number"]})
        assert kind_of(refused) == (409, "outcome_missing")

    def test_skipping_puts_a_customer_off_with_a_reason(self, client):
        owed = owed_by(client)
        number = take_next(client).json()["claim"]["number"]
        skip = {"number": number, "reason": "At lunch", "until": "2025-04-04T13:00:00+08:00"}
        address = f"{QUEUE}{owed.customer_id}/skip/"

        assert list(errors_of(client.post(address, {**skip, "reason": " "}))) == ["reason"]
        assert client.post(address, skip).json()["obstacle"]["until"] == skip["until"]
        assert take_next(client).status_code == 204


class TestRecord:
    @pytest.fixture
    def owed(self, client):
        return owed_by(client)

    @pytest.fixture
    def address(self, owed):
        return f"{QUEUE}{owed.customer_id}/call/"

    @pytest.fixture
    def number(self, client, owed):
        return take_next(client).json()["claim"]["number"]

    def test_sent_again_it_brings_the_same_line(self, client, address, number):
        sent = [client.post(address, said(number, **GOOD), key="call-1") for _time in range(2)]

        assert [answer.status_code for answer in sent] == [201, 201]
        assert sent[0].json() == sent[1].json()
        assert sent[1]["Idempotency-Replayed"] == "true"
        assert Call.objects.count() == 1

    def test_sent_with_another_key_it_comes_too_late(self, client, address, number):
        client.post(address, said(number, **GOOD))

        answer = client.post(address, said(number, **GOOD))

        assert kind_of(answer) == (409, "claim_lost")
        assert Call.objects.count() == 1

    def test_who_was_overtaken_is_refused(self, client, colleague, clock, owed, address, number):
        clock.shift(LEASE + timedelta(seconds=1))
        colleague.post(f"{QUEUE}{owed.customer_id}/claim/")

        answer = client.post(address, said(number, **GOOD))

        assert kind_of(answer) == (409, "claim_lost")
        assert answer.json()["current"]["claim"]["held_by"]["name"] == "Guo Jing"
        assert not Call.objects.exists()

    def test_whose_customer_was_taken_back_is_refused(
        self, client, supervisor, owed, address, number
    ):
        take_back = f"{QUEUE}{owed.customer_id}/take-back/"
        assert client.post(take_back).status_code == 403

        assert supervisor.post(take_back).json()["claim"] is None

        beat = client.post(f"{QUEUE}{owed.customer_id}/heartbeat/", {"number": number})
        assert kind_of(beat) == (409, "claim_lost")
        assert kind_of(client.post(address, said(number, **GOOD))) == (409, "claim_lost")

    @pytest.mark.parametrize(
        ("wrong", "fields"),
        [
            ({}, ["q_fixed", "q_overall"]),
            ({"scores": {"q_overall": 11, "q_fixed": 1}}, ["scores.q_overall"]),
            ({"scores": {"q_overall": "9", "q_fixed": 1}}, ["scores.q_overall"]),
            ({"scores": {"q_weather": 9}}, ["scores.q_weather"]),
            ({"scores": {"q_overall": 6, "q_fixed": 1}}, ["q_overall"]),
            ({"outcome": "wrong_person"}, ["note"]),
            ({"outcome": "callback"}, ["callback_at"]),
            ({"outcome": "callback", "callback_at": "2025-04-04T01:00:00Z"}, ["callback_at"]),
            ({"outcome": "asleep"}, ["outcome"]),
            ({"phone_used": ""}, ["phone_used"]),
            ({"mood": "good"}, ["mood"]),
        ],
    )
    def test_what_is_wrong_or_missing_is_named(self, client, address, number, wrong, fields):
        answer = client.post(address, said(number) | wrong)

        assert (answer.status_code, sorted(errors_of(answer))) == (400, fields)
        assert not Call.objects.exists()

    def test_each_thing_on_the_agenda_is_settled_or_not(self, client, owed, address, number):
        later = FollowUpFactory(
            order__customer=owed.customer, owner=client.user, opens_on="2025-04-03"
        )
        agenda = [
            {"follow_up": owed.pk, "settled": True},
            {"follow_up": later.pk, "settled": False},
        ]

        line = client.post(address, said(number, agenda=agenda, **GOOD)).json()

        assert {item["follow_up"]: item["closed"] for item in line["agenda"]} == {
            owed.pk: True, later.pk: False,
        }  # fmt: skip
        assert list(FollowUp.objects.open()) == [later]

    def test_what_is_not_on_the_agenda_is_refused(self, client, address, number):
        foreign = FollowUpFactory()
        agenda = [{"follow_up": foreign.pk, "settled": True}]

        answer = client.post(address, said(number, agenda=agenda, **GOOD))
        assert kind_of(answer) == (409, "not_on_the_agenda")
        twice = client.post(address, said(number, agenda=[*agenda, *agenda], **GOOD))
        assert errors_of(twice) == {"agenda": ["invalid"]}

    def test_a_low_score_with_its_reason_opens_a_matter(self, client, address, number):
        bad = {"scores": {"q_overall": 3, "q_fixed": 0}, "score_reasons": {"q_overall": "Noise"}}

        line = client.post(address, said(number, **bad)).json()

        assert [matter["kind"] for matter in line["matters"]] == ["low_score"]
        assert Matter.objects.get().owner == client.user


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_one_customer_goes_to_one_of_two(self, client, colleague):
        owed = owed_by(client)
        address = f"{QUEUE}{owed.customer_id}/claim/"

        answers = in_parallel(
            *(lambda program=program: program.post(address) for program in (client, colleague))
        )

        assert sorted(answer.status_code for answer in answers) == [200, 409]
        assert Claim.objects.get().number == 1

    def test_two_desks_of_one_person_never_get_different_lines_for_one_claim(self, client):
        owed = owed_by(client)
        number = take_next(client).json()["claim"]["number"]
        address = f"{QUEUE}{owed.customer_id}/call/"

        answers = in_parallel(*[lambda: client.post(address, said(number, **GOOD))] * 2)

        assert sorted(answer.status_code for answer in answers) == [201, 409]
        assert Call.objects.count() == 1
