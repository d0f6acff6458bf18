"""Open follow-ups go along when somebody corrects what they follow from."""

from __future__ import annotations

from collections.abc import Collection

from followups.rules import Days
from followups.sweeps.planning import WINDOWS
from followups.sweeps.running import Swept

TAKE_BACK = """
UPDATE followups_followup owed SET state = 'cancelled', closed_at = %(now)s, closed_on = %(today)s,
    ending = CASE
        WHEN visit.state = 'cancelled' THEN 'order_cancelled'
        WHEN visit.state <> ALL(%(states)s) THEN 'release_undone'
        ELSE 'corrected'
    END
FROM followups_followup first
LEFT JOIN workshop_repairorder visit ON visit.id = first.order_id
LEFT JOIN customers_consultation talk ON talk.id = first.consultation_id
WHERE owed.state = 'open' AND owed.kind = %(kind)s
    AND first.id = coalesce(owed.first_call_id, owed.id)
    AND (
        visit.state <> ALL(%(states)s) OR visit.kind = ANY(%(not_retail)s)
        OR coalesce(visit.customer_id, talk.customer_id) <> owed.customer_id
    )
"""
MOVE = f"""
{WINDOWS}
UPDATE followups_followup owed SET fact_on = window_of.fact_on, opens_on = window_of.opens_on,
    target_on = window_of.target_on, due_on = window_of.due_on
FROM followups_followup same
LEFT JOIN workshop_repairorder visit ON visit.id = same.order_id
LEFT JOIN customers_consultation talk ON talk.id = same.consultation_id
JOIN window_of ON window_of.fact_on
    = (coalesce(visit.<moment>, talk.ended_at) AT TIME ZONE %(zone)s)::date
WHERE same.kind = %(kind)s AND same.state = 'open' AND owed.id = same.id
    AND owed.fact_on <> window_of.fact_on
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
