"""First and second calls: what a car that left, or a consultation, makes the house owe."""

from __future__ import annotations

from followups.models import Ending, Kind
from followups.sweeps.corrections import end, move
from followups.sweeps.owners import TRACKER, assign_left_alone
from followups.sweeps.planning import plan
from followups.sweeps.running import Counts, Swept, sweep
from workshop.states import OrderState

# Whose customers are looked up for what is missing only, which is little or nothing.
VISITS = f"""
WITH visit AS MATERIALIZED (
    SELECT customer_id, id AS order_id, NULL::bigint AS consultation_id,
        (gate_out_at AT TIME ZONE %(zone)s)::date AS fact_on
    FROM workshop_repairorder visit
    WHERE state = 'released' AND kind <> ALL(%(not_retail)s)
        AND gate_out_at >= %(since)s AND gate_out_at <= %(now)s
        AND NOT EXISTS (
            SELECT FROM followups_followup made
            WHERE made.order_id = visit.id AND made.kind = 'first_call'
                AND made.ending <> ALL(%(taken_back)s)
        )
    UNION ALL
    SELECT customer_id, NULL, id, (ended_at AT TIME ZONE %(zone)s)::date
    FROM customers_consultation visit
    WHERE ended_at >= %(since)s AND ended_at <= %(now)s
        AND NOT EXISTS (
            SELECT FROM followups_followup made
            WHERE made.consultation_id = visit.id AND made.kind = 'first_call'
                AND made.ending <> ALL(%(taken_back)s)
        )
)
SELECT visit.customer_id, order_id, consultation_id, NULL::bigint AS first_call_id, fact_on,
    tracker.id AS owner_id
FROM visit
JOIN customers_customer customer ON customer.id = visit.customer_id
{TRACKER}
"""
CLOSED_FIRST_CALLS = f"""
SELECT called.customer_id, NULL::bigint AS order_id, NULL::bigint AS consultation_id,
    called.id AS first_call_id, called.closed_on AS fact_on,
    coalesce(tracker.id, former.id) AS owner_id
FROM followups_followup called
JOIN customers_customer customer ON customer.id = called.customer_id
{TRACKER}
LEFT JOIN aftersales_user former ON former.id = called.owner_id
    AND former.is_active AND former.roles && %(tracking)s::varchar[]
LEFT JOIN workshop_repairorder visit ON visit.id = called.order_id
LEFT JOIN customers_consultation talk ON talk.id = called.consultation_id
WHERE called.kind = 'first_call' AND called.ending IN ('reached', 'unreachable')
    AND called.closed_at <= %(now)s
    AND coalesce(visit.customer_id, talk.customer_id) = called.customer_id
    AND (talk.id IS NOT NULL OR visit.state = 'released' AND visit.kind <> ALL(%(not_retail)s))
    AND NOT EXISTS (
        SELECT FROM followups_followup made
        WHERE made.first_call_id = called.id
            AND made.ending <> ALL(%(taken_back)s)
    )
"""
# One has tried or could not: with the last day the customer is unreachable.
HOPELESS = """
    owed.callback_at IS NULL AND (owed.attempts > 0 OR NOT EXISTS (
        SELECT FROM customers_phone number
        WHERE number.customer_id = owed.customer_id AND number.e164 <> '' AND NOT number.is_bad
    ))
"""
UNREACHABLE = f"""
UPDATE followups_followup SET state = 'done', ending = 'unreachable', closed_on = due_on,
    closed_at = %(now)s
WHERE id IN (
    SELECT owed.id FROM followups_followup owed
    WHERE owed.state = 'open' AND owed.kind = %(kind)s AND owed.due_on < %(today)s AND {HOPELESS}
    FOR UPDATE OF owed SKIP LOCKED
)
"""
REFUSED = """
    EXISTS (
        SELECT FROM customers_contactrefusal refusal
        WHERE refusal.customer_id = owed.customer_id AND refusal.lifted_on IS NULL
            AND refusal.purpose IN ('service', 'all') AND refusal.channel IN ('phone', 'all')
    )
"""
DO_NOT_CONTACT = f"""
UPDATE followups_followup SET state = 'cancelled', ending = 'do_not_contact',
    closed_at = %(now)s, closed_on = %(today)s
WHERE id IN (
    SELECT owed.id FROM followups_followup owed
    WHERE owed.state = 'open' AND owed.kind = %(kind)s AND {REFUSED}
    FOR UPDATE OF owed SKIP LOCKED
)
"""
IN_VAIN = f"""
    WHEN {REFUSED} THEN 'do_not_contact'
    WHEN owed.due_on < %(today)s AND {HOPELESS} THEN 'unreachable'
"""
# The same car came again and left: its next first call asks about both visits. Orders
# of one visit have the same day of check-in; they leave together and owe their calls both.
# Who was unreachable before the car came again stays so, however late the sweep finds it.
SUPERSEDED = f"""
WITH newer AS (
    SELECT second.id, greatest(min(again.gate_out_at), min(first.closed_at)) AS left_at,
        greatest(min((again.gate_out_at AT TIME ZONE %(zone)s)::date), min(first.closed_on))
            AS left_on
    FROM followups_followup second
    JOIN followups_followup first ON first.id = second.first_call_id
    JOIN workshop_repairorder visit ON visit.id = first.order_id
    JOIN workshop_repairorder again ON again.vehicle_id = visit.vehicle_id
        AND again.state = 'released' AND again.kind <> ALL(%(not_retail)s)
        AND again.gate_out_at > visit.gate_out_at AND again.gate_out_at <= %(now)s
        AND (again.checked_in_at AT TIME ZONE %(zone)s)::date
            > (visit.checked_in_at AT TIME ZONE %(zone)s)::date
    WHERE second.kind = 'second_call' AND second.state = 'open'
    GROUP BY second.id
), overtaken AS (
    SELECT owed.id, newer.left_at, newer.left_on
    FROM followups_followup owed JOIN newer ON newer.id = owed.id
    WHERE owed.state = 'open' AND (newer.left_on <= owed.due_on OR NOT ({HOPELESS}))
    FOR UPDATE OF owed SKIP LOCKED
)
UPDATE followups_followup owed SET state = 'cancelled', ending = 'superseded',
    closed_at = overtaken.left_at, closed_on = overtaken.left_on
FROM overtaken
WHERE owed.id = overtaken.id
"""


@sweep
def sweep_first_calls(swept: Swept) -> Counts:
    """Write the first calls that are missing, and end those that are owed no longer.

    Source: FUP-02, FUP-14, R-02, R-36, R-37, R-46, R-47.
    """
    kind, promised = Kind.FIRST_CALL, swept.policy.first_call_days
    moved = move(swept, kind, moment="gate_out_at", promised=promised)
    ended = end(swept, kind, states=[OrderState.RELEASED], or_else=IN_VAIN)
    created = plan(swept, kind, VISITS, promised)
    if created:
        ended += end(swept, kind, states=[OrderState.RELEASED], or_else=IN_VAIN)
    return {
        "created": created,
        "moved": moved,
        "cancelled": ended.total() - ended[Ending.UNREACHABLE],
        "unreachable": ended[Ending.UNREACHABLE],
        "assigned": assign_left_alone(swept),
    }


@sweep
def sweep_second_calls(swept: Swept) -> Counts:
    """Write the second calls that are missing; what a new visit overtook is cancelled.

    Source: FUP-09, R-01, R-37, R-38.
    """
    kind, promised = Kind.SECOND_CALL, swept.policy.second_call_days
    undone = end(swept, kind, states=[OrderState.RELEASED]).total()
    created = plan(swept, kind, CLOSED_FIRST_CALLS, promised)
    refused = swept.execute(DO_NOT_CONTACT, kind=kind)
    superseded = swept.execute(SUPERSEDED)
    unreachable = swept.execute(UNREACHABLE, kind=kind)
    return {
        "created": created,
        "superseded": superseded,
        "cancelled": undone + refused,
        "unreachable": unreachable,
        "assigned": assign_left_alone(swept),
    }
