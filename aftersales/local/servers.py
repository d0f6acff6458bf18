"""The embedded servers together: those that no variable of the environment replaces."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from aftersales.local import postgres, valkey
from aftersales.local.accounts import owner_of
from aftersales.local.home import new_sockets_folder, programs_folder
from aftersales.local.supervisor import Child, stop


@contextmanager
def embedded_servers(
    home: Path, logs: Path, *, lock: int | None = None, throwaway: bool = False
) -> Iterator[tuple[Path, list[Child]]]:
    """Run the servers whose data lie in `home`; yield the folder of their sockets and them.

    Args:
        lock: descriptor of the lock on `home`, which the servers keep while they live.
        throwaway: faster, and nothing survives.
    """
    sockets = new_sockets_folder(owner_of(home))
    keep_open = [] if lock is None else [lock]
    children: list[Child] = []
    try:
        programs = programs_folder(home)
        if not os.environ.get("DATABASE_URL"):
            postgres.forget_dead_server(home)
            program = postgres.postgres(home, programs, sockets, throwaway=throwaway)
            children.append(Child(program, logs, keep_open=keep_open))
        if not os.environ.get("REDIS_URL"):
            program = valkey.valkey(home, programs, sockets, throwaway=throwaway)
            children.append(Child(program, logs, keep_open=keep_open))
        answers = {"postgres": postgres.answers, "valkey": valkey.answers}
        for child in children:
            child.wait_until(partial(answers[child.program.name], sockets))
        yield sockets, children
    finally:
        stop(children)
        shutil.rmtree(sockets, ignore_errors=True)
