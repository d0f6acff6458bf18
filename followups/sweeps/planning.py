"""Writes follow-ups for facts that have none: one statement for each kind of fact."""

from __future__ import annotations

from followups.rules import Days
from followups.sweeps.owners import SPREAD, TRACKING_ROLES
from followups.sweeps.running import Swept

MANY = 10_000

# The windows of all days since go-live, as `followups.rules` computes them.
WINDOWS = """
WITH window_of AS MATERIALIZED (
    SELECT * FROM unnest(
        %(facts)s::date[], %(opens)s::date[], %(targets)s::date[], %(dues)s::date[]
    ) AS each (fact_on, opens_on, target_on, due_on)
)
"""
# Sorting lets everything missing be found before the first row is written: else the search
# would read through all that this very statement has written so far.
PLAN = f"""
{WINDOWS}, missing AS MATERIALIZED (
    <facts>
), {SPREAD}
INSERT INTO followups_followup (kind, customer_id, order_id, consultation_id, first_call_id,
    fact_on, opens_on, target_on, due_on, owner_id, attempts, days_tried, state, ending, version)
SELECT %(kind)s, missing.customer_id, order_id, consultation_id, first_call_id, window_of.fact_on,
    opens_on, target_on, due_on, coalesce(missing.owner_id, given.owner_id), 0, 0, 'open', '', 1
FROM missing
JOIN window_of ON window_of.fact_on = missing.fact_on
LEFT JOIN given ON missing.owner_id IS NULL AND given.customer_id = missing.customer_id
ORDER BY missing.fact_on, missing.customer_id
ON CONFLICT DO NOTHING
"""


def plan(swept: Swept, kind: str, facts: str, promised: Days) -> int:
    """Write a follow-up for each fact that owes one, and return how many were written.

    Args:
        facts: a SELECT of customer_id, order_id, consultation_id, first_call_id, fact_on and
            owner_id (the customer's tracker) that leaves out what has its follow-up.
    """
    written = swept.execute(
        PLAN.replace("<facts>", facts),
        kind=kind,
        tracking=TRACKING_ROLES,
        **swept.windows(promised),
    )
    if written > MANY:
        # The planner must not take the table for as small as it was a moment ago.
        swept.execute("ANALYZE followups_followup")
    return written
