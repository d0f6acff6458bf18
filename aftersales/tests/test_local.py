"""The whole application as `make run` starts it, in a folder that makes it hard."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg2
import pytest

from aftersales.local import addresses
from aftersales.local.addresses import PROJECT

pytestmark = pytest.mark.xdist_group("installation")
LEFT_OUT = shutil.ignore_patterns(".*", "var", "__pycache__", "examples", "bench", "docs")


def free_port():
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return listener.getsockname()[1]


def eventually(condition, *, seconds=30):
    """Return the first true value of `condition`, or fail when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.1)
    pytest.fail(f"{condition} is not true after {seconds} s")


class Installation:
    """A copy of the project that is started and stopped like one."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.process = None

    def run(self, *arguments, **environment):
        ours = {"PORT": str(self.port), "DEMO": "0", "SECURE_SSL_REDIRECT": "0"}
        taken = {"DATABASE_URL", "REDIS_URL", "PRODUCTION"}
        rest = {name: value for name, value in os.environ.items() if name not in taken}
        return subprocess.Popen(
            [sys.executable, "-m", "aftersales.local", *arguments],
            cwd=self.folder,
            env={**rest, **ours, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def start(self):
        if self.process is None or self.process.poll() is not None:
            self.process = self.run()
            self.lines = []
            for line in self.process.stdout:
                self.lines.append(line)
                if line.startswith("Ready"):
                    return
            pytest.fail("".join(self.lines))

    def stop(self, with_signal=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(with_signal)
            self.close()

    def close(self):
        self.process.wait(timeout=60)
        with self.process.stdout:
            self.lines += self.process.stdout.readlines()

    def health(self):
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return json.load(answer)
        except HTTPError as error:
            return json.load(error)
        except OSError:
            return {"status": "no answer"}

    def processes(self):
        """Return number and command of the supervisor and of all processes below it."""
        numbers, commands = [self.process.pid], {}
        for number in numbers:
            folder = Path(f"/proc/{number}")
            with suppress(OSError):  # One that has just ended.
                numbers += map(int, (folder / f"task/{number}/children").read_text().split())
                commands[number] = (folder / "cmdline").read_bytes().decode().replace("\0", " ")
        return commands

    def kill(self, *words):
        """Kill -9 the first process, in order of birth, of each word."""
        for word in words:
            os.kill(next(p for p, c in self.processes().items() if word in c), signal.SIGKILL)

    def query(self, sql):
        sockets = (self.folder / "var/sockets").resolve()
        with closing(psycopg2.connect(addresses.embedded_database_url(sockets))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else None


@pytest.fixture(scope="module")
def installation():
    """An installation below a folder that only its owner may enter."""
    closed = Path(tempfile.mkdtemp(dir="/tmp", suffix=" 关闭"))
    folder = closed / "售后 服务"
    shutil.copytree(PROJECT, folder, ignore=LEFT_OUT)
    installation = Installation(folder)
    yield installation
    installation.stop()
    shutil.rmtree((folder / "var/servers").resolve(), ignore_errors=True)
    shutil.rmtree(closed)


@pytest.fixture
def running(installation):
    installation.start()
    return installation


def test_everything_runs_and_a_task_has_gone_through_beat_and_worker(running):
    eventually(lambda: running.health()["status"] == "ok")

    assert {name for name, check in running.health()["checks"].items() if check["ok"]} == {
        *("database", "broker", "heartbeat", "migrations", "disk")
    }


def test_a_second_start_in_the_same_folder_says_where_the_first_one_runs(running):
    output, _ = (second := running.run()).communicate()

    assert second.returncode == 1
    assert f"by the application at http://127.0.0.1:{running.port}/ (process" in output


def test_a_command_uses_the_servers_that_run_already(running):
    output, _ = (command := running.run("manage.py", "showmigrations", "--plan")).communicate()

    assert command.returncode == 0, output
    assert "[X]  aftersales.0001_initial" in output


def test_the_demo_is_renewed_while_everything_runs(running):
    output, _ = (command := running.run("manage.py", "renew_demo")).communicate()

    assert command.returncode == 0, output
    assert running.query("SELECT count(*) > 2000 FROM customers_customer") == [(True,)]
    assert running.health()["checks"]["migrations"]["ok"]


BEAT = "celery -A aftersales beat"


@pytest.mark.parametrize(
    "killed",
    [["postgres -D"], ["valkey-server", BEAT], ["celery -A aftersales worker", "gunicorn", BEAT]],
    ids=["postgres", "valkey", "worker-and-web"],
)
def test_what_is_killed_comes_back_and_the_work_goes_on(running, killed):
    """A beat that starts rings at once; one that lives rings within half a minute."""
    eventually(lambda: running.health()["status"] == "ok")
    running.query("UPDATE aftersales_heartbeat SET beat_at = now() - interval '1 hour'")

    running.kill(*killed)

    eventually(lambda: running.health()["status"] == "ok", seconds=60)


def test_ctrl_c_stops_everything_in_order(running):
    processes = running.processes()
    sockets = (running.folder / "var/sockets").resolve()

    running.stop(signal.SIGINT)

    assert running.process.returncode == 0
    assert running.lines[-1] == "Stopped. All data are kept.\n"
    assert not [pid for pid in processes if Path(f"/proc/{pid}").exists()]
    assert not sockets.exists()
    assert "database system is shut down" in (running.folder / "var/log/postgres.log").read_text()


def test_kill_of_the_supervisor_leaves_no_process_and_the_next_start_has_all_data(running):
    eventually(lambda: running.health()["status"] == "ok")
    running.query("CREATE TABLE IF NOT EXISTS kept AS SELECT 1")
    processes = running.processes()
    assert len(processes) > 10

    running.process.kill()
    running.close()

    eventually(lambda: not [pid for pid in processes if Path(f"/proc/{pid}").exists()])
    running.start()
    assert running.query("SELECT * FROM kept") == [(1,)]


class TestWhereItCannotListen:
    def test_a_port_in_use_is_named_with_what_to_do(self, installation):
        installation.stop()
        with closing(socket.create_server(("127.0.0.1", installation.port))):
            output, _ = (second := installation.run()).communicate()

        assert second.returncode == 1
        assert f"Port {installation.port} is in use" in output
        assert "make run PORT=8001" in output

    @pytest.mark.parametrize(
        "address", [{"PORT": "web"}, {"PORT": "99999"}, {"HOST": "203.0.113.1"}]
    )
    def test_an_impossible_address_is_named(self, installation, address):
        installation.stop()
        output, _ = (process := installation.run(**address)).communicate()

        assert process.returncode == 1
        assert "Cannot listen on HOST=" in output


def test_production_names_everything_that_is_missing(installation):
    installation.stop()
    output, _ = (process := installation.run(PRODUCTION="1")).communicate()

    assert process.returncode == 1
    assert "SECRET_KEY, DATABASE_URL, ALLOWED_HOSTS" in output
