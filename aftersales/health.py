"""Is everything there that the application needs, and does it work in the background?"""

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from aftersales.celery import app as celery
from aftersales.models import Heartbeat, User

HEARTBEAT = "worker"
SILENT_AFTER = timedelta(minutes=2)
LEAST_FREE_SHARE = 0.05
LEAST_FREE_BYTES = 500_000_000
BROKER_ANSWERS_WITHIN = 2.0


@dataclass(frozen=True)
class Check:
    """One thing the application needs. `figures` are numbers without personal data."""

    name: str
    ok: bool
    figures: dict[str, float] = field(default_factory=dict)


def record_heartbeat(*, now: datetime) -> None:
    """Note that a scheduled task was run by a worker."""
    Heartbeat.objects.update_or_create(name=HEARTBEAT, defaults={"beat_at": now})


def examine(*, now: datetime) -> list[Check]:
    """Return every check; those that a missing database prevents are not ok."""
    return [*_database_checks(now), _broker(), _disk()]


def banner(user: User | AnonymousUser, now: datetime) -> str | None:
    """Return the warning of every page that `user` reads while beat or worker is silent."""
    if not user.has_perm("aftersales.view_health") or _heartbeat(now).ok:
        return None
    return _(
        "Nothing has been done in the background for more than two minutes: no follow-up is "
        "planned, and imports stand still. The page “System health” says what to do."
    )


def _database_checks(now: datetime) -> list[Check]:
    try:
        return [Check("database", ok=True), _heartbeat(now), _migrations()]
    except (DatabaseError, InterfaceError):
        return [Check(name, ok=False) for name in ("database", "heartbeat", "migrations")]


def _heartbeat(now: datetime) -> Check:
    beat_at = Heartbeat.objects.filter(name=HEARTBEAT).values_list("beat_at", flat=True).first()
    if beat_at is None:
        return Check("heartbeat", ok=False)
    age = now - beat_at
    return Check("heartbeat", age <= SILENT_AFTER, {"age_seconds": round(age.total_seconds(), 1)})


def _migrations() -> Check:
    executor = MigrationExecutor(connection)
    pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return Check("migrations", pending == 0, {"pending": pending})


def _broker() -> Check:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=BROKER_ANSWERS_WITHIN,
            socket_connect_timeout=BROKER_ANSWERS_WITHIN,
        ) as broker:
            waiting = broker.llen(celery.conf.task_default_queue)
    except redis.RedisError:
        return Check("broker", ok=False)
    return Check("broker", True, {"waiting": waiting})


def _disk() -> Check:
    usage = shutil.disk_usage(settings.BASE_DIR)
    return Check(
        "disk",
        usage.free >= max(LEAST_FREE_BYTES, LEAST_FREE_SHARE * usage.total),
        {
            "free_megabytes": usage.free // 1_000_000,
            "free_percent": round(100 * usage.free / usage.total, 1),
        },
    )
