"""`/api/v1/matters/` and `/api/v1/complaints/`: what customers said, and their life.

Source: CMP-06.
"""

from datetime import UTC, date, datetime

import pytest
import time_machine

from aftersales.roles import REST_CLIENT, SERVICE_ADVISOR, SUPERVISOR, TRACKING_SALESMAN
from aftersales.tests.api import Client, errors_of
from aftersales.tests.factories import UserFactory
from customers.tests.factories import ConsultationFactory, CustomerFactory
from followups.models import FollowUp, Matter
from followups.tests.factories import MatterFactory, PolicyFactory, TrackerFactory

pytestmark = pytest.mark.django_db

# In the shop it is ten in the morning of 4 April 2025.
NOW = datetime(2025, 4, 4, 2, 0, tzinfo=UTC)
MATTERS = "/api/v1/matters/"
COMPLAINTS = "/api/v1/complaints/"


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
def boss():
    return Client(UserFactory(roles=[SUPERVISOR, REST_CLIENT], name="Zhou"))


@pytest.fixture
def program():
    """A client that sees what it brought in."""
    return Client()


def kind_of(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def ids(answer):
    return [row["id"] for row in answer.json()["results"]]


class TestLife:
    def test_runs_from_the_study_over_the_instruction_to_the_customers_word(self, client, boss):
        address = f"{MATTERS}{MatterFactory(owner=client.user).pk}/"
        steps = [
            (client, "study", {"study": "The left pad."}, {"state": "under_study"}),
            (client, "report", {}, {"state": "reported", "reported_on": "2025-04-04"}),
            (boss, "instruct", {"solution": "Free of charge."}, {"state": "solved"}),
            (client, "tell", {"answer": "Free."}, {"state": "answered", "satisfied": None}),
            (client, "tell", {"answer": "Free.", "satisfied": True}, {"state": "closed"}),
        ]
        for version, (who, step, body, expected) in enumerate(steps, 1):
            answer = who.post(f"{address}{step}/", {"version": version, **body})
            assert answer.status_code == 200, answer.json()
            assert answer.json().items() >= expected.items()

        assert answer.json()["closed_by"] == {"id": client.user.pk, "name": "Ma Li"}
        assert answer.json()["solved_by"]["name"] == "Zhou"
        assert kind_of(client.post(f"{address}study/", {"version": 6, "study": "x"})) == (
            409,
            "matter_is_closed",
        )

    def test_a_solution_owes_an_answer_today(self, client):
        matter = MatterFactory(owner=client.user)

        client.post(f"{MATTERS}{matter.pk}/solve/", {"version": 1, "solution": "Pads."})

        owed = FollowUp.objects.get(matter=matter)
        assert (owed.kind, owed.due_on, owed.owner) == ("answer", date(2025, 4, 4), client.user)

    def test_who_is_not_satisfied_opens_it_again(self, client):
        matter = MatterFactory()

        answer = client.post(
            f"{MATTERS}{matter.pk}/tell/", {"version": 1, "answer": "No.", "satisfied": False}
        )

        assert answer.json().items() >= {"state": "under_study", "reopened": 1}.items()

    def test_whoever_read_an_older_version_is_shown_the_new_one(self, client):
        matter = MatterFactory()
        address = f"{MATTERS}{matter.pk}/study/"
        read = client.post(address, {"version": 1, "study": "A"})

        late = client.post(address, {"version": 1, "study": "B"})

        assert kind_of(late) == (409, "changed_meanwhile")
        assert late.json()["current"]["study"] == "A"
        again = client.post(address, {"study": "B"}, headers={"If-Match": read["ETag"]})
        assert again.json()["study"] == "B"

    @pytest.mark.parametrize(
        ("step", "body", "field"),
        [
            ("study", {"study": "A"}, "version"),
            ("study", {"version": 1, "study": " "}, "study"),
            ("solve", {"version": 1}, "solution"),
            ("tell", {"version": 1}, "answer"),
            ("tell", {"version": 1, "answer": "A", "answered_on": "2025-04-05"}, "answered_on"),
            ("tell", {"version": 1, "answer": "A", "answered_on": "2025-04-02"}, "answered_on"),
            ("tell", {"version": 1, "answer": "A", "satisfied": "yes"}, "satisfied"),
            ("pass-on", {"version": 1, "owner": 0}, "owner"),
        ],
    )
    def test_a_step_says_what_it_needs(self, client, step, body, field):
        answer = client.post(f"{MATTERS}{MatterFactory().pk}/{step}/", body)

        assert list(errors_of(answer)) == [field]

    def test_what_is_not_its_turn_is_refused(self, client):
        matter = MatterFactory(state="answered", answer="A", answered_on=date(2025, 4, 4))

        answer = client.post(f"{MATTERS}{matter.pk}/report/", {"version": 1})

        assert kind_of(answer) == (409, "not_its_turn")

    def test_only_the_supervisor_instructs(self, client):
        answer = client.post(
            f"{MATTERS}{MatterFactory().pk}/instruct/", {"version": 1, "solution": "A"}
        )

        assert kind_of(answer) == (403, "permission_denied")

    def test_it_is_passed_on_to_who_works_on_matters(self, boss):
        matter, other = MatterFactory(), TrackerFactory()
        address = f"{MATTERS}{matter.pk}/pass-on/"

        answer = boss.post(address, {"version": 1, "owner": other.pk, "department": "workshop"})

        assert answer.json()["owner"]["id"] == other.pk
        assert answer.json()["department"] == "workshop"
        stranger = UserFactory(roles=[])
        refused = boss.post(address, {"version": 2, "owner": stranger.pk})
        assert list(errors_of(refused)) == ["owner"]


class TestOpening:
    def test_a_program_opens_one_for_its_own_customer_and_the_tracker_gets_it(self, program):
        tracker = TrackerFactory(name="Ma Li")
        customer = CustomerFactory(created_by=program.user, tracker=tracker)
        body = {"customer": customer.pk, "kind": "complaint", "text": "It squeals."}

        answer = program.post(MATTERS, body)

        assert answer.status_code == 201
        assert (
            answer.json().items()
            >= {
                "kind": "complaint", "text": "It squeals.", "heard_through": "api",
                "heard_on": "2025-04-04", "report_by": "2025-04-06", "state": "open",
                "owner": {"id": tracker.pk, "name": "Ma Li"},
            }.items()
        )  # fmt: skip
        assert Matter.objects.get().complaint.pk == answer.json()["complaint"]

    def test_sent_twice_it_is_one(self, client):
        body = {"customer": CustomerFactory().pk, "kind": "question", "text": "When?"}

        for _ in range(2):
            answer = client.post(MATTERS, body, key="the-same")
            assert answer.status_code == 201

        assert Matter.objects.count() == 1

    def test_from_a_consultation_it_is_of_that_customer(self, client):
        talk = ConsultationFactory()
        body = {"kind": "hope", "text": "Open on Sundays.", "consultation": talk.pk}

        mine = client.post(MATTERS, body | {"customer": talk.customer_id})
        other = client.post(MATTERS, body | {"customer": CustomerFactory().pk})

        assert mine.json()["consultation"] == talk.pk
        assert list(errors_of(other)) == ["consultation"]

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"kind": "low_score"}, "kind"),
            ({"text": "  "}, "text"),
            ({"customer": 0}, "customer"),
            ({"department": "moon"}, "department"),
            ({"state": "closed"}, "state"),
        ],
    )
    def test_it_says_what_is_wrong(self, client, changed, field):
        body = {"customer": CustomerFactory().pk, "kind": "question", "text": "When?"}

        assert list(errors_of(client.post(MATTERS, body | changed))) == [field]

    def test_a_foreign_customer_does_not_exist(self, program):
        body = {"customer": CustomerFactory().pk, "kind": "question", "text": "When?"}

        assert list(errors_of(program.post(MATTERS, body))) == ["customer"]


class TestList:
    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"ordering": "-report_by"}, "ba"),
            ({"kind": "request"}, "b"),
            ({"state": "open"}, "ab"),
            ({"department": "parts"}, "b"),
            ({"late": "true"}, "a"),
            ({"late": "false"}, "b"),
            ({"report_from": "2025-04-04"}, "b"),
            ({"report_until": "2025-04-03"}, "a"),
        ],
    )
    def test_is_filtered_and_ordered(self, client, asked, found):
        matters = {
            "a": MatterFactory(heard_on=date(2025, 4, 1), report_by=date(2025, 4, 3)).pk,
            "b": MatterFactory(kind="request", report_by=date(2025, 4, 6), department="parts").pk,
        }

        assert ids(client.get(MATTERS, asked)) == [matters[letter] for letter in found]

    def test_a_program_reads_those_of_its_own_customers_and_changes_none(self, program):
        foreign = MatterFactory()
        own = MatterFactory(customer__created_by=program.user)

        for address, shown in [(MATTERS, own.pk), (COMPLAINTS, own.complaint.pk)]:
            assert ids(program.get(address)) == [shown]
        assert program.get(f"{MATTERS}{foreign.pk}/").status_code == 404
        assert program.get(f"{COMPLAINTS}{foreign.complaint.pk}/").status_code == 404
        answer = program.post(f"{MATTERS}{own.pk}/tell/", {"version": 1, "answer": "A"})
        assert kind_of(answer) == (403, "permission_denied")

    def test_of_one_person_or_customer(self, boss):
        MatterFactory()
        matter = MatterFactory()

        for asked in ({"owner": matter.owner_id}, {"customer": matter.customer_id}):
            assert ids(boss.get(MATTERS, asked)) == [matter.pk]

    @pytest.mark.parametrize("rows", [1, 3])
    def test_needs_a_fixed_number_of_queries(self, client, rows, django_assert_num_queries):
        for _ in range(rows):
            MatterFactory()
        client.get(MATTERS)

        for address in (MATTERS, COMPLAINTS):
            with django_assert_num_queries(4):
                assert len(ids(client.get(address))) == rows


class TestComplaints:
    @pytest.fixture
    def complaint(self):
        return MatterFactory().complaint

    def test_the_handling_report_is_filled_in(self, client, complaint):
        body = {
            "version": 1, "level": "serious", "category": "repair_quality",
            "subcategory": "repeated_fault", "department": "workshop", "demand": "Repair it.",
            "facts": "It squeals.", "cause": "Cheap pads.", "remedy": "repair",
            "corrective": "New pads.", "preventive": "Other supplier.",
        }  # fmt: skip

        answer = client.patch(f"{COMPLAINTS}{complaint.pk}/", body)

        expected = body | {"version": 2, "close_by": "2025-04-06", "state": "open"}
        assert answer.json().items() >= expected.items()

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"version": 1, "category": "weather"}, "category"),
            ({"version": 1, "category": "price", "subcategory": "paint"}, "subcategory"),
            ({"version": 1, "subcategory": "paint"}, "subcategory"),
            ({"version": 1, "remedy": "tea"}, "remedy"),
            ({"version": 1, "close_by": "2025-05-01"}, "close_by"),
            ({"level": "serious"}, "version"),
        ],
    )
    def test_what_the_code_list_does_not_know_is_refused(self, client, complaint, body, field):
        assert list(errors_of(client.patch(f"{COMPLAINTS}{complaint.pk}/", body))) == [field]

    def test_it_repeats_an_earlier_one_of_the_customer(self, client, complaint):
        later = MatterFactory(customer=complaint.matter.customer).complaint
        foreign = MatterFactory().complaint
        address = f"{COMPLAINTS}{later.pk}/"

        linked = client.patch(address, {"version": 1, "repeats": complaint.pk})

        assert linked.json()["repeats"] == complaint.pk
        for wrong in (foreign.pk, later.pk):
            refused = client.patch(address, {"version": 2, "repeats": wrong})
            assert list(errors_of(refused)) == ["repeats"]
        assert client.patch(address, {"version": 2, "repeats": None}).json()["repeats"] is None

    def test_only_the_supervisor_extends_it_and_says_why(self, boss, complaint):
        address = f"{COMPLAINTS}{complaint.pk}/extend/"
        body = {"version": 1, "close_by": "2025-04-10", "reason": "The part is on its way."}

        advisor = Client(UserFactory(roles=[SERVICE_ADVISOR, REST_CLIENT]))
        assert kind_of(advisor.post(address, body)) == (403, "permission_denied")
        assert list(errors_of(boss.post(address, body | {"close_by": "2025-04-06"}))) == [
            "close_by"
        ]
        assert list(errors_of(boss.post(address, body | {"reason": " "}))) == ["reason"]
        answer = boss.post(address, body)

        assert answer.json()["close_by"] == "2025-04-10"
        assert answer.json()["extended_by"]["name"] == "Zhou"

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"ordering": "-close_by"}, "ba"),
            ({"level": "serious"}, "b"),
            ({"open": "true"}, "ab"),
            ({"open": "false"}, ""),
            ({"category": "price"}, "b"),
            ({"close_from": "2025-04-07"}, "b"),
            ({"close_until": "2025-04-06"}, "a"),
        ],
    )
    def test_they_are_filtered_and_ordered(self, client, asked, found):
        complaints = {
            "a": MatterFactory().complaint.pk,
            "b": MatterFactory(
                report__level="serious", report__category="price",
                report__close_by=date(2025, 4, 9),
            ).complaint.pk,
        }  # fmt: skip

        assert ids(client.get(COMPLAINTS, asked)) == [complaints[letter] for letter in found]
