"""Start programs that never outlive whoever started them."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aftersales.local.accounts import Account

PR_SET_PDEATHSIG = 1
LOG_SIZE = 10_000_000
_libc = ctypes.CDLL(None)


def die_with_parent(parent: int, last_signal: int = signal.SIGKILL) -> None:
    """Have the kernel send this process `last_signal` when the process `parent` ends.

    Call it after privileges were dropped: a change of user clears it.
    """
    _libc.prctl(PR_SET_PDEATHSIG, last_signal)
    if os.getppid() != parent:
        os._exit(1)


@dataclass(frozen=True)
class Program:
    """A command and how it runs and ends.

    Args:
        stop_signal: asks it to finish what it is doing and to end.
        death_signal: what the kernel sends it when its parent is gone.
    """

    name: str
    command: Sequence[str]
    folder: Path
    account: Account
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    stop_signal: int = signal.SIGTERM
    death_signal: int = signal.SIGKILL

    def start(self, log: Path, *, keep_open: Sequence[int] = ()) -> subprocess.Popen[bytes]:
        """Start it in a session of its own, so that Ctrl-C reaches the supervisor alone.

        Args:
            log: file that its output is added to; a full one is set aside.
            keep_open: file descriptors it inherits, a lock for example.
        """
        if log.exists() and log.stat().st_size > LOG_SIZE:
            log.replace(log.with_suffix(".old.log"))
        parent = os.getpid()
        with log.open("ab") as output:
            return subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=keep_open,
                preexec_fn=lambda: die_with_parent(parent, self.death_signal),
                **self.account.popen_arguments(),
            )
