"""The orders of a real garage: what the sweeps make of them is what the file itself demands.

What the file demands is counted here from its cells, by the regulation and by what the profile
says about its columns. Every order leaves on the day it was opened if it is closed. Nobody there
has a telephone number, so that whoever was owed a call is unreachable once its last day is over.
Orders opened before June 2023 are left out, because nothing is owed for what came before go-live.
"""

import csv
import gzip
import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from followups.checks.promises import check_promises
from followups.models import FollowUp
from followups.tests.factories import PolicyFactory, TrackerFactory
from followups.tests.sweeping import at
from workshop.models import RepairOrder

pytestmark = pytest.mark.django_db

CINCINNATI = Path(__file__).parents[2] / "examples" / "cincinnati"
FROM, GO_LIVE, TODAY = date(2023, 6, 1), date(2023, 7, 1), date(2023, 8, 9)


@pytest.fixture(scope="module")
def rows():
    with gzip.open(CINCINNATI / "orders.csv.gz", "rt", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["Opened"] >= str(FROM)]


@pytest.fixture
def _swept(rows, settings, tmp_path):
    """The rows, imported as the garage would, and one run of the sweeps six weeks later."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    path = tmp_path / "orders.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    profile = str(CINCINNATI / "departments.json")
    call_command("import_orders", str(path), profile=profile, stdout=StringIO(), stderr=StringIO())
    PolicyFactory(go_live_on=GO_LIVE)
    TrackerFactory.create_batch(2)
    run()


def run():
    out = StringIO()
    call_command("sweep", "--at", f"{TODAY}T12:00", stdout=out)
    return json.loads(out.getvalue())


def opened(row):
    return date.fromisoformat(row["Opened"])


def owing(rows):
    """Return the rows since go-live, without cars that the garage prepared for sale itself."""
    return [
        row
        for row in rows
        if opened(row) >= GO_LIVE
        and not (
            "SALE PREPARATION" in row["Reason"]
            and not any(word in row["Reason"] for word in ("REWORK", "WARRANTY", "RECALL"))
        )
    ]


def left(rows):
    return [row for row in owing(rows) if row["Status"] in {"CLOSED", "WORK FINISHED"}]


def files_demanded(rows):
    """One for each department, from its first order."""
    first = {}
    for row in owing(rows):
        first[row["Department"]] = min(opened(row), first.get(row["Department"], TODAY))
    return Counter((name, day, day + timedelta(2), "open") for name, day in first.items())


def first_calls_demanded(rows):
    return Counter(
        (
            row["RO No"],
            opened(row) + timedelta(3),
            opened(row) + timedelta(7),
            "unreachable" if opened(row) + timedelta(7) < TODAY else "open",
        )
        for row in left(rows)
    )


def second_calls_demanded(rows):
    """One for each first call that ended on its last day; a later visit takes it over."""
    visits = defaultdict(set)
    for row in left(rows):
        visits[row["Unit No"]].add(opened(row))
    demanded = Counter()
    for row in left(rows):
        closed_on = opened(row) + timedelta(7)
        if closed_on < TODAY:
            due_on = closed_on + timedelta(14)
            if any(opened(row) < day <= due_on for day in visits[row["Unit No"]]):
                ending = "superseded"
            else:
                ending = "unreachable" if due_on < TODAY else "open"
            demanded[row["RO No"], closed_on + timedelta(7), closed_on + timedelta(14), ending] += 1
    return demanded


def made(kind, about):
    rows = FollowUp.objects.filter(kind=kind)
    return Counter(
        (name, opens_on, due_on, ending or state)
        for name, opens_on, due_on, ending, state in rows.values_list(
            about, "opens_on", "due_on", "ending", "state"
        )
    )


@pytest.mark.usefixtures("_swept")
def test_the_sweeps_create_exactly_what_the_file_demands(rows):
    """FIL-01, FUP-02, FUP-09, R-37, R-38, R-45 to R-47."""
    assert RepairOrder.objects.count() == len(rows)

    assert made("customer_file", "customer__name") == files_demanded(rows)
    assert made("first_call", "order__number") == first_calls_demanded(rows)
    assert made("second_call", "first_call__order__number") == second_calls_demanded(rows)
    assert not FollowUp.objects.filter(state="open", owner=None).exists()
    assert check_promises(now=at(f"{TODAY} 12:00"))["problems"] == {}
    assert {count for counts in run().values() for count in counts.values()} == {0}
