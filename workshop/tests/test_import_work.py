"""Workers that die, databases that go away, two workers at once: nothing half, nothing twice."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone

from customers.models import Customer, Vehicle, VehicleRelation
from workshop import tasks
from workshop.imports.layout import suggest
from workshop.models import Import, ImportChange, ImportRow, ImportState, RepairOrder
from workshop.services import import_work, imports
from workshop.tests.importing import NOW, as_csv, imported, previewed, uploaded

HEADINGS = ["工单号", "车主", "手机", "车牌号", "进厂时间", "维修类型"]
ROWS = [
    HEADINGS,
    *(
        [f"RO{n}", f"客户{n % 7}", f"1380013{n % 7:04}", f"粤A{n % 11:05}", "2025-03-31", "定保"]
        for n in range(300)
    ),
]
# A worker that is killed before the N-th statement with a text in it. Chunks are small.
WORKER = """
import os, signal, sys
import django
django.setup()
from django.db import connection
from django.utils import timezone
from workshop.imports import staging, writing
from workshop.services import import_work

staging.CHUNK = writing.CHUNK = 50
text, left = sys.argv[2], int(sys.argv[3])

def killed(execute, sql, params, many, context):
    global left
    left -= text in sql
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)

with connection.execute_wrapper(killed):
    import_work.work_on(int(sys.argv[1]), now=timezone.now())
"""


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def written():
    """What an import of ROWS comes to, without the ids."""
    return (
        sorted(RepairOrder.objects.values_list("number", "customer__name", "vehicle__plate")),
        sorted(Customer.objects.values_list("name", "phones__e164")),
        sorted(VehicleRelation.objects.values_list("vehicle__plate", "customer__name")),
    )


def reading():
    """An import of ROWS that a worker has to read."""
    batch = uploaded(as_csv(ROWS))
    found = batch.inspection
    return imports.start_reading(batch.pk, suggest("orders", found["headings"], found["values"]))


@pytest.mark.django_db(transaction=True)
class TestInterruptions:
    def work(self, batch, killed_at="nothing", nth=1):
        """Let a process of its own work until the statement at which it is killed."""
        name = str(connection.settings_dict["NAME"])
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        environment = os.environ | {"DATABASE_URL": url, "UPLOADS_DIR": str(settings.MEDIA_ROOT)}
        return subprocess.run(
            [sys.executable, "-c", WORKER, str(batch.pk), killed_at, str(nth)],
            env=environment, cwd=Path(__file__).parents[2], check=False,
        ).returncode  # fmt: skip

    def test_workers_killed_again_and_again_leave_nothing_half_and_finish(self):
        batch = reading()
        assert self.work(batch, 'SET "rows_read"', 3) == -signal.SIGKILL
        assert ImportRow.objects.filter(batch=batch).count() == 100
        assert self.work(batch, "CREATE TEMP TABLE judged") == -signal.SIGKILL
        assert self.work(batch) == 0
        batch.refresh_from_db()
        assert (batch.state, batch.rows_read) == (ImportState.PREVIEW, 300)
        assert ImportRow.objects.filter(batch=batch).count() == 300

        imports.confirm(batch.pk, by=None, now=NOW)
        for statement, nth in (("INTO customers_vehicle ", 1), ("INTO workshop_repairorder", 4)):
            assert self.work(batch, statement, nth) == -signal.SIGKILL
            assert written() == ([], [], [])
        assert not ImportChange.objects.exists()
        import_work.work_on(batch.pk, now=timezone.now())

        batch.refresh_from_db()
        assert batch.state == ImportState.DONE
        after_kills = written()
        assert len(after_kills[0]) == 300

        imports.undo(batch.pk, by=None, now=NOW)
        assert self.work(batch, "DELETE FROM customers_vehicle ") == -signal.SIGKILL
        assert written() == after_kills
        import_work.work_on(batch.pk, now=timezone.now())
        assert written() == ([], [], [])

        imported(ROWS, now=timezone.now())
        assert written() == after_kills

    @pytest.mark.parametrize("statement", ["TABLE named_customer", "INTO workshop_repairorder"])
    def test_a_lost_database_costs_nothing_but_time(self, statement):
        batch = previewed(ROWS)
        imports.confirm(batch.pk, by=None, now=NOW)

        def cut_off(execute, sql, params, many, context):
            if statement in sql:
                context["cursor"].execute("SELECT pg_terminate_backend(pg_backend_pid())")
            return execute(sql, params, many, context)

        with connection.execute_wrapper(cut_off), pytest.raises(OperationalError):
            import_work.work_on(batch.pk, now=NOW)
        connection.close()
        assert written() == ([], [], [])

        import_work.work_on(batch.pk, now=NOW)
        batch.refresh_from_db()
        assert batch.state == ImportState.DONE
        assert len(written()[0]) == 300

    def test_of_two_workers_one_goes_home(self):
        batch = previewed(ROWS)
        imports.confirm(batch.pk, by=None, now=NOW)
        start = Barrier(2)

        def work():
            start.wait()
            try:
                import_work.work_on(batch.pk, now=NOW)
            finally:
                connection.close()

        threads = [Thread(target=work) for _worker in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        batch.refresh_from_db()
        assert (batch.state, batch.counts["verdicts"]["new"]) == (ImportState.DONE, 300)
        assert RepairOrder.objects.count() == 300

    def test_imports_are_written_one_after_the_other(self):
        first, second = previewed(ROWS[:5]), previewed(ROWS[:9])
        for batch in (first, second):
            imports.confirm(batch.pk, by=None, now=NOW)
        with import_work._lock(import_work.THE_ONE_THAT_WRITES):
            worker = Thread(target=self.visit, args=[second])
            worker.start()
            worker.join()
            second.refresh_from_db()
            assert (second.state, second.attempts) == (ImportState.WRITING, 0)
        for import_id in import_work.unfinished():
            import_work.work_on(import_id, now=NOW)

        second.refresh_from_db()
        assert second.counts["verdicts"] == {"new": 4, "changed": 0, "unchanged": 4, "rejected": 0}

    def visit(self, batch):
        try:
            import_work.work_on(batch.pk, now=NOW)
        finally:
            connection.close()


@pytest.mark.django_db
class TestTrouble:
    def test_a_file_that_is_gone_is_said(self):
        batch = reading()
        imports.path_of(batch).unlink()
        import_work.work_on(batch.pk, now=NOW)

        batch.refresh_from_db()
        assert (batch.state, batch.problem) == (
            ImportState.FAILED,
            "An error of ours stopped it; the log says which.",
        )

    def test_an_import_that_is_interrupted_for_ever_is_given_up(self):
        batch = reading()
        Import.objects.filter(pk=batch.pk).update(attempts=import_work.MOST_ATTEMPTS)
        import_work.work_on(batch.pk, now=NOW)

        batch.refresh_from_db()
        assert (batch.state, batch.problem) == (
            ImportState.FAILED,
            "It was interrupted or overtaken too often.",
        )

    def test_what_failed_can_be_read_again(self):
        batch = reading()
        Import.objects.filter(pk=batch.pk).update(state=ImportState.FAILED, problem="x")
        found = batch.inspection
        imports.start_reading(batch.pk, suggest("orders", found["headings"], found["values"]))
        import_work.work_on(batch.pk, now=NOW)

        batch.refresh_from_db()
        assert (batch.state, batch.problem) == (ImportState.PREVIEW, "")

    def test_somebody_who_was_faster_makes_it_compare_again(self):
        batch = previewed([HEADINGS, ROWS[1]])
        imports.confirm(batch.pk, by=None, now=NOW)
        [number] = [ROWS[1][0]]
        imported([HEADINGS, [number, *ROWS[2][1:]]])
        import_work.work_on(batch.pk, now=NOW)

        batch.refresh_from_db()
        assert batch.counts["verdicts"]["changed"] == 1
        assert RepairOrder.objects.count() == 1

    def test_reading_again_forgets_the_rows_of_the_last_time(self):
        batch = previewed(ROWS[:5])
        imports.start_reading(batch.pk, suggest("orders", HEADINGS, {"维修类型": ["定保"]}))
        import_work.work_on(batch.pk, now=NOW)

        batch.refresh_from_db()
        assert (batch.rows_read, batch.import_rows.count()) == (4, 4)

    @pytest.mark.parametrize(
        ("state", "allowed"),
        [
            ("uploaded", {"read", "discard"}),
            ("reading", set()),
            ("preview", {"read", "confirm", "discard"}),
            ("writing", set()),
            ("done", {"undo"}),
            ("undoing", set()),
            ("undone", set()),
            ("failed", {"read", "discard"}),
        ],
    )
    def test_only_what_the_state_allows_is_done(self, state, allowed):
        batch = uploaded(as_csv(ROWS[:3]))
        Import.objects.filter(pk=batch.pk).update(state=state)
        layout = suggest("orders", HEADINGS, {"维修类型": ["定保"]})
        actions = {
            "read": lambda: imports.start_reading(batch.pk, layout),
            "confirm": lambda: imports.confirm(batch.pk, by=None, now=NOW),
            "undo": lambda: imports.undo(batch.pk, by=None, now=NOW),
            "discard": lambda: imports.discard(batch.pk),
        }
        for name in sorted(set(actions) - allowed):
            with pytest.raises(imports.NotNow):
                actions[name]()
        for name in sorted(allowed, key="discard".__eq__):
            Import.objects.filter(pk=batch.pk).update(state=state)
            actions[name]()


@pytest.mark.django_db
class TestLeftovers:
    def test_the_file_goes_when_its_rows_are_in(self, django_capture_on_commit_callbacks):
        batch = previewed(ROWS[:3])
        path = imports.path_of(batch)
        imports.confirm(batch.pk, by=None, now=NOW)
        with django_capture_on_commit_callbacks(execute=True):
            import_work.work_on(batch.pk, now=NOW)

        batch.refresh_from_db()
        assert not path.exists()
        assert batch.stored_as == ""

    def test_a_refused_file_is_not_kept(self):
        with pytest.raises(imports.FileRefused):
            uploaded(b"")

        assert list(imports.folder().iterdir()) == []

    def test_imports_that_nobody_confirms_are_discarded_after_a_day(self):
        forgotten, fresh, running = (uploaded(as_csv(ROWS[:3])) for _n in range(3))
        now = timezone.now()
        old = {"created_at": now - timedelta(hours=25)}
        Import.objects.filter(pk=forgotten.pk).update(state=ImportState.PREVIEW, **old)
        Import.objects.filter(pk=running.pk).update(state=ImportState.WRITING, **old)
        orphan = imports.folder() / "orphan"
        orphan.touch()
        os.utime(orphan, (0, 0))

        tasks.discard_forgotten_imports()

        assert set(Import.objects.all()) == {fresh, running}
        assert {path.name for path in imports.folder().iterdir()} == {
            fresh.stored_as, running.stored_as,
        }  # fmt: skip

    def test_the_sweep_finds_what_is_owed(self):
        owed = reading()
        previewed(ROWS[:3])

        assert import_work.unfinished() == [owed.pk]


@pytest.mark.django_db
def test_vehicles_of_the_whole_file_are_told_apart():
    imported(ROWS)

    assert Vehicle.objects.count() == 11
    assert Customer.objects.count() == 7
