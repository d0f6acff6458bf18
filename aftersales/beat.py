"""Beat that may run twice: of any number, one rings."""

from datetime import UTC, datetime

from celery.beat import Scheduler
from celery.utils.log import get_logger
from django.db import DatabaseError, InterfaceError, connection

logger = get_logger(__name__)

LOCK = 0x6265617431
STANDBY_LOOKS_EVERY = 2.0
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class LockedScheduler(Scheduler):
    """Rings while its database session holds an advisory lock.

    PostgreSQL frees the lock when the session ends, however that happens, and a beat that
    stands by takes over. It then rings everything once: what fell due in between is found
    by the tasks themselves.
    """

    _rings = False

    def tick(self) -> float:
        """Ring what is due and return the seconds until the next look."""
        if not self._holds_lock():
            self._rings = False
            return STANDBY_LOOKS_EVERY
        if not self._rings:
            self._rings = True
            logger.info("This beat rings now.")
            for entry in self.schedule.values():
                entry.last_run_at = LONG_AGO
            self._heap = None
        return float(super().tick())

    def _holds_lock(self) -> bool:
        """Take the lock, or find that this session has it already."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
                [held] = cursor.fetchone()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("No database, no lock: %s", error)
            connection.close()
            return False
        return bool(held)
