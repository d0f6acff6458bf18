"""What all sweeps share: one at a time, in one transaction, with a note of what they did."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, TypeAlias

from django.db import connection, transaction

from aftersales import days
from followups import rules
from followups.models import TAKEN_BACK, Policy
from workshop.models import OrderKind

Counts: TypeAlias = dict[str, int]
Sweep: TypeAlias = Callable[..., Counts]

# An order of these kinds is no service to a customer.
NOT_RETAIL = [OrderKind.PDI, OrderKind.INTERNAL]
LOCK = 0x66757073


BEGIN = """
SET LOCAL statement_timeout = '4min';
SET LOCAL lock_timeout = '4min';
SELECT pg_advisory_xact_lock(%s)
"""
NOTE = """
INSERT INTO followups_sweeprun (name, ran_at, counts) VALUES (%s, %s, %s)
ON CONFLICT (name) DO UPDATE SET ran_at = excluded.ran_at, counts = excluded.counts
"""


def wait_for_sweeps() -> None:
    """Let no sweep run from now to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def sweep(work: Callable[[Swept], Counts]) -> Sweep:
    """Let a function work as a sweep: `sweep_first_calls(now=…)` returns what it did, by name."""

    @wraps(work)
    def run(*, now: datetime) -> Counts:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(BEGIN, [LOCK])
            counts = work(Swept(now))
            cursor.execute(NOTE, [work.__name__, now, json.dumps(counts)])
        return counts

    return run


class Swept:
    """The moment a sweep looks at, with the policy and what its statements need."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.today = days.local_date(now)
        self.policy = Policy.objects.current()
        self.parameters: dict[str, Any] = {
            "now": now,
            "today": self.today,
            "zone": str(days.shop_zone()),
            "since": days.start_of_day(self.policy.go_live_on),
            "not_retail": NOT_RETAIL,
            "taken_back": list(TAKEN_BACK),
        }

    def windows(self, promised: rules.Days) -> dict[str, list[date]]:
        """Return the windows of all days since go-live, column by column."""
        first, holidays = self.policy.go_live_on, self.policy.holidays()
        facts = [first + timedelta(day) for day in range((self.today - first).days + 1)]
        windows = [rules.window(fact, promised, holidays=holidays) for fact in facts]
        return {
            "facts": facts,
            "opens": [window.opens_on for window in windows],
            "targets": [window.target_on for window in windows],
            "dues": [window.due_on for window in windows],
        }

    def finds(self, facts: str, **parameters: Any) -> bool:
        """Say whether a SELECT finds anything, which is planned sooner than what then writes."""
        [[found]] = self.fetch(f"SELECT EXISTS ({facts})", **parameters)
        return bool(found)

    def fetch(self, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """Run a statement and return what it answers."""
        with connection.cursor() as cursor:
            cursor.execute(statement, self.parameters | parameters)
            return list(cursor.fetchall())

    def execute(self, statement: str, **parameters: Any) -> int:
        """Run a statement and return how many rows it wrote."""
        with connection.cursor() as cursor:
            cursor.execute(statement, self.parameters | parameters)
            written: int = cursor.rowcount
        return written
