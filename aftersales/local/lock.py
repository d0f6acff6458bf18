"""One supervisor to a folder."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LAST_RUN_ENDS_WITHIN = 60.0


class Busy(Exception):
    """Another process holds the lock; the text says which, and what it does."""


@contextmanager
def only_one(path: Path, *, doing: str) -> Iterator[int]:
    """Hold the lock and yield its file descriptor, to be inherited by every child.

    A lock is free when the last process that inherited it is gone. So whoever holds it
    knows that nothing of an earlier run is left, however that run ended; what is still
    on its way out is waited for.

    Raises:
        Busy: its holder is alive.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, mode=0o644)
    try:
        _acquire(descriptor)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {doing}".encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _acquire(descriptor: int) -> None:
    deadline = time.monotonic() + LAST_RUN_ENDS_WITHIN
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder, _, doing = os.pread(descriptor, 1000, 0).decode().partition(" ")
            if Path(f"/proc/{holder or '-'}").exists():
                raise Busy(f"{doing} (process {holder})") from None
            if time.monotonic() > deadline:
                raise Busy("processes of an earlier run that do not end") from None
            time.sleep(0.1)
