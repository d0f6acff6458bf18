"""A copy of the project that tests start, kill and stop like an installation."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg2
import pytest

from aftersales.local import addresses
from aftersales.local.addresses import PROJECT

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

    def pids(self, word):
        """Return the processes with `word` in their command, in order of birth."""
        return [pid for pid, command in self.processes().items() if word in command]

    def kill(self, *words):
        """Kill -9 the first process of each word."""
        for word in words:
            os.kill(self.pids(word)[0], signal.SIGKILL)

    @property
    def sockets(self):
        return (self.folder / "var/sockets").resolve()

    def query(self, sql):
        with closing(psycopg2.connect(addresses.embedded_database_url(self.sockets))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else None


@contextmanager
def installed() -> Iterator[Installation]:
    """Give an installation below a folder that only its owner may enter."""
    closed = Path(tempfile.mkdtemp(dir="/tmp", suffix=" 关闭"))
    folder = closed / "售后 服务"
    shutil.copytree(PROJECT, folder, ignore=LEFT_OUT)
    installation = Installation(folder)
    try:
        yield installation
    finally:
        installation.stop()
        shutil.rmtree((folder / "var/servers").resolve(), ignore_errors=True)
        shutil.rmtree(closed)
