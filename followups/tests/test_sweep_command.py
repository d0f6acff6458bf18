"""`manage.py sweep`, and what beat rings."""

import json
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from aftersales.celery import app
from customers.tests.factories import ConsultationFactory
from followups.models import Policy, SweepRun
from followups.sweeps import SWEEPS
from followups.tests.factories import PolicyFactory
from followups.tests.sweeping import at, callable_customer, calls_owed, released

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _policy():
    PolicyFactory()


def run(*arguments):
    out = StringIO()
    call_command("sweep", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_all_sweeps_run_and_say_what_they_did():
    released(customer=callable_customer())
    ConsultationFactory(ended_at=at("2025-03-31 11:00"), customer=callable_customer())

    counts = run("--at", "2025-03-31T18:00")

    assert counts == {
        "sweep_customer_files": {
            "created": 2, "moved": 0, "complete": 0, "cancelled": 0, "assigned": 0,
        },
        "sweep_first_calls": {
            "created": 2, "moved": 0, "cancelled": 0, "unreachable": 0, "assigned": 0,
        },
        "sweep_second_calls": {
            "created": 0, "superseded": 0, "cancelled": 0, "unreachable": 0, "assigned": 0,
        },
        "sweep_matters": {"reported": 0},
        "sweep_answers": {
            "created": 0, "moved": 0, "settled": 0, "cancelled": 0, "assigned": 0,
        },
        "sweep_campaign_notices": {
            "created": 0, "moved": 0, "changed": 0, "cancelled": 0, "told": 0, "expired": 0,
            "assigned": 0,
        },
        "sweep_campaign_letters": {"created": 0, "cancelled": 0, "expired": 0, "assigned": 0},
        "sweep_campaign_reminders": {
            "created": 0, "moved": 0, "cancelled": 0, "expired": 0, "assigned": 0,
        },
        "sweep_reminders": {
            "created": 0, "moved": 0, "met": 0, "cancelled": 0, "lapsed": 0, "assigned": 0,
        },
        "expire_claims": {"expired": 0},
    }  # fmt: skip


def test_only_the_named_ones_run():
    released(customer=callable_customer())

    counts = run("sweep_first_calls", "expire_claims", "--at", "2025-03-31T18:00")

    assert set(counts) == {"sweep_first_calls", "expire_claims"}
    assert [kind for kind, *_ in calls_owed()] == ["first_call"]
    assert set(SweepRun.objects.values_list("name", flat=True)) == set(counts)


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2025-03-31T17:00", 1),
        ("2025-03-31T16:59", 0),
        ("2025-03-31T17:00+08:00", 1),
        ("2025-03-31T09:00Z", 1),
        ("2025-03-31T08:59Z", 0),
        ("2025-03-31T18:00+09:00", 1),
        ("2025-03-31", 0),
        ("2025-04-01", 1),
    ],
)
def test_a_time_without_offset_is_the_shops_and_one_with_offset_its_own(moment, found):
    released("2025-03-31 17:00", customer=callable_customer())

    assert run("sweep_first_calls", "--at", moment)["sweep_first_calls"]["created"] == found


def test_without_a_time_it_is_now():
    released("2025-03-31 17:00", customer=callable_customer())

    with time_machine.travel(at("2025-03-31 18:30"), tick=False):
        run("sweep_first_calls")

    assert SweepRun.objects.get().ran_at == at("2025-03-31 18:30")


def test_an_unknown_name_is_refused_before_anything_runs():
    with pytest.raises(CommandError, match=r"No sweep is called sweep_all\. Known: "):
        run("sweep_first_calls", "sweep_all")

    assert not SweepRun.objects.exists()


@pytest.mark.parametrize("text", ["yesterday", "2025-02-30T10:00", "18:00"])
def test_a_time_that_is_none_is_refused(text):
    with pytest.raises(CommandError, match="is no ISO time"):
        run("--at", text)


def test_without_a_policy_the_regulations_numbers_hold_from_the_day_before_the_installation():
    Policy.objects.all().delete()

    run()

    assert Policy.objects.get().first_call_due_days == 7


@pytest.mark.parametrize("name", SWEEPS)
def test_beat_rings_each_sweep_every_half_minute(name):
    app.loader.import_default_modules()
    entry = app.conf.beat_schedule[name]
    seconds = 600 if name == "sweep_reminders" else 30

    assert (entry["task"], entry["schedule"]) == (f"followups.{name}", seconds)
    app.tasks[entry["task"]].apply(throw=True)

    assert SweepRun.objects.get().name == name


def test_beat_rings_no_task_that_does_not_exist():
    app.loader.import_default_modules()

    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)
