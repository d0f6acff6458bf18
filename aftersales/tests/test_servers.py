"""The embedded servers and what keeps them running, without the application."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg2
import pytest
import redis

from aftersales.local import addresses, postgres
from aftersales.local.accounts import Account, owner_of, server_account
from aftersales.local.home import servers_folder
from aftersales.local.lock import Busy, only_one
from aftersales.local.processes import Program
from aftersales.local.servers import embedded_servers
from aftersales.local.supervisor import Child, NotStarted, stop

ME = Account(os.geteuid(), os.getegid())


@pytest.fixture
def without_servers(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def home(without_servers):
    """A folder of the servers in a folder whose name is not a plain word."""
    with tempfile.TemporaryDirectory(dir="/tmp", suffix=" 售后 服务") as folder:
        var = Path(folder)
        var.chmod(0o755)
        yield servers_folder(var)


def query(sockets, sql):
    connection = psycopg2.connect(addresses.embedded_database_url(sockets))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def server_owned(tmp_path):
    folder = tmp_path / "servers"
    folder.mkdir()
    server_account().own(folder)
    return folder


def python(code, *, stop_signal=signal.SIGTERM):
    return Program("python", [sys.executable, "-c", code], Path("/"), ME, stop_signal=stop_signal)


def test_servers_keep_their_data_from_one_start_to_the_next(home):
    with embedded_servers(home, home) as (sockets, _):
        query(sockets, "CREATE TABLE kept AS SELECT 1")
        redis.Redis.from_url(addresses.embedded_redis_url(sockets)).set("kept", "yes")

    with embedded_servers(home, home) as (sockets, _):
        assert query(sockets, "SELECT * FROM kept") == [(1,)]
        assert redis.Redis.from_url(addresses.embedded_redis_url(sockets)).get("kept") == b"yes"

    assert not sockets.exists()


def test_search_of_the_embedded_database_knows_chinese_and_korean_letters(home):
    with embedded_servers(home, home, throwaway=True) as (sockets, _):
        query(sockets, "CREATE EXTENSION pg_trgm")

        assert query(sockets, "SELECT show_trgm('保') <> '{}', show_trgm('김') <> '{}'") == [
            (True, True)
        ]


def test_servers_listen_nowhere_but_in_a_folder_closed_to_others(home):
    with embedded_servers(home, home, throwaway=True) as (sockets, _):
        broker = redis.Redis.from_url(addresses.embedded_redis_url(sockets))

        assert query(sockets, "SHOW listen_addresses") == [("",)]
        assert broker.config_get("port") == {"port": "0"}
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert owner_of(sockets) == server_account()


def test_a_named_server_replaces_the_embedded_one(home, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/else")

    with embedded_servers(home, home, throwaway=True) as (_, children):
        assert [child.program.name for child in children] == ["valkey"]


def test_a_pid_file_whose_number_belongs_to_another_process_does_not_stop_a_start(home):
    with embedded_servers(home, home, throwaway=True):
        pass
    pid_file = home / "postgres/postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{home / 'postgres'}\n")

    with embedded_servers(home, home, throwaway=True) as (sockets, _):
        assert query(sockets, "SELECT 1") == [(1,)]


def test_the_pid_file_of_a_running_server_stays(home):
    with embedded_servers(home, home, throwaway=True):
        postgres.forget_dead_server(home)

        assert (home / "postgres/postmaster.pid").exists()


def test_a_cluster_half_made_is_made_again(home):
    draft = home / "postgres-draft"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18")

    with embedded_servers(home, home, throwaway=True) as (sockets, _):
        assert query(sockets, "SELECT 1") == [(1,)]


def test_a_server_that_cannot_start_says_what_its_log_says(home):
    with embedded_servers(home, home, throwaway=True):
        pass
    (home / "postgres/PG_VERSION").write_text("9.6\n")

    with (
        pytest.raises(NotStarted, match=r"postgres does not start[\s\S]*PostgreSQL version 9\.6"),
        embedded_servers(home, home, throwaway=True),
    ):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as somebody else")
def test_where_nobody_cannot_enter_the_servers_live_elsewhere_and_anew(tmp_path, without_servers):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    homes = []
    for name in ("one", "two"):
        var = closed / name
        var.mkdir()
        homes.append(servers_folder(var))
        assert servers_folder(var) == homes[-1]

    try:
        assert homes[0] != homes[1]
        for home in homes:
            assert home.parent == Path("/var/lib")
            assert owner_of(home) == server_account()
    finally:
        for home in homes:
            home.rmdir()


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


class TestSecretKey:
    def test_is_made_once_and_readable_to_its_owner_alone(self, tmp_path):
        key = addresses.secret_key(tmp_path)

        assert len(key) >= 50
        assert addresses.secret_key(tmp_path) == key
        assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600

    def test_processes_that_start_at_once_agree(self, tmp_path):
        code = "import sys; from pathlib import Path; from aftersales.local import addresses; "
        code += "print(addresses.secret_key(Path(sys.argv[1])))"
        command = [sys.executable, "-c", code, str(tmp_path)]
        processes = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(6)]

        assert len({process.communicate()[0] for process in processes}) == 1


class TestAddresses:
    def test_only_a_folder_of_the_servers_own_is_taken_for_their_sockets(
        self, tmp_path, monkeypatch
    ):
        sockets = tmp_path / "sockets"
        sockets.symlink_to(tmp_path)
        monkeypatch.setattr(addresses, "SOCKETS", sockets)
        monkeypatch.setattr(addresses, "SERVERS", tmp_path)
        assert addresses.running_sockets() == tmp_path

        somebody_elses = Path("/etc") if os.geteuid() else server_owned(tmp_path)
        monkeypatch.setattr(addresses, "SERVERS", somebody_elses)
        assert addresses.running_sockets() == addresses.NOT_RUNNING

    @pytest.mark.parametrize(
        ("redis_url", "broker_url"),
        [
            ("redis://host:6379/2", "redis://host:6379/2"),
            ("rediss://:secret@host/0", "rediss://:secret@host/0"),
            ("unix:///tmp/x/v.sock?db=3", "redis+socket:///tmp/x/v.sock?virtual_host=3"),
        ],
    )
    def test_celery_spells_a_socket_its_own_way(self, redis_url, broker_url):
        assert addresses.broker_url(redis_url) == broker_url
