"""A shift of twenty callers and an advisor while something is killed every few seconds."""

import json
import os
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from threading import Event, Thread

import redis

from aftersales.local.addresses import embedded_redis_url
from aftersales.tests.installation import Installation, eventually
from followups.tests.faults.actors import Advisor, Caller

SEED = """
import django, json
django.setup()
from followups.tests.faults.seed import seed
print(json.dumps(seed({customers})))
"""
SWEPT = """
SELECT count(*) FROM followups_sweeprun WHERE ran_at > '{since}' AND name IN (
    'sweep_customer_files', 'sweep_first_calls', 'sweep_second_calls', 'expire_claims'
)
"""
SWEEPS = 4
# Customers who ring all the time, so that many want the same one.
RINGING = 8


def _kill(word, which=slice(None)):
    """Return what kills, of the processes with `word` in their command, `which` by birth."""

    def kill(installation):
        for pid in eventually(lambda: installation.pids(word))[which]:
            with suppress(ProcessLookupError):  # it went with another one
                os.kill(pid, signal.SIGKILL)

    return kill


def _flush(installation):
    with redis.Redis.from_url(embedded_redis_url(installation.sockets)) as valkey:
        valkey.flushall()


KILLS = {
    "worker": _kill("celery -A aftersales worker"),
    "beat": _kill("celery -A aftersales beat"),
    "valkey": _kill("valkey-server"),
    "contents of valkey": _flush,
    "web worker": _kill("gunicorn", slice(-1, None)),
    "web": _kill("gunicorn"),
    "postgres": _kill("postgres"),
}


@dataclass
class Shift:
    """Twenty callers and an advisor at work in an installation.

    Args:
        number: of the shift; everything that is left to chance follows from it.
    """

    installation: Installation
    number: int
    customers: int

    def work(self, kills=(), *, pause):
        """Let everybody work for `pause` seconds, then kill, wait until it is back, and so on."""
        over = self._begin()
        threads = [Thread(target=actor.work) for actor in self.actors]
        for thread in threads:
            thread.start()
        try:
            for kill in kills:
                time.sleep(pause)
                KILLS[kill](self.installation)
                eventually(lambda: is_back(self.installation), seconds=60)
            time.sleep(pause)
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def _begin(self):
        settings = {"DJANGO_SETTINGS_MODULE": "aftersales.settings"}
        code = SEED.format(customers=self.customers)
        seeding = self.installation.run("-c", code, **settings)
        output, _ = seeding.communicate()
        assert seeding.returncode == 0, output
        seeded, over = json.loads(output.splitlines()[-1]), Event()
        port, ringing = self.installation.port, seeded["to_call"][:RINGING]
        self.callers = [
            Caller(port, name, token, Random(f"{self.number} {place}"), over, ringing=ringing)
            for place, (name, token) in enumerate(seeded["callers"].items())
        ]
        [(name, token)] = seeded["advisor"].items()
        self.advisor = Advisor(
            port, name, token, Random(self.number), over, in_shop=seeded["in_shop"]
        )
        return over

    @property
    def actors(self):
        return [*self.callers, self.advisor]

    @property
    def sent(self):
        return [sent for actor in self.actors for sent in actor.history]

    @property
    def answers(self):
        """Status → how often it was answered, repetitions included."""
        return sum((actor.answers for actor in self.actors), Counter())

    def records(self, *statuses):
        """Return the calls that were recorded with one of these answers; None: with none."""
        ends = ("/call/", "calls/")
        return [sent for sent in self.sent if sent.path.endswith(ends) and sent.status in statuses]

    def releases(self, status):
        """Return the orders that were released with this answer."""
        told = self.advisor.history
        return [sent for sent in told if "/release/" in sent.path and sent.status == status]


def is_back(installation):
    checks = installation.health().get("checks", {})
    return all(checks.get(needed, {}).get("ok") for needed in ("database", "broker"))


def sweep_by_themselves(installation):
    """Wait until beat and worker have swept for files and calls again; a new beat rings at once."""
    [(since,)] = installation.query("SELECT now()")
    KILLS["beat"](installation)
    eventually(lambda: installation.query(SWEPT.format(since=since)) == [(SWEEPS,)], seconds=90)
