"""`manage.py check_promises`: what was created is open, done or cancelled, nothing is missing."""

import json
from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from customers.models import Customer
from customers.tests.factories import ConsultationFactory
from followups.models import FileCheck, FollowUp, Policy
from followups.tests.factories import PolicyFactory
from followups.tests.sweeping import (
    at,
    callable_customer,
    closed,
    complete_customer,
    released,
    sweep,
)
from workshop.models import OrderKind, RepairOrder

pytestmark = pytest.mark.django_db

EVENING = "2025-04-04 18:00"


@pytest.fixture(autouse=True)
def _policy():
    PolicyFactory()


@pytest.fixture
def _swept():
    """An order with file and both calls, a consultation, a customer with a complete file."""
    order = released(customer=callable_customer())
    ConsultationFactory(ended_at=at("2025-03-31 11:00"), customer=callable_customer())
    released(customer=complete_customer())
    sweep("2025-03-31 18:00")
    closed(FollowUp.objects.get(order=order, kind="first_call"), "2025-04-04 10:00")
    sweep(EVENING)


def found():
    out = StringIO()
    code = 0
    with time_machine.travel(at(EVENING), tick=False):
        try:
            call_command("check_promises", stdout=out)
        except SystemExit as leaving:
            code = leaving.code
    report = json.loads(out.getvalue())
    assert code == (1 if report["problems"] else 0)
    return report


def problems():
    return {name: each["count"] for name, each in found()["problems"].items()}


@pytest.mark.usefixtures("_swept")
class TestCheck:
    def test_what_was_created_is_open_done_or_cancelled(self):
        assert found() == {"created": 6, "open": 5, "done": 1, "cancelled": 0, "problems": {}}

    def test_a_fact_nobody_has_swept_yet_is_missing_its_follow_ups(self):
        order = released("2025-04-04 17:00", customer=callable_customer())
        talk = ConsultationFactory(ended_at=at("2025-04-04 11:00"), customer=callable_customer())

        assert found()["problems"] == {
            "orders_without_first_call": {"count": 1, "first": [order.pk]},
            "consultations_without_first_call": {"count": 1, "first": [talk.pk]},
            "orders_without_file": {"count": 1, "first": [order.pk]},
            "consultations_without_file": {"count": 1, "first": [talk.pk]},
        }

    def test_what_owes_nothing_is_not_missed(self):
        Policy.objects.update(go_live_on=date(2025, 3, 2))
        released("2025-03-01 17:00", customer=callable_customer())
        released("2025-04-04 17:00", kind=OrderKind.PDI)
        released("2025-04-04 18:01", customer=complete_customer())

        assert problems() == {}

    def test_a_closed_first_call_is_missing_its_second(self):
        closed(FollowUp.objects.filter(kind="first_call", state="open").first(), "2025-04-04 12:00")

        assert problems() == {"first_calls_without_second": 1}

    def test_a_file_that_was_settled_earlier_is_missed_at_a_later_visit(self):
        customer = FileCheck.objects.get().customer
        Customer.objects.filter(pk=customer.pk).update(address="")
        assert problems() == {}
        ConsultationFactory(ended_at=at("2025-04-04 17:00"), customer=customer)

        assert problems()["consultations_without_file"] == 1

    def test_a_file_that_is_complete_should_have_ended(self):
        FollowUp.objects.filter(kind="customer_file").update(
            customer=FileCheck.objects.get().customer, state="done", ending="complete",
            closed_at=at(EVENING), closed_on=date(2025, 4, 4),
        )  # fmt: skip
        one = FollowUp.objects.filter(kind="customer_file").first()
        FollowUp.objects.filter(pk=one.pk).update(
            state="open", ending="", closed_at=None, closed_on=None
        )
        RepairOrder.objects.filter(pk=one.order_id).update(customer=one.customer)

        assert problems()["complete_files_owed"] == 1

    @pytest.mark.parametrize(
        ("change", "kinds"),
        [
            ({"kind": OrderKind.INTERNAL}, 2),
            ({"state": "authorized", "gate_out_at": None}, 1),
        ],
    )
    def test_nothing_is_owed_without_its_fact(self, change, kinds):
        first = FollowUp.objects.get(kind="second_call").first_call
        RepairOrder.objects.filter(pk=first.order_id).update(**change)

        assert problems() == {"owed_without_fact": kinds}

    def test_nothing_is_owed_to_somebody_else(self):
        first = FollowUp.objects.get(kind="second_call").first_call
        RepairOrder.objects.filter(pk=first.order_id).update(customer=complete_customer())

        assert problems() == {"owed_without_fact": 2}

    def test_a_window_lies_where_its_fact_does(self):
        FollowUp.objects.filter(state="open").update(fact_on=date(2025, 3, 20))

        assert problems() == {"dated_otherwise": 5}

    def test_a_follow_up_that_is_gone_or_came_past_the_history_is_found(self):
        gone, made = FollowUp.objects.filter(kind="customer_file")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("DELETE FROM followups_followup WHERE id = %s", [gone.pk])
            cursor.execute("DELETE FROM followups_followupevent WHERE pgh_obj_id = %s", [made.pk])
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")

        report = found()

        assert report["created"] == 5
        assert report["problems"].keys() >= {"gone", "not_in_history"}
        assert report["problems"]["not_in_history"]["first"] == [made.pk]
