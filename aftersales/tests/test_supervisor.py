"""What keeps programs running, and one supervisor to a folder."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from aftersales.local.accounts import Account
from aftersales.local.application import renew_the_silent
from aftersales.local.lock import Busy, only_one
from aftersales.local.processes import Program
from aftersales.local.supervisor import Child, stop

ME = Account(os.geteuid(), os.getegid())


def python(code, *, stop_signal=signal.SIGTERM):
    return Program("python", [sys.executable, "-c", code], Path("/"), ME, stop_signal=stop_signal)


def test_a_child_that_dies_is_started_again(tmp_path):
    child = Child(python("import time; time.sleep(100)"), tmp_path)
    first = child.process
    first.kill()
    first.wait()

    deadline = time.monotonic() + 5
    while child.process in {first, None} and time.monotonic() < deadline:
        child.watch()
        time.sleep(0.05)

    assert child.process not in {first, None}
    stop([child])


def test_a_child_that_dies_at_once_is_started_ever_more_slowly(tmp_path):
    child = Child(python("1/0"), tmp_path)

    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        child.watch()
        time.sleep(0.01)

    # Started at 0, 0.5 and 1.5 seconds; the next time would be 3.5.
    assert child.log.read_text().count("ZeroDivisionError") == 3
    stop([child])


def test_a_child_that_does_not_want_to_stop_is_killed(tmp_path):
    deaf = "import signal as s, time; s.signal(s.SIGTERM, s.SIG_IGN); print(1, flush=True)"
    child = Child(python(f"{deaf}; time.sleep(99)"), tmp_path)
    child.wait_until(lambda: "1" in child.log.read_text())

    child.retire(with_signal=signal.SIGTERM, patience=1000)
    child.retire(with_signal=signal.SIGTERM, patience=0.1)
    stop([child])

    assert child.process.returncode == -signal.SIGKILL


def test_children_die_with_their_parent(tmp_path):
    code = f"""
import sys, time
from pathlib import Path
from aftersales.local.accounts import Account
from aftersales.local.processes import Program
program = Program("sleep", ["sleep", "99"], Path("/"), Account{ME.uid, ME.gid})
print(program.start(Path({str(tmp_path / "log")!r})).pid, flush=True)
time.sleep(99)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        parent.kill()

    deadline = time.monotonic() + 5
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{child}").exists()


class TestSilence:
    @pytest.fixture
    def application(self, tmp_path):
        """Web, worker and beat that have been up for a day."""
        sleep = python("import time; time.sleep(99)")
        children = [Child(replace(sleep, name=n), tmp_path) for n in ("web", "worker", "beat")]
        for child in children:
            child.started_at -= 24 * 60 * 60
        yield children
        stop(children)

    def health(self, *, broker=True, **heartbeat):
        return {
            "checks": {
                "database": {"ok": True},
                "broker": {"ok": broker},
                "heartbeat": {"ok": False, **heartbeat},
            }
        }

    def retired(self, application, health):
        renew_the_silent(application, health)
        time.sleep(0.2)
        return [child.program.name for child in application if child.is_gone()]

    def test_worker_and_beat_that_live_but_do_nothing_are_renewed(self, application):
        assert self.retired(application, self.health(age_seconds=200)) == ["worker", "beat"]

    def test_worker_and_beat_that_never_did_anything_are_renewed(self, application):
        assert self.retired(application, self.health()) == ["worker", "beat"]

    @pytest.mark.parametrize(
        "health",
        [{}, {"age_seconds": 170}, {"age_seconds": 200, "broker": False}],
        ids=["no answer", "a short silence", "no broker"],
    )
    def test_they_are_left_alone_while_there_is_another_reason(self, application, health):
        answer = self.health(**health) if health else {}

        assert self.retired(application, answer) == []

    def test_they_are_left_alone_while_they_are_young(self, application):
        for child in application:
            child.started_at = time.monotonic()

        assert self.retired(application, self.health(age_seconds=200)) == []


class TestOnlyOne:
    def test_the_second_is_told_what_the_first_does(self, tmp_path):
        with (
            only_one(tmp_path / "lock", doing="the application at http://here/"),
            pytest.raises(Busy, match=f"application at http://here/ .process {os.getpid()}"),
            only_one(tmp_path / "lock", doing="something else"),
        ):
            pass

    def test_a_process_left_over_from_a_killed_run_is_waited_for(self, tmp_path):
        with only_one(tmp_path / "lock", doing="what was killed") as lock:
            left_over = subprocess.Popen(["sleep", "0.5"], pass_fds=[lock])
        (tmp_path / "lock").write_text("99999999 what was killed")

        with only_one(tmp_path / "lock", doing="the next run"):
            assert left_over.poll() == 0
