"""FIL-01, FIL-04, FIL-05, R-04, R-45, R-47: who came is owed a complete file in two days."""

from datetime import date

import pytest
from django.db import connection

from customers.models import Customer, Phone, Vehicle, VehicleRelation
from customers.services import files
from customers.tests.factories import ConsultationFactory, CustomerFactory
from followups.models import FileCheck, FollowUp, Policy
from followups.tests.factories import PolicyFactory
from followups.tests.sweeping import at, complete_customer, owed, released, supervisor, sweep
from workshop.models import OrderKind
from workshop.services import orders
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db

FILE = ("customer_file", "2025-03-31", "2025-04-02", "open")


@pytest.fixture(autouse=True)
def _policy():
    PolicyFactory()


def authorized(when="2025-03-31 10:00", **fields):
    return RepairOrderFactory(
        state="authorized", checked_in_at=at(when), authorized_at=at(when), **fields
    )


def date_history(model, moment):
    """Let all of a model's history have been written at a moment: it keeps the real clock."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        model.pgh_event_model.objects.update(pgh_created_at=moment)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def files_owed(**which):
    return owed(kind="customer_file", **which)


def incomplete(customer):
    """Take the address out of a file; return the customer."""
    return write(customer, address="")


def completed(customer):
    return write(customer, address="中山路 1 号")


def write(customer, **changes):
    version = Customer.objects.get(pk=customer.pk).version
    return files.update_file(customer.pk, by=supervisor(), version=version, changes=changes)


def test_an_authorized_order_of_a_customer_without_a_complete_file_owes_one_in_two_days():
    order = authorized()

    sweep("2025-03-31 10:30")

    assert files_owed(order=order, customer=order.customer) == [FILE]


def test_a_consultation_owes_a_file_from_its_end():
    talk = ConsultationFactory(ended_at=at("2025-03-31 23:59"))

    sweep("2025-04-01 08:00")

    assert files_owed(consultation=talk) == [FILE]


def test_a_car_only_checked_in_owes_no_file_yet():
    RepairOrderFactory()

    sweep("2025-04-05 10:30")

    assert files_owed() == []


@pytest.mark.parametrize("kind", [OrderKind.PDI, OrderKind.INTERNAL])
def test_an_order_that_no_customer_brought_owes_no_file(kind):
    authorized(kind=kind)

    sweep("2025-03-31 10:30")

    assert files_owed() == []


def test_a_file_is_owed_once_at_a_time_from_the_first_visit():
    order = authorized("2025-03-31 10:00")
    authorized("2025-04-01 10:00", customer=order.customer)
    ConsultationFactory(ended_at=at("2025-04-01 11:00"), customer=order.customer)
    sweep("2025-04-01 12:00")
    authorized("2025-04-02 10:00", customer=order.customer)

    sweep("2025-04-03 12:00")

    assert files_owed(order=order) == files_owed() == [FILE]


def test_who_has_a_complete_file_is_owed_none():
    authorized(customer=complete_customer())

    sweep("2025-03-31 10:30")

    assert files_owed() == []


def test_a_file_that_lacks_something_later_is_not_owed_for_visits_long_ago():
    order = authorized(customer=complete_customer())
    sweep("2025-03-31 10:30")
    incomplete(order.customer)

    sweep("2025-06-30 10:30")

    assert files_owed() == []


def test_a_file_that_lacks_something_at_the_next_visit_is_owed_from_then():
    order = authorized(customer=complete_customer())
    sweep("2025-03-31 10:30")
    incomplete(order.customer)
    newer = authorized("2025-06-30 10:00", customer=order.customer)

    sweep("2025-06-30 10:30")

    assert files_owed(order=newer) == files_owed()
    assert files_owed() == [("customer_file", "2025-06-30", "2025-07-02", "open")]


def test_a_file_ends_when_it_is_complete_and_is_owed_again_when_it_is_not_at_a_later_visit():
    order = authorized(customer=incomplete(complete_customer()))
    sweep("2025-03-31 10:30")
    completed(order.customer)
    sweep("2025-04-01 10:30")
    assert files_owed() == [(*FILE[:3], "complete")]

    incomplete(order.customer)
    authorized("2025-06-30 10:00", customer=order.customer)
    sweep("2025-06-30 10:30")

    assert files_owed() == [
        (*FILE[:3], "complete"),
        ("customer_file", "2025-06-30", "2025-07-02", "open"),
    ]


@pytest.mark.parametrize("part", [Customer, Phone, VehicleRelation, Vehicle])
def test_it_ended_when_the_last_part_was_written_not_when_the_sweep_saw_it(part):
    customer = incomplete(complete_customer())
    authorized(customer=customer)
    sweep("2025-03-31 10:30")
    completed(customer)
    for model in (Customer, Phone, VehicleRelation, Vehicle):
        date_history(model, at("2025-03-31 09:00"))
    date_history(part, at("2025-04-02 23:59"))

    sweep("2025-05-07 10:30")

    made = FollowUp.objects.get(kind="customer_file")
    assert (made.ending, made.closed_at, made.closed_on) == (
        "complete", at("2025-04-02 23:59"), date(2025, 4, 2),
    )  # fmt: skip


def test_after_its_second_day_it_is_late():
    authorized()
    sweep("2025-03-31 10:30")

    late = [FollowUp.objects.late(date(2025, 4, day)).exists() for day in (1, 2, 3)]
    assert late == [False, False, True]


def test_what_happened_before_go_live_owes_no_file():
    Policy.objects.update(go_live_on=date(2025, 3, 31))
    authorized("2025-03-30 23:59:59")
    first = authorized("2025-03-31 00:00")
    ConsultationFactory(ended_at=at("2025-03-30 23:59"))

    sweep("2025-03-31 10:30")

    assert files_owed(order=first) == files_owed() == [FILE]


def test_five_weeks_of_visits_are_caught_up_in_one_run():
    for day in range(1, 32):
        authorized(f"2025-03-{day:02} 10:00")

    assert sweep("2025-04-05 10:00")["sweep_customer_files"]["created"] == 31
    assert sweep("2025-04-05 10:00")["sweep_customer_files"]["created"] == 0


def test_cancelling_the_order_cancels_the_file_and_the_next_visit_owes_it():
    order = authorized()
    newer = authorized("2025-04-01 09:00", customer=order.customer)
    sweep("2025-04-01 09:30")
    orders.cancel(order.pk, by=supervisor(), reason="never came", now=at("2025-04-01 10:00"))

    sweep("2025-04-01 10:30")

    assert files_owed(order=order) == [(*FILE[:3], "order_cancelled")]
    assert files_owed(order=newer) == [("customer_file", "2025-04-01", "2025-04-03", "open")]


def test_releasing_the_order_and_undoing_it_leaves_the_file_owed():
    order, person = released("2025-03-31 11:00"), supervisor()
    sweep("2025-03-31 12:00")
    orders.undo_release(order.pk, by=person, reason="wrong", now=at("2025-03-31 13:00"))

    sweep("2025-03-31 14:00")

    assert files_owed() == [FILE]


def test_the_file_of_an_order_that_was_somebody_elses_is_owed_to_the_right_customer():
    order = authorized()
    wrong, right = order.customer, CustomerFactory()
    sweep("2025-03-31 10:30")
    order.customer = right
    order.save(update_fields=["customer"])

    sweep("2025-03-31 11:30")

    assert files_owed(customer=wrong) == [(*FILE[:3], "corrected")]
    assert files_owed(customer=right) == [FILE]


def test_correcting_the_authorization_moves_the_window():
    order = authorized(
        "2025-03-31 10:00",
    )
    order.checked_in_at = at("2025-03-29 09:00")
    order.save(update_fields=["checked_in_at"])
    sweep("2025-03-31 10:30")
    order.authorized_at = at("2025-03-29 10:00")
    order.save(update_fields=["authorized_at"])

    sweep("2025-03-31 11:30")

    assert files_owed() == [("customer_file", "2025-03-29", "2025-03-31", "open")]


def test_one_note_a_customer_says_until_when_his_visits_owe_no_file():
    order = authorized(customer=complete_customer())
    sweep("2025-03-31 10:30")
    authorized("2025-04-01 10:00", customer=order.customer)
    sweep("2025-04-01 10:30")

    note = FileCheck.objects.get()
    assert (note.customer, note.settled_until) == (order.customer, at("2025-04-01 10:30"))
