"""Planning first calls: a day, a backlog, and both again, against statements by hand."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from aftersales import days
from aftersales.models import User
from aftersales.roles import TRACKING_SALESMAN
from bench.measure import Result
from followups import sweeps
from followups.models import Policy
from followups.sweeps.owners import SPREAD, TRACKER, TRACKING_ROLES
from followups.sweeps.planning import MANY
from workshop.models import RepairOrder

ROUNDS = 3
BACKLOG = 200_000
CUSTOMERS_A_TRACKER = 2_000

# What one would write for the regulation's numbers as they stand, without holidays: the same
# rows for the same people, the same corrections, the same note.
BEGIN_BY_HAND = "SELECT pg_advisory_xact_lock(1)"
END_BY_HAND = """
WITH fallen AS (
    SELECT owed.id, fate.ending
    FROM followups_followup owed
    LEFT JOIN workshop_repairorder visit ON visit.id = owed.order_id
    LEFT JOIN customers_consultation talk ON talk.id = owed.consultation_id
    CROSS JOIN LATERAL (SELECT CASE
        WHEN visit.state = 'cancelled' THEN 'order_cancelled'
        WHEN visit.state <> 'released' THEN 'release_undone'
        WHEN visit.kind IN ('pdi', 'internal')
            OR coalesce(visit.customer_id, talk.customer_id) <> owed.customer_id THEN 'corrected'
        WHEN EXISTS (
            SELECT FROM customers_contactrefusal refusal
            WHERE refusal.customer_id = owed.customer_id AND refusal.lifted_on IS NULL
                AND refusal.purpose IN ('service', 'all') AND refusal.channel IN ('phone', 'all')
        ) THEN 'do_not_contact'
        WHEN owed.due_on < %(today)s AND owed.callback_at IS NULL
            AND (owed.attempts > 0 OR NOT EXISTS (
                SELECT FROM customers_phone number
                WHERE number.customer_id = owed.customer_id AND number.e164 <> ''
                    AND NOT number.is_bad
            )) THEN 'unreachable'
    END AS ending) fate
    WHERE owed.state = 'open' AND owed.kind = 'first_call' AND fate.ending IS NOT NULL
    FOR UPDATE OF owed SKIP LOCKED
)
UPDATE followups_followup owed SET ending = fallen.ending, closed_at = %(now)s,
    state = CASE fallen.ending WHEN 'unreachable' THEN 'done' ELSE 'cancelled' END,
    closed_on = CASE fallen.ending WHEN 'unreachable' THEN owed.due_on ELSE %(today)s END
FROM fallen WHERE owed.id = fallen.id
"""
MOVE_BY_HAND = """
WITH moved AS (
    SELECT owed.id, at.day
    FROM followups_followup owed
    LEFT JOIN workshop_repairorder visit ON visit.id = owed.order_id
    LEFT JOIN customers_consultation talk ON talk.id = owed.consultation_id
    CROSS JOIN LATERAL (
        SELECT (coalesce(visit.gate_out_at, talk.ended_at) AT TIME ZONE %(zone)s)::date AS day
    ) at
    WHERE owed.state = 'open' AND owed.kind = 'first_call' AND owed.fact_on <> at.day
    FOR UPDATE OF owed SKIP LOCKED
)
UPDATE followups_followup owed SET fact_on = day, opens_on = day + 3, target_on = day + 3,
    due_on = day + 7
FROM moved WHERE owed.id = moved.id
"""
VISITS_BY_HAND = """
    SELECT customer_id, id AS order_id, NULL::bigint AS consultation_id,
        (gate_out_at AT TIME ZONE %(zone)s)::date AS d
    FROM workshop_repairorder visit
    WHERE state = 'released' AND kind NOT IN ('pdi', 'internal')
        AND gate_out_at >= %(since)s AND gate_out_at <= %(now)s
        AND NOT EXISTS (
            SELECT FROM followups_followup made
            WHERE made.order_id = visit.id AND made.kind = 'first_call'
                AND made.ending NOT IN ('release_undone', 'corrected', 'changed', 'switched_off')
        )
    UNION ALL
    SELECT customer_id, NULL, id, (ended_at AT TIME ZONE %(zone)s)::date
    FROM customers_consultation visit
    WHERE ended_at >= %(since)s AND ended_at <= %(now)s
        AND NOT EXISTS (
            SELECT FROM followups_followup made
            WHERE made.consultation_id = visit.id AND made.kind = 'first_call'
                AND made.ending NOT IN ('release_undone', 'corrected', 'changed', 'switched_off')
        )
"""
# No shorter statement is known that gives each next customer to whoever owes the fewest.
PLAN_BY_HAND = f"""
WITH visit AS MATERIALIZED ({VISITS_BY_HAND}), missing AS MATERIALIZED (
    SELECT visit.*, tracker.id AS owner_id
    FROM visit
    JOIN customers_customer customer ON customer.id = visit.customer_id
    {TRACKER}
), {SPREAD}
INSERT INTO followups_followup (kind, customer_id, order_id, consultation_id, fact_on, opens_on,
    target_on, due_on, owner_id, attempts, days_tried, state, ending, version)
SELECT 'first_call', missing.customer_id, order_id, consultation_id, d, d + 3, d + 3, d + 7,
    coalesce(missing.owner_id, given.owner_id), 0, 0, 'open', '', 1
FROM missing
LEFT JOIN given ON missing.owner_id IS NULL AND given.customer_id = missing.customer_id
ORDER BY d, missing.customer_id ON CONFLICT DO NOTHING
"""
LEFT_BY_HAND = """
SELECT EXISTS (
    SELECT FROM followups_followup
    WHERE state = 'open' AND (
        owner_id IS NULL
        OR owner_id IN (
            SELECT id FROM aftersales_user
            WHERE NOT is_active OR NOT roles && %(tracking)s::varchar[]
        )
        OR promised_by_id IN (SELECT id FROM aftersales_user WHERE NOT is_active)
    )
)
"""
NOTE_BY_HAND = """
INSERT INTO followups_sweeprun (name, ran_at, counts) VALUES ('by_hand', %(now)s, '{}')
ON CONFLICT (name) DO UPDATE SET ran_at = excluded.ran_at, counts = excluded.counts
"""


def trackers_of(size: int) -> int:
    """Return how many trackers look after so many customers."""
    return max(2, size // CUSTOMERS_A_TRACKER)


def results(size: int) -> Iterator[Result]:
    """Time one day's first calls and a backlog of up to `BACKLOG`, then each once more."""
    hire(trackers_of(size))
    Policy.objects.current()
    last = RepairOrder.objects.aggregate(at=Max("gate_out_at"))["at"]
    for name, first in (("a day", days.local_date(last)), ("a backlog", _backlog_begins(last))):
        planned, again = _time(first, now=last + timedelta(hours=12))
        yield as_result(f"sweep: first calls of {name}", planned)
        yield as_result(f"sweep: {name} again", again)


def hire(many: int) -> None:
    """See that there are so many trackers."""
    names = [f"bench-tracker-{number}" for number in range(many)]
    User.objects.bulk_create(
        (User(username=name, name="T") for name in names), ignore_conflicts=True
    )
    User.objects.filter(username__in=names).update(roles=[TRACKING_SALESMAN])


def _backlog_begins(last: datetime) -> date:
    facts = RepairOrder.objects.filter(gate_out_at__lte=last).order_by("-gate_out_at")
    oldest: Any = facts.values_list("gate_out_at", flat=True)
    return days.local_date([*oldest[: BACKLOG + 1]][-1])


def _time(first: date, *, now: datetime) -> tuple[list[tuple[float, float]], ...]:
    """Return pairs of seconds, ours and by hand, for planning and for planning again."""
    planned, again = [], []
    for _ in range(ROUNDS):
        pair = [_one(first, now=now, work=work) for work in (_ours, _by_hand)]
        planned.append((pair[0][0], pair[1][0]))
        again.append((pair[0][1], pair[1][1]))
    return planned, again


def _one(
    first: date, *, now: datetime, work: Callable[[datetime, date], None]
) -> tuple[float, float]:
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL statement_timeout = '2min'")
        Policy.objects.update(go_live_on=first)
        planned = _seconds(work, now, first)
        cursor.execute("ANALYZE followups_followup")
        again = min(_seconds(work, now, first) for _ in range(ROUNDS))
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (FULL, ANALYZE) followups_followup")
        cursor.execute("VACUUM (FULL, ANALYZE) followups_followupevent")
    return planned, again


def _ours(now: datetime, first: date) -> None:
    sweeps.sweep_first_calls(now=now)


def _by_hand(now: datetime, first: date) -> None:
    parameters: dict[str, Any] = {
        "now": now,
        "today": days.local_date(now),
        "since": days.start_of_day(first),
        "zone": str(days.shop_zone()),
        "tracking": TRACKING_ROLES,
    }
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(BEGIN_BY_HAND)
        for statement in (END_BY_HAND, MOVE_BY_HAND):
            cursor.execute(statement, parameters)
        cursor.execute(f"SELECT EXISTS ({VISITS_BY_HAND})", parameters)
        if cursor.fetchall()[0][0]:
            # The planner takes those without a tracker for few, and would join them row by row.
            cursor.execute("SET LOCAL enable_nestloop = off")
            cursor.execute(PLAN_BY_HAND, parameters)
            is_large = cursor.rowcount > MANY
            cursor.execute("SET LOCAL enable_nestloop = on")
            if is_large:
                cursor.execute("ANALYZE followups_followup")
            cursor.execute(END_BY_HAND, parameters)
        for statement in (LEFT_BY_HAND, NOTE_BY_HAND):
            cursor.execute(statement, parameters)


def _seconds(work: Callable[[datetime, date], None], now: datetime, first: date) -> float:
    start = time.perf_counter()
    work(now, first)
    return time.perf_counter() - start


def as_result(name: str, pairs: list[tuple[float, float]]) -> Result:
    ours, floor = (
        sorted(1000 * seconds for seconds in column) for column in zip(*pairs, strict=True)
    )
    ratio = statistics.median(mine / other for mine, other in pairs)
    return Result(name, statistics.median(ours), ours[-1], statistics.median(floor), ratio)
