"""Writes follow-ups for facts that have none: one statement for each kind of fact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
# What says its own window: it counts from a day to come, or all of it is one day.
PLAN_DATED = f"""
WITH missing AS MATERIALIZED (
    <facts>
), {SPREAD}
INSERT INTO followups_followup (kind, customer_id, <causes>, fact_on, opens_on, target_on, due_on,
    owner_id, attempts, days_tried, state, ending, version)
SELECT %(kind)s, missing.customer_id, <causes>, fact_on, opens_on, target_on, due_on,
    coalesce(missing.owner_id, given.owner_id), 0, 0, 'open', '', 1
FROM missing
LEFT JOIN given ON missing.owner_id IS NULL AND given.customer_id = missing.customer_id
ORDER BY due_on, missing.customer_id
ON CONFLICT DO NOTHING
"""


def plan(swept: Swept, kind: str, facts: str, promised: Days) -> int:
    """Write a follow-up for each fact that owes one, and return how many were written.

    Args:
        facts: a SELECT of customer_id, order_id, consultation_id, first_call_id, fact_on and
            owner_id (the customer's tracker) that leaves out what has its follow-up.
    """
    if not swept.finds(facts, kind=kind, tracking=TRACKING_ROLES):
        return 0
    statement = PLAN.replace("<facts>", facts)
    return _written(swept, statement, kind=kind, **swept.windows(promised))


def plan_dated(swept: Swept, kind: str, facts: str, causes: Sequence[str]) -> int:
    """Write a follow-up for each fact whose window doesn't follow from its day alone.

    Args:
        facts: like those of `plan`, with opens_on, target_on, due_on and the `causes`.
        causes: the columns that say what it follows from: `invitation_id`, `sequence`.
    """
    statement = PLAN_DATED.replace("<facts>", facts).replace("<causes>", ", ".join(causes))
    return _written(swept, statement, kind=kind)


def _written(swept: Swept, statement: str, **parameters: Any) -> int:
    written = swept.execute(statement, tracking=TRACKING_ROLES, **parameters)
    if written > MANY:
        # The planner must not take the table for as small as it was a moment ago.
        swept.execute("ANALYZE followups_followup")
    return written
