"""How often something may be tried, counted in the database for all processes together."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F

from aftersales.models import RateLimit


def take(key: str, *, limit: int, per: timedelta, now: datetime) -> bool:
    """Use up one of the `limit` tries that `key` has in a period; False if none is left.

    A period begins with its first try. One statement looks and counts, so that tries made
    at the same moment never get more than `limit` together.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO aftersales_ratelimit AS counter (key, used, resets_at)
            VALUES (%(key)s, 1, %(resets_at)s)
            ON CONFLICT (key) DO UPDATE SET
                used = CASE WHEN counter.resets_at <= %(now)s THEN 1 ELSE counter.used + 1 END,
                resets_at = CASE
                    WHEN counter.resets_at <= %(now)s THEN excluded.resets_at
                    ELSE counter.resets_at
                END
            WHERE counter.used < %(limit)s OR counter.resets_at <= %(now)s
            RETURNING used
            """,
            {"key": key, "limit": limit, "now": now, "resets_at": now + per},
        )
        return cursor.fetchone() is not None


def give_back(key: str) -> None:
    """Undo one `take`."""
    RateLimit.objects.filter(key=key, used__gt=0).update(used=F("used") - 1)


def reset(key: str) -> None:
    """Give `key` all its tries back."""
    RateLimit.objects.filter(key=key).delete()


def forget_ended(*, now: datetime) -> None:
    """Delete the counters of periods that are over."""
    RateLimit.objects.filter(resets_at__lte=now).delete()
