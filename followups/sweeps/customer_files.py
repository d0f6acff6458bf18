"""Customer files: whoever came and has no complete file is owed one within two days."""

from __future__ import annotations

from typing import Any

from django.db import connection

from customers.models import Customer
from followups.models import Kind
from followups.sweeps.corrections import end, move
from followups.sweeps.owners import TRACKER, assign_left_alone
from followups.sweeps.planning import plan
from followups.sweeps.running import Counts, Swept, sweep
from workshop.states import OrderState

# Customers who came since their file was last complete, with the first time that they did.
CAME = """
CREATE TEMP TABLE came AS
SELECT DISTINCT ON (fact.customer_id) fact.customer_id, order_id, consultation_id, happened_at
FROM (
    SELECT customer_id, id AS order_id, NULL::bigint AS consultation_id,
        authorized_at AS happened_at
    FROM workshop_repairorder visit
    WHERE authorized_at >= %(since)s AND authorized_at <= %(now)s AND state <> 'cancelled'
        AND kind <> ALL(%(not_retail)s)
        AND NOT EXISTS (
            SELECT FROM followups_followup made
            WHERE made.order_id = visit.id AND made.kind = 'customer_file'
                AND made.ending <> ALL(%(taken_back)s)
        )
    UNION ALL
    SELECT customer_id, NULL, id, ended_at FROM customers_consultation visit
    WHERE ended_at >= %(since)s AND ended_at <= %(now)s
        AND NOT EXISTS (
            SELECT FROM followups_followup made
            WHERE made.consultation_id = visit.id AND made.kind = 'customer_file'
                AND made.ending <> ALL(%(taken_back)s)
        )
) fact
LEFT JOIN followups_filecheck checked ON checked.customer_id = fact.customer_id
WHERE (checked.settled_until IS NULL OR fact.happened_at > checked.settled_until)
    AND NOT EXISTS (
        SELECT FROM followups_followup owed
        WHERE owed.customer_id = fact.customer_id AND owed.kind = 'customer_file'
            AND owed.state = 'open'
    )
ORDER BY fact.customer_id, happened_at, order_id, consultation_id
"""
COMPLETE = """
CREATE TEMP TABLE complete AS
SELECT customer_id FROM (
    SELECT customer_id FROM came
    UNION
    SELECT customer_id FROM followups_followup WHERE kind = 'customer_file' AND state = 'open'
) looked_at
WHERE customer_id IN (<complete>)
"""
# The moment a file became complete: its last change, whenever the sweep sees it.
CLOSE = """
UPDATE followups_followup owed SET state = 'done', ending = 'complete',
    closed_at = made.at, closed_on = (made.at AT TIME ZONE %(zone)s)::date
FROM (
    SELECT complete.customer_id, least(%(now)s, greatest(
        (SELECT max(pgh_created_at) FROM customers_customerevent change
            WHERE change.pgh_obj_id = complete.customer_id),
        (SELECT max(change.pgh_created_at)
            FROM customers_phone part
            JOIN customers_phoneevent change ON change.pgh_obj_id = part.id
            WHERE part.customer_id = complete.customer_id),
        (SELECT max(change.pgh_created_at)
            FROM customers_vehiclerelation part
            JOIN customers_vehiclerelationevent change ON change.pgh_obj_id = part.id
            WHERE part.customer_id = complete.customer_id),
        (SELECT max(change.pgh_created_at)
            FROM customers_vehiclerelation part
            JOIN customers_vehicleevent change ON change.pgh_obj_id = part.vehicle_id
            WHERE part.customer_id = complete.customer_id)
    )) AS at
    FROM complete
) made
WHERE owed.customer_id = made.customer_id AND owed.id IN (
    SELECT file.id FROM followups_followup file JOIN complete USING (customer_id)
    WHERE file.kind = 'customer_file' AND file.state = 'open'
    FOR UPDATE OF file SKIP LOCKED
)
"""
SETTLE = """
INSERT INTO followups_filecheck (customer_id, settled_until)
SELECT customer_id, %(now)s FROM complete
ON CONFLICT (customer_id) DO UPDATE SET settled_until = excluded.settled_until
"""
FACTS = f"""
SELECT came.customer_id, order_id, consultation_id, NULL::bigint AS first_call_id,
    (came.happened_at AT TIME ZONE %(zone)s)::date AS fact_on, tracker.id AS owner_id
FROM came
JOIN customers_customer customer ON customer.id = came.customer_id
{TRACKER}
WHERE came.customer_id NOT IN (SELECT customer_id FROM complete)
"""


@sweep
def sweep_customer_files(swept: Swept) -> Counts:
    """Write the customer files that are owed, and end those that are complete by now.

    A file is owed once at a time, from the first visit of a customer whose file isn't complete.

    Source: FIL-01, FIL-04, FIL-05, R-04, R-45, R-47.
    """
    kind, promised = Kind.CUSTOMER_FILE, swept.policy.file_days
    ended = end(swept, kind, states=[OrderState.AUTHORIZED, OrderState.RELEASED])
    moved = move(swept, kind, moment="authorized_at", promised=promised)
    swept.execute(CAME)
    _find_complete()
    done = swept.execute(CLOSE)
    created = plan(swept, kind, FACTS, promised)
    swept.execute(SETTLE)
    swept.execute("DROP TABLE came, complete")
    return {
        "created": created,
        "moved": moved,
        "complete": done,
        "cancelled": ended.total(),
        "assigned": assign_left_alone(swept),
    }


def _find_complete() -> None:
    """Ask of all who are looked at whether their file is complete, as `customers` defines it."""
    files: Any = Customer.objects.with_completeness()
    complete = files.filter(is_complete=True).order_by().values("pk")
    statement, parameters = complete.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE came")
        cursor.execute(COMPLETE.replace("<complete>", statement), parameters)
        cursor.execute("ANALYZE complete")
