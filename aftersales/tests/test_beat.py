import time
from contextlib import closing
from threading import Barrier, Thread

import pytest
import redis
from django.conf import settings
from django.db import connection

from aftersales.beat import LockedScheduler
from aftersales.celery import app

pytestmark = pytest.mark.django_db(transaction=True)
QUEUE = app.conf.task_default_queue


@pytest.fixture
def queue():
    with closing(redis.Redis.from_url(settings.REDIS_URL)) as broker:
        broker.delete(QUEUE)
        yield broker
        broker.delete(QUEUE)


def tick_for(scheduler, *, seconds):
    """Tick like beat does, only without its long pauses."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        scheduler.tick()
        time.sleep(0.01)
    scheduler.close()


def test_of_two_beats_one_rings_each_schedule_once(queue):
    start = Barrier(2)
    schedulers = [LockedScheduler(app=app), LockedScheduler(app=app)]

    def run(scheduler):
        start.wait()
        tick_for(scheduler, seconds=0.5)
        start.wait()
        connection.close()

    threads = [Thread(target=run, args=[scheduler]) for scheduler in schedulers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert queue.llen(QUEUE) == len(app.conf.beat_schedule)


def test_when_the_one_that_rings_is_gone_the_other_takes_over(queue):
    first, second = LockedScheduler(app=app), LockedScheduler(app=app)
    died = Barrier(2)

    def ring_and_die():
        first.tick()
        died.wait()
        died.wait()
        connection.close()

    thread = Thread(target=ring_and_die)
    thread.start()
    died.wait()
    assert second.tick() == 2.0
    assert queue.llen(QUEUE) == 1

    died.wait()
    thread.join()
    # The server lets go of the lock a moment after the connection is closed.
    deadline = time.monotonic() + 10
    while queue.llen(QUEUE) < 2 and time.monotonic() < deadline:
        second.tick()
        time.sleep(0.05)

    assert queue.llen(QUEUE) == 2
    connection.close()


def test_without_a_database_nothing_rings_and_beat_lives_on(queue, monkeypatch):
    scheduler = LockedScheduler(app=app)
    connection.close()
    name = connection.settings_dict["NAME"]
    monkeypatch.setitem(connection.settings_dict, "NAME", "aftersales_that_is_not_there")
    assert scheduler.tick() == 2.0
    assert queue.llen(QUEUE) == 0

    monkeypatch.setitem(connection.settings_dict, "NAME", name)
    scheduler.tick()
    assert queue.llen(QUEUE) == 1
    connection.close()
