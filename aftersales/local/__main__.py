"""`python -m aftersales.local` runs the application, `… manage.py COMMAND` one command of it.

Such a command (any that Python takes) uses the servers of the running application; when it
doesn't run, they are started for the command alone.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from aftersales.local.addresses import PROJECT, SOCKETS, VAR, running_sockets
from aftersales.local.application import programs, supervise
from aftersales.local.home import servers_folder
from aftersales.local.lock import Busy, only_one
from aftersales.local.processes import die_with_parent
from aftersales.local.servers import embedded_servers
from aftersales.local.supervisor import Child, NotStarted, stop_on_signals
from aftersales.local.web import AddressTaken, web_address

LOGS = VAR / "log"


def main(arguments: Sequence[str]) -> None:
    """Run the application, or one command, and end with a sentence if that is impossible."""
    # When make is killed it cannot tell, and nothing of ours shall stay behind.
    if "MAKELEVEL" in os.environ:
        die_with_parent(os.getppid(), signal.SIGTERM)
    stop_on_signals()
    try:
        VAR.mkdir(mode=0o711, exist_ok=True)
        LOGS.mkdir(mode=0o700, exist_ok=True)
        if arguments:
            run_command(arguments)
        else:
            run()
    except Busy as error:
        sys.exit(f"This folder is in use already by {error}.")
    except (AddressTaken, NotStarted) as error:
        sys.exit(str(error))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    except PermissionError as error:
        sys.exit(f"{error}. Was the application first started by another user, root perhaps?")
    except KeyboardInterrupt:
        sys.exit("Stopped.")


def run() -> None:
    """Run the application until Ctrl-C."""
    started_at = time.monotonic()
    address = web_address()
    with only_one(VAR / "lock", doing=f"the application at {address}") as lock:
        address.must_be_free()
        print("Starting the servers and preparing the database …", flush=True)
        with _servers(lock) as servers:
            _python("manage.py", "prepare")
            application = [Child(program, LOGS, keep_open=[lock]) for program in programs(PROJECT)]
            supervise(servers, application, address, started_at=started_at)
    print("Stopped. All data are kept.", flush=True)


def run_command(arguments: Sequence[str]) -> None:
    """Run Python with `arguments` while the servers run."""
    doing = " ".join(arguments)
    try:
        with only_one(VAR / "lock", doing=doing) as lock, _servers(lock):
            _python(*arguments)
    except Busy:
        if not SOCKETS.exists():
            raise
        _python(*arguments)


@contextmanager
def _servers(lock: int) -> Iterator[list[Child]]:
    """Run the embedded servers where every other command of this folder finds them."""
    home = servers_folder(VAR)
    # A run that was killed could not tidy up.
    shutil.rmtree(running_sockets(), ignore_errors=True)
    SOCKETS.unlink(missing_ok=True)
    with embedded_servers(home, LOGS, lock=lock) as (sockets, servers):
        SOCKETS.symlink_to(sockets)
        try:
            yield servers
        finally:
            SOCKETS.unlink()


def _python(*arguments: str) -> None:
    supervisor = os.getpid()
    subprocess.run(
        [sys.executable, *arguments],
        check=True,
        cwd=PROJECT,
        preexec_fn=lambda: die_with_parent(supervisor),
    )


main(sys.argv[1:])
