"""Things that happen at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection


def in_parallel(*actions):
    """Run the actions at once, each on a connection of its own; return what they return."""
    start = Barrier(len(actions))

    def run(action):
        connection.ensure_connection()
        start.wait()
        try:
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))
