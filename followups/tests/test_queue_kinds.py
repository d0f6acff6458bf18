"""The queue with everything that may stand in it: order and sentence of each kind."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from followups.calling import queue
from followups.calling.ranking import rank_of
from followups.models import CALLS, CampaignState, Kind, MatterState
from followups.tests.calling import NOW, SHOP, first_call, second_call
from followups.tests.factories import PolicyFactory, TrackerFactory
from followups.tests.kinds import TODAY, owe

NOON = NOW.replace(hour=12)
NEW = [kind for kind in CALLS if kind not in {Kind.FIRST_CALL, Kind.SECOND_CALL}]


@pytest.fixture(autouse=True)
def policy(db):
    return PolicyFactory()


@pytest.fixture
def anna():
    return TrackerFactory(name="Anna")


def entries(user):
    return queue.page_of(user, policy=PolicyFactory(), now=NOW).entries


def agenda(user):
    [entry] = entries(user)
    return entry.agenda


def sentence(owed):
    [entry] = entries(owed.owner)
    return entry.reason(today=TODAY)


def closing(owed):
    owed.due_on = TODAY
    owed.save()
    return owed


def test_the_queue_has_answers_on_top_and_campaigns_at_the_end(anna):
    later = {"due_on": TODAY + timedelta(9)}
    expected = [
        owe(Kind.ANSWER, owner=anna),
        owe(Kind.CAMPAIGN_NOTICE, owner=anna, callback_at=NOW),
        first_call(owner=anna),
        closing(owe(Kind.GREETING, owner=anna)),
        second_call(owner=anna),
        owe(Kind.INSURANCE, owner=anna, **later),
        owe(Kind.PLANNED_CONTACT, owner=anna),
        owe(Kind.CAMPAIGN_CHANGE, owner=anna),
    ]
    early = expected[4]
    early.opens_on = early.target_on = early.fact_on = TODAY
    early.save()

    assert [entry.agenda[0] for entry in entries(anna)] == expected


def test_the_first_of_an_agenda_gives_the_customer_his_place(anna):
    for kind in NEW:
        owe(kind, owner=anna)

    for entry in entries(anna):
        assert entry.rank == rank_of(entry.agenda[0], TODAY)


def test_a_customer_has_everything_in_one_entry(anna):
    answer = owe(Kind.ANSWER, owner=anna, cause={"kind": "request"})
    insurance = owe(Kind.INSURANCE, owner=anna, customer=answer.customer)
    notice = owe(Kind.CAMPAIGN_NOTICE, owner=anna, customer=answer.customer)

    assert agenda(anna) == [answer, insurance, notice]


@pytest.mark.parametrize(
    ("kind", "cause", "expected"),
    [
        (
            Kind.ANSWER,
            {},
            "Answer the customer · The brakes squeal. · solution since 16:00 · due today",
        ),
        (
            Kind.ANSWER,
            {"state": MatterState.ANSWERED, "answered_on": TODAY, "answer": "Come in."},
            "Answer the customer · The brakes squeal. · told 3 Apr, is it settled? · due today",
        ),
        (
            Kind.CAMPAIGN_NOTICE,
            {},
            "Invitation: Free-check week · 17 Apr – 20 Apr at Our shop · due 10 Apr",
        ),
        (
            Kind.CAMPAIGN_REMINDER,
            {"ends_on": date(2025, 4, 17)},
            "Reminder: Free-check week · 17 Apr at Our shop · due 10 Apr",
        ),
        (
            Kind.CAMPAIGN_CHANGE,
            {},
            "Changed: Free-check week · 17 Apr – 20 Apr at Our shop · due 10 Apr",
        ),
        (
            Kind.CAMPAIGN_CHANGE,
            {
                "state": CampaignState.CALLED_OFF,
                "called_off_on": TODAY,
                "called_off_because": "Storm",
            },
            "Called off: Free-check week · 17 Apr – 20 Apr at Our shop · due 10 Apr",
        ),
        (
            Kind.MAINTENANCE,
            {"next_maintenance_km": 20_300},
            "Maintenance due · 28 Apr · 20,300 km · due 10 Apr",
        ),
        (Kind.MAINTENANCE, {}, "Maintenance due · 28 Apr · due 10 Apr"),
        (Kind.INSURANCE, {"insurer": "PICC"}, "Insurance ends 28 Apr · PICC · due 10 Apr"),
        (Kind.INSPECTION, {}, "Statutory inspection due 28 Apr · due 10 Apr"),
        (Kind.WARRANTY_END, {}, "Warranty ends 28 Apr · due 10 Apr"),
        (
            Kind.DECLINED_WORK,
            {"is_safety": True},
            "Declined work · Front brake pads · matters for safety · declined 1 Feb · due 10 Apr",
        ),
        (Kind.BIRTHDAY, {}, "Birthday · 28 Apr · due 10 Apr"),
        (Kind.GREETING, {}, "Festive greeting · 28 Apr · due 10 Apr"),
    ],
)
def test_the_sentence_says_what_it_is_about(anna, kind, cause, expected):
    assert sentence(owe(kind, owner=anna, cause=cause)) == expected


def test_a_planned_contact_names_its_topic(anna):
    owed = owe(Kind.PLANNED_CONTACT, owner=anna)
    owed.customer.next_topic = "maintenance"
    owed.customer.save()

    topic = owed.customer.get_next_topic_display()
    assert sentence(owed) == f"Planned contact · {topic} · 28 Apr · due 10 Apr"


def test_a_solution_of_another_day_is_told_with_its_day(anna):
    solved_at = NOON.replace(day=2, tzinfo=SHOP)
    owed = owe(Kind.ANSWER, owner=anna, cause={"solved_at": solved_at, "heard_on": solved_at})

    assert "solution since 2 Apr" in sentence(owed)


@pytest.mark.parametrize(
    ("kind", "has_plate"),
    [
        (Kind.ANSWER, True),
        (Kind.INSURANCE, True),
        (Kind.DECLINED_WORK, True),
        (Kind.CAMPAIGN_NOTICE, False),
        (Kind.BIRTHDAY, False),
    ],
)
def test_the_car_is_found_wherever_it_comes_from(anna, kind, has_plate):
    owed = owe(kind, owner=anna)
    if owed.matter:
        owed.matter.vehicle = owe(Kind.INSURANCE).vehicle
        owed.matter.save()

    [entry] = entries(anna)

    assert bool(entry.plate) == has_plate
    assert (owed.about_vehicle.plate if owed.about_vehicle else "") == entry.plate


@pytest.mark.parametrize("count", [1, 3])
def test_all_kinds_cost_as_many_queries_as_one(anna, count):
    for kind in NEW:
        for _customer in range(count):
            owe(kind, owner=anna)
    policy = PolicyFactory()

    with CaptureQueriesContext(connection) as asked:
        found = queue.page_of(anna, policy=policy, now=NOW).entries
        assert all(entry.reason(today=TODAY) for entry in found)

    # who is away; ranking, agendas, phones
    assert (len(found), len(asked)) == (count * len(NEW), 4)
