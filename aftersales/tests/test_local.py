"""The whole application as `make run` starts it, in a folder that makes it hard."""

import signal
import socket
from contextlib import closing
from pathlib import Path

import pytest

from aftersales.tests.installation import eventually, installed

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def installation():
    with installed() as installation:
        yield installation


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
    sockets = running.sockets

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
