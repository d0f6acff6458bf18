"""Sweeps beside each other, beside merges, and beside imports that are taken back."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from aftersales.tests.parallel import in_parallel
from customers.services import merges, unmerges
from customers.tests.factories import ConsultationFactory, CustomerFactory
from followups.models import FollowUp, SweepRun
from followups.sweeps import SWEEPS
from followups.tests.factories import FollowUpFactory, PolicyFactory, TrackerFactory
from followups.tests.sweeping import (
    at,
    callable_customer,
    closed,
    complete_customer,
    owed,
    released,
    supervisor,
    sweep,
)
from workshop.models import RepairOrder
from workshop.services import orders
from workshop.tests.importing import NOW, imported, undone

FILE = ("customer_file", "2025-03-31", "2025-04-02")
FIRST = ("first_call", "2025-04-03", "2025-04-07")


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_the_same_moment_make_each_follow_up_once():
    PolicyFactory()
    TrackerFactory.create_batch(2)
    for _ in range(5):
        released(customer=callable_customer())
        ConsultationFactory(ended_at=at("2025-03-31 11:00"), customer=callable_customer())
    beats = [partial(each, now=at("2025-03-31 18:00")) for each in SWEEPS.values()] * 2

    in_parallel(*beats)

    assert FollowUp.objects.filter(kind="first_call").count() == 10
    assert FollowUp.objects.filter(kind="customer_file").count() == 10
    assert {run.counts.get("created", 0) for run in SweepRun.objects.all()} == {0}


@pytest.mark.django_db(transaction=True)
def test_a_sweep_beside_a_release_misses_no_order():
    """What is released while a sweep looks is found by it or by the next one."""
    PolicyFactory()
    person = supervisor()
    waiting = [released(customer=callable_customer()) for _ in range(6)]
    for order in waiting:
        orders.undo_release(order.pk, by=person, reason="not yet", now=at("2025-03-31 17:30"))
    left = at("2025-03-31 17:45")

    def release(order):
        orders.release(order.pk, by=person, at=left, mileage_out=None, amounts={}, now=left)

    in_parallel(
        *(partial(release, order) for order in waiting),
        *(partial(sweep, "2025-03-31 18:00", "sweep_first_calls") for _ in range(3)),
    )
    sweep("2025-03-31 18:01", "sweep_first_calls")

    assert sorted(FollowUp.objects.values_list("order", flat=True)) == sorted(
        order.pk for order in waiting
    )


@pytest.mark.django_db
@pytest.mark.parametrize("has_number", [True, False])
def test_one_run_late_makes_the_same_as_one_run_a_day(has_number):
    """Cars that come again within the window of the second call, after it, and never."""
    PolicyFactory()
    customer = callable_customer()
    customer.phones.update(is_bad=not has_number)
    for gap in (1, 5, 10, 16, 21, 22, 30, None):
        first = released("2025-03-01 17:00", customer=customer)
        if gap is not None:
            again = at("2025-03-01 17:00") + timedelta(gap)
            released(f"{again:%Y-%m-%d} 17:00", customer=customer, vehicle=first.vehicle)
    evenings = [at("2025-03-01 18:00") + timedelta(n) for n in range(45)]
    names = ["sweep_first_calls", "sweep_second_calls"]

    with transaction.atomic():
        for evening in evenings:
            sweep(evening, *names)
        daily = made()
        transaction.set_rollback(True)
    sweep(evenings[-1], *names)

    assert made() == daily


def made():
    return sorted(
        (
            each.kind,
            each.visit.order_id,
            str(each.due_on),
            each.ending or "open",
            str(each.closed_on),
        )
        for each in FollowUp.objects.select_related("first_call")
    )


@pytest.mark.django_db
class TestRuns:
    def test_each_sweep_notes_when_it_last_ran_and_what_it_did(self):
        PolicyFactory()
        released(customer=callable_customer())
        sweep("2025-03-31 18:00")

        counts = sweep("2025-03-31 18:30", "sweep_first_calls")

        runs = {run.name: run for run in SweepRun.objects.all()}
        assert set(runs) == set(SWEEPS)
        assert runs["sweep_first_calls"].ran_at == at("2025-03-31 18:30")
        assert runs["sweep_first_calls"].counts == counts["sweep_first_calls"]
        assert runs["sweep_customer_files"].ran_at == at("2025-03-31 18:00")
        assert runs["sweep_customer_files"].counts["created"] == 1

    @pytest.mark.parametrize(
        ("name", "idle", "busy"),
        [
            ("sweep_customer_files", 16, 17),
            ("sweep_first_calls", 9, 11),
            ("sweep_second_calls", 11, 12),
            ("expire_claims", 6, 6),
        ],
    )
    @pytest.mark.parametrize("rows", [0, 1, 4])
    def test_a_sweep_asks_the_same_number_of_questions_however_much_there_is(
        self, name, idle, busy, rows
    ):
        PolicyFactory()
        TrackerFactory.create_batch(2)
        sweep("2025-03-30 18:00", name)
        for _ in range(rows):
            released(customer=callable_customer())
            released(customer=complete_customer())
            ConsultationFactory(ended_at=at("2025-03-31 11:00"))
            closed(FollowUpFactory(), "2025-04-04 10:00")

        with CaptureQueriesContext(connection) as asked:
            sweep("2025-04-05 18:00", name)

        assert len(asked) == (busy if rows else idle)


@pytest.mark.django_db
class TestMerges:
    @pytest.fixture(autouse=True)
    def _policy(self):
        PolicyFactory()

    def test_follow_ups_go_over_and_of_two_open_files_one_is_cancelled(self):
        survivor, merged = callable_customer(), callable_customer()
        released(customer=survivor)
        released(customer=merged)
        sweep("2025-03-31 18:00")

        done = merge(survivor, merged)
        sweep("2025-04-01 18:00")

        assert owed(customer=merged) == []
        assert sorted(owed(customer=survivor)) == [
            (*FILE, "merged"), (*FILE, "open"), (*FIRST, "open"), (*FIRST, "open"),
        ]  # fmt: skip

        unmerges.undo_merge(done.pk, by=supervisor(), now=at("2025-04-02 09:00"))
        sweep("2025-04-02 18:00")

        for customer in (survivor, merged):
            assert owed(customer=customer) == [(*FILE, "open"), (*FIRST, "open")]

    def test_what_is_closed_goes_over_too_and_owes_its_second_call_to_the_survivor(self):
        survivor, merged = callable_customer(), callable_customer()
        released(customer=merged)
        sweep("2025-03-31 18:00")
        closed(FollowUp.objects.get(kind="first_call"), "2025-04-04 10:00")

        merge(survivor, merged)
        sweep("2025-04-04 18:00")

        assert owed(customer=survivor, kind="second_call") == [
            ("second_call", "2025-04-11", "2025-04-18", "open")
        ]

    def test_a_merge_that_completes_the_file_ends_it(self):
        survivor, merged = complete_customer(), callable_customer()
        released(customer=merged)
        sweep("2025-03-31 18:00")

        merge(survivor, merged)
        sweep("2025-04-01 18:00")

        assert owed(kind="customer_file") == [(*FILE, "complete")]

    def test_what_was_planned_while_two_files_were_one_returns_to_whose_order_it_is(self):
        survivor, merged = callable_customer(), callable_customer()
        order = released(customer=merged)
        talk = ConsultationFactory(ended_at=at("2025-03-31 11:00"), customer=merged)
        done = merge(survivor, merged)
        sweep("2025-04-01 18:00")
        assert len(owed(customer=survivor)) == 3

        unmerges.undo_merge(done.pk, by=supervisor(), now=at("2025-04-02 09:00"))
        sweep("2025-04-02 18:00")

        assert {ending for *_, ending in owed(customer=survivor)} == {"corrected"}
        assert sorted(owed(customer=merged)) == [
            (*FILE, "open"),
            (*FIRST, "open"),
            (*FIRST, "open"),
        ]
        assert owed(customer=merged, order=order, kind="first_call") == [(*FIRST, "open")]
        assert owed(customer=merged, consultation=talk, kind="first_call") == [(*FIRST, "open")]

    def test_an_older_note_about_a_file_does_not_hide_the_next_visit(self):
        """The survivor keeps his note, under which the other one's visits look unsettled."""
        survivor, merged = complete_customer(), complete_customer()
        released("2025-03-01 10:00", customer=survivor)
        sweep("2025-03-01 18:00")
        forget_address(merged)
        released("2025-03-10 10:00", customer=merged)
        sweep("2025-03-10 18:00")
        write_address(merged)
        sweep("2025-03-11 18:00")
        merge(survivor, merged, when="2025-03-12 10:00")
        forget_address(survivor)
        released("2025-03-31 17:00", customer=survivor)

        sweep("2025-03-31 18:00")

        assert owed(kind="customer_file") == [
            ("customer_file", "2025-03-10", "2025-03-12", "complete"),
            (*FILE, "open"),
        ]


def merge(survivor, merged, when="2025-04-01 09:00"):
    return merges.merge(survivor.pk, merged.pk, choices=(), by=supervisor(), now=at(when))


def forget_address(customer):
    type(customer).objects.filter(pk=customer.pk).update(address="")


def write_address(customer):
    type(customer).objects.filter(pk=customer.pk).update(address="中山路 1 号")


@pytest.mark.django_db
class TestImports:
    ROWS = [
        ["工单号", "车主", "手机", "车牌号", "进厂时间", "出厂时间", "维修类型"],
        [
            "RO1",
            "王小明",
            "13800138000",
            "粤A12345",
            "2025-03-31 09:00",
            "2025-03-31 17:00",
            "定保",
        ],
        [
            "RO2",
            "李小红",
            "13800138001",
            "粤A12346",
            "2025-03-31 09:00",
            "2025-03-31 17:00",
            "定保",
        ],
    ]

    @pytest.fixture(autouse=True)
    def _uploads(self, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path / "uploads"
        PolicyFactory()

    def test_imported_orders_owe_calls_like_all_others(self):
        imported(self.ROWS)

        sweep("2025-03-31 18:00", "sweep_first_calls")

        assert owed() == [(*FIRST, "open"), (*FIRST, "open")]

    def test_an_import_taken_back_before_the_sweep_owes_nothing(self):
        undone(imported(self.ROWS))

        sweep(NOW)

        assert (RepairOrder.objects.count(), owed()) == (0, [])

    def test_orders_that_owe_something_stay_when_the_import_is_taken_back(self):
        batch = imported(self.ROWS)
        sweep(datetime(2025, 3, 31, 10, 0, tzinfo=UTC))

        undone(batch)
        sweep(NOW)

        assert set(RepairOrder.objects.values_list("number", flat=True)) == {"RO1", "RO2"}
        assert [kind for kind, *_ in owed()].count("first_call") == 2


@pytest.mark.django_db
def test_a_customer_nobody_brought_a_car_for_is_owed_nothing():
    PolicyFactory()
    CustomerFactory()

    sweep("2025-03-31 18:00")

    assert owed() == []
