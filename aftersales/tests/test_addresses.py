import os
import subprocess
import sys
from pathlib import Path

import pytest

from aftersales.local import addresses
from aftersales.local.accounts import server_account


def server_owned(tmp_path):
    folder = tmp_path / "servers"
    folder.mkdir()
    server_account().own(folder)
    return folder


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
