"""The embedded servers and what keeps them running, without the application."""

import os
import tempfile
from pathlib import Path

import psycopg2
import pytest
import redis

from aftersales.local import addresses, postgres
from aftersales.local.accounts import owner_of, server_account
from aftersales.local.home import servers_folder
from aftersales.local.servers import embedded_servers
from aftersales.local.supervisor import NotStarted


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
