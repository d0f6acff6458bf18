"""Open follow-ups go along when somebody corrects what they follow from."""

from __future__ import annotations

from collections.abc import Collection

from followups.rules import Days
from followups.sweeps.planning import WINDOWS
from followups.sweeps.running import Swept

TAKE_BACK = """
WITH fallen AS (
    SELECT owed.id, CASE
        WHEN visit.state = 'cancelled' THEN 'order_cancelled'
        WHEN visit.state <> ALL(%(states)s) THEN 'release_undone'
        ELSE 'corrected'
    END AS ending
    FROM followups_followup owed
    JOIN followups_followup first ON first.id = coalesce(owed.first_call_id, owed.id)
    LEFT JOIN workshop_repairorder visit ON visit.id = first.order_id
    LEFT JOIN customers_consultation talk ON talk.id = first.consultation_id
    WHERE owed.state = 'open' AND owed.kind = %(kind)s
        AND (
            visit.state <> ALL(%(states)s) OR visit.kind = ANY(%(not_retail)s)
            OR coalesce(visit.customer_id, talk.customer_id) <> owed.customer_id
        )
    FOR UPDATE OF owed SKIP LOCKED
)
UPDATE followups_followup owed SET state = 'cancelled', closed_at = %(now)s, closed_on = %(today)s,
    ending = fallen.ending
FROM fallen
WHERE owed.id = fallen.id
"""
MOVE = f"""
{WINDOWS}, moved AS (
    SELECT owed.id, window_of.*
    FROM followups_followup owed
    LEFT JOIN workshop_repairorder visit ON visit.id = owed.order_id
    LEFT JOIN customers_consultation talk ON talk.id = owed.consultation_id
    JOIN window_of ON window_of.fact_on
        = (coalesce(visit.<moment>, talk.ended_at) AT TIME ZONE %(zone)s)::date
    WHERE owed.kind = %(kind)s AND owed.state = 'open' AND owed.fact_on <> window_of.fact_on
    FOR UPDATE OF owed SKIP LOCKED
)
UPDATE followups_followup owed SET fact_on = moved.fact_on, opens_on = moved.opens_on,
    target_on = moved.target_on, due_on = moved.due_on
FROM moved
WHERE owed.id = moved.id
"""


def take_back(swept: Swept, kind: str, *, states: Collection[str]) -> int:
    """Cancel what an order owes no longer, and return how many that were.

    A second call falls with the visit that the first one was about.

    Args:
        states: of an order that owes follow-ups of this kind.
    """
    return swept.execute(TAKE_BACK, kind=kind, states=list(states))


def move(swept: Swept, kind: str, *, moment: str, promised: Days) -> int:
    """Move the windows of what happened on another day after all.

    Args:
        moment: the time of an order from which the days count.
    """
    statement = MOVE.replace("<moment>", moment)
    return swept.execute(statement, kind=kind, **swept.windows(promised))
