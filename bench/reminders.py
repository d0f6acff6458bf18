"""Planning reminders of all cars, and looking again, against statements by hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench.measure import Result
from bench.sweeps import as_result, hire, trackers_of
from followups import sweeps
from followups.models import Policy, ReminderRule
from followups.sweeps.mileage import forecast_all
from followups.sweeps.owners import SPREAD, TRACKER, TRACKING_ROLES
from followups.sweeps.running import Swept

ROUNDS = 3
# Cars as files of dealers have them: each with its days and the mileage of the next maintenance.
DAYS = """
UPDATE customers_vehicle SET
    policy_ends_on = %(today)s::date - 100 + (id * 7 %% 365)::int,
    inspection_due_on = %(today)s::date - 50 + (id * 11 %% 700)::int,
    warranty_ends_on = %(today)s::date - 400 + (id * 13 %% 1000)::int,
    mileage = 20000, mileage_read_on = %(today)s::date - 60,
    next_maintenance_km = 20000 + (id * 31 %% 20000)::int
"""
# What one would write for the rules as they stand: no corrections, no evidence, no switches.
BY_HAND = f"""
WITH person AS (
    SELECT DISTINCT ON (vehicle_id) vehicle_id, customer_id FROM customers_vehiclerelation
    WHERE relation IN ('owner', 'bringer') AND during @> %(today)s::date
    ORDER BY vehicle_id, relation DESC, lower(during) DESC
), missing AS MATERIALIZED (
    SELECT each.*, person.customer_id, tracker.id AS owner_id, about_on - before AS opens_on
    FROM customers_vehicle vehicle
    LEFT JOIN forecast ON forecast.vehicle_id = vehicle.id
    CROSS JOIN LATERAL (VALUES
        ('maintenance', vehicle.id, least(next_maintenance_on, earliest_on), 0, 14, 14),
        ('insurance', vehicle.id, policy_ends_on, 0, 60, 7),
        ('insurance', vehicle.id, policy_ends_on, 1, 30, 7),
        ('insurance', vehicle.id, policy_ends_on, 2, 7, 7),
        ('inspection', vehicle.id, inspection_due_on, 0, 30, 14),
        ('warranty_end', vehicle.id, warranty_ends_on, 0, 30, 14)
    ) AS each (kind, vehicle_id, about_on, sequence, before, many)
    JOIN person ON person.vehicle_id = vehicle.id
    JOIN customers_customer customer ON customer.id = person.customer_id
    {TRACKER}
    WHERE about_on - before <= %(today)s::date + 42
        AND about_on - before + many >= %(today)s::date AND about_on - before >= %(go_live)s
        AND NOT EXISTS (
            SELECT FROM followups_followup made
            WHERE made.vehicle_id = vehicle.id AND made.kind = each.kind
                AND made.sequence = each.sequence AND made.about_on = each.about_on
        )
), {SPREAD}
INSERT INTO followups_followup (kind, customer_id, vehicle_id, about_on, sequence, fact_on,
    opens_on, target_on, due_on, owner_id, attempts, days_tried, state, ending, version)
SELECT kind, missing.customer_id, vehicle_id, about_on, sequence, opens_on, opens_on, opens_on,
    opens_on + many, coalesce(missing.owner_id, given.owner_id), 0, 0, 'open', '', 1
FROM missing LEFT JOIN given ON given.customer_id = missing.customer_id
ORDER BY opens_on ON CONFLICT DO NOTHING
"""


def results(size: int) -> Iterator[Result]:
    """Time the reminders of all cars, and a second look at them."""
    hire(trackers_of(size))
    Policy.objects.current()
    ReminderRule.objects.current()
    planned, again = [], []
    for _ in range(ROUNDS):
        pair = [_one(timezone.now(), work) for work in (_ours, _by_hand)]
        planned.append((pair[0][0], pair[1][0]))
        again.append((pair[0][1], pair[1][1]))
    yield as_result("sweep: reminders of all cars", planned)
    yield as_result("sweep: reminders again", again)


def _one(now: datetime, work: Callable[[datetime], None]) -> tuple[float, float]:
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(DAYS, {"today": now.date()})
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        cursor.execute("ANALYZE customers_vehicle")
        Policy.objects.update(go_live_on=now.date() - timedelta(365))
        planned = _seconds(work, now)
        cursor.execute("ANALYZE followups_followup")
        again = _seconds(work, now)
        transaction.set_rollback(True)
    return planned, again


def _ours(now: datetime) -> None:
    sweeps.sweep_reminders(now=now)


def _by_hand(now: datetime) -> None:
    swept = Swept(now)
    forecast_all(swept)
    parameters: dict[str, Any] = {"tracking": TRACKING_ROLES, "go_live": swept.policy.go_live_on}
    swept.execute(BY_HAND, **parameters)
    swept.execute("DROP TABLE forecast")


def _seconds(work: Callable[[datetime], None], now: datetime) -> float:
    start = time.perf_counter()
    work(now)
    return time.perf_counter() - start
