"""Open follow-ups go along when somebody corrects what they follow from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from followups.models import Kind
from followups.rules import Days
from followups.sweeps.planning import WINDOWS
from followups.sweeps.running import Swept

FIRST = "JOIN followups_followup first ON first.id = owed.first_call_id"
END = """
WITH fallen AS (
    SELECT owed.id, fate.ending
    FROM followups_followup owed
    <first>
    LEFT JOIN workshop_repairorder visit ON visit.id = <caused>.order_id
    LEFT JOIN customers_consultation talk ON talk.id = <caused>.consultation_id
    CROSS JOIN LATERAL (SELECT CASE
        WHEN visit.state = 'cancelled' THEN 'order_cancelled'
        WHEN visit.state <> ALL(%(states)s) THEN 'release_undone'
        WHEN visit.kind = ANY(%(not_retail)s)
            OR coalesce(visit.customer_id, talk.customer_id) <> owed.customer_id THEN 'corrected'
        <or else>
    END AS ending) fate
    WHERE owed.state = 'open' AND owed.kind = %(kind)s AND fate.ending IS NOT NULL
    FOR UPDATE OF owed SKIP LOCKED
), ended AS (
    UPDATE followups_followup owed SET ending = fallen.ending, closed_at = %(now)s,
        state = CASE fallen.ending WHEN 'unreachable' THEN 'done' ELSE 'cancelled' END,
        closed_on = CASE fallen.ending WHEN 'unreachable' THEN owed.due_on ELSE %(today)s END
    FROM fallen
    WHERE owed.id = fallen.id
    RETURNING owed.ending
)
SELECT ending, count(*) FROM ended GROUP BY ending
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


def end(swept: Swept, kind: str, *, states: Collection[str], or_else: str = "") -> Counter[str]:
    """End what an order owes no longer, and return how many ended how.

    A second call falls with the visit that the first one was about.

    Args:
        states: of an order that owes follow-ups of this kind.
        or_else: what else ends one, as branches of a CASE that gives the ending.
    """
    caused, first = ("first", FIRST) if kind == Kind.SECOND_CALL else ("owed", "")
    statement = END.replace("<first>", first).replace("<caused>", caused)
    statement = statement.replace("<or else>", or_else)
    return Counter(dict(swept.fetch(statement, kind=kind, states=list(states))))


def move(swept: Swept, kind: str, *, moment: str, promised: Days) -> int:
    """Move the windows of what happened on another day after all.

    Args:
        moment: the time of an order from which the days count.
    """
    statement = MOVE.replace("<moment>", moment)
    return swept.execute(statement, kind=kind, **swept.windows(promised))
