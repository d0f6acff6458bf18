"""The application's own processes, as the Procfile names them: web, worker, beat."""

import os
import shlex
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aftersales.local.accounts import Account
from aftersales.local.processes import Program
from aftersales.local.supervisor import Child, ignore_signals, stop
from aftersales.local.web import WebAddress

LOOK_EVERY = 15.0
# A worker may live and yet take no task any more, after its broker was away for example.
SILENT_AFTER = 180.0
# Longer than a task may run: a worker that is only busy finishes first.
TASKS_END_WITHIN = 330.0


def programs(project: Path) -> list[Program]:
    """Return the programs of the Procfile, to be run by the Python that runs this."""
    lines = (project / "Procfile").read_text().splitlines()
    return [_program(line, project) for line in lines]


def _program(line: str, project: Path) -> Program:
    name, _, command = line.partition(": ")
    return Program(
        name=name,
        command=[sys.executable, *shlex.split(command)[1:]],
        folder=project,
        account=Account(os.geteuid(), os.getegid()),
        # Celery then gives back to the queue what is not done within its soft shutdown.
        stop_signal=signal.SIGQUIT if name == "worker" else signal.SIGTERM,
    )


def supervise(
    servers: Sequence[Child],
    application: Sequence[Child],
    address: WebAddress,
    *,
    started_at: float,
) -> None:
    """Keep everything running until Ctrl-C, then stop the application.

    Args:
        started_at: monotonic time from which the seconds until it is ready count.
    """
    look_at, answered = 0.0, False
    try:
        while True:
            time.sleep(0.2)
            for child in (*servers, *application):
                child.watch()
            if time.monotonic() < look_at or (health := address.health()) is None:
                continue
            look_at = time.monotonic() + LOOK_EVERY
            if not answered:
                answered = True
                seconds = time.monotonic() - started_at
                print(f"Ready after {seconds:.1f} s: {address}  (Ctrl-C stops it)", flush=True)
            renew_the_silent(application, health)
    except KeyboardInterrupt:
        ignore_signals()
        print("Stopping …", flush=True)
    finally:
        stop(application)


def renew_the_silent(application: Sequence[Child], health: dict[str, Any]) -> None:
    """Retire worker and beat when no scheduled task was run for long though both are up."""
    checks = health.get("checks", {})
    if not all(checks.get(needed, {}).get("ok") for needed in ("database", "broker")):
        return
    if checks["heartbeat"].get("age_seconds", SILENT_AFTER) < SILENT_AFTER:
        return
    for child in application:
        if child.program.name != "web" and time.monotonic() - child.started_at > SILENT_AFTER:
            child.retire(with_signal=signal.SIGTERM, patience=TASKS_END_WITHIN)
