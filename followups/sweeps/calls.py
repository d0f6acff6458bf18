"""First and second calls: what a car that left, or a consultation, makes the house owe."""

from __future__ import annotations

from followups.models import Kind
from followups.sweeps.owners import TRACKER, assign_left_alone
from followups.sweeps.planning import WINDOWS, plan
from followups.sweeps.running import Counts, Swept, sweep

ORDERS = f"""
SELECT visit.customer_id, visit.id AS order_id, NULL::bigint AS consultation_id,
    NULL::bigint AS first_call_id, (visit.gate_out_at AT TIME ZONE %(zone)s)::date AS fact_on,
    tracker.id AS owner_id
FROM workshop_repairorder visit
JOIN customers_customer customer ON customer.id = visit.customer_id
{TRACKER}
WHERE visit.state = 'released' AND visit.kind <> ALL(%(not_retail)s)
    AND visit.gate_out_at >= %(since)s AND visit.gate_out_at <= %(now)s
    AND NOT EXISTS (
        SELECT FROM followups_followup made
        WHERE made.order_id = visit.id AND made.kind = 'first_call'
            AND made.ending <> 'release_undone'
    )
"""
CONSULTATIONS = f"""
SELECT visit.customer_id, NULL::bigint AS order_id, visit.id AS consultation_id,
    NULL::bigint AS first_call_id, (visit.ended_at AT TIME ZONE %(zone)s)::date AS fact_on,
    tracker.id AS owner_id
FROM customers_consultation visit
JOIN customers_customer customer ON customer.id = visit.customer_id
{TRACKER}
WHERE visit.ended_at >= %(since)s AND visit.ended_at <= %(now)s
    AND NOT EXISTS (
        SELECT FROM followups_followup made
        WHERE made.consultation_id = visit.id AND made.kind = 'first_call'
    )
"""
CLOSED_FIRST_CALLS = f"""
SELECT called.customer_id, NULL::bigint AS order_id, NULL::bigint AS consultation_id,
    called.id AS first_call_id, called.closed_on AS fact_on,
    coalesce(tracker.id, former.id) AS owner_id
FROM followups_followup called
JOIN customers_customer customer ON customer.id = called.customer_id
{TRACKER}
LEFT JOIN aftersales_user former ON former.id = called.owner_id AND former.is_active
WHERE called.kind = 'first_call' AND called.ending IN ('reached', 'unreachable')
    AND called.closed_at <= %(now)s
    AND NOT EXISTS (
        SELECT FROM followups_followup made WHERE made.first_call_id = called.id
    )
"""
# Both calls after a visit fall with the release they follow from.
RELEASE_UNDONE = """
UPDATE followups_followup owed SET state = 'cancelled', closed_at = %(now)s, closed_on = %(today)s,
    ending = CASE visit.state WHEN 'cancelled' THEN 'order_cancelled' ELSE 'release_undone' END
FROM workshop_repairorder visit, followups_followup first
WHERE owed.state = 'open' AND owed.kind IN ('first_call', 'second_call')
    AND first.id = coalesce(owed.first_call_id, owed.id)
    AND visit.id = first.order_id AND visit.state <> 'released'
"""
# Somebody corrected when the car left or the consultation ended.
FACT_CORRECTED = f"""
{WINDOWS}
UPDATE followups_followup owed SET fact_on = window_of.fact_on, opens_on = window_of.opens_on,
    target_on = window_of.target_on, due_on = window_of.due_on
FROM followups_followup same
LEFT JOIN workshop_repairorder visit ON visit.id = same.order_id
LEFT JOIN customers_consultation talk ON talk.id = same.consultation_id
JOIN window_of ON window_of.fact_on
    = (coalesce(visit.gate_out_at, talk.ended_at) AT TIME ZONE %(zone)s)::date
WHERE same.kind = 'first_call' AND same.state = 'open' AND owed.id = same.id
    AND owed.fact_on <> window_of.fact_on
"""
# The last day is over, and one has tried or could not: then the customer is unreachable.
UNREACHABLE = """
UPDATE followups_followup owed SET state = 'done', ending = 'unreachable', closed_on = owed.due_on,
    closed_at = %(now)s
WHERE owed.state = 'open' AND owed.kind IN ('first_call', 'second_call')
    AND owed.due_on < %(today)s AND owed.callback_at IS NULL
    AND (owed.attempts > 0 OR NOT EXISTS (
        SELECT FROM customers_phone number
        WHERE number.customer_id = owed.customer_id AND number.e164 <> '' AND NOT number.is_bad
    ))
"""
DO_NOT_CONTACT = """
UPDATE followups_followup owed SET state = 'cancelled', ending = 'do_not_contact',
    closed_at = %(now)s, closed_on = %(today)s
WHERE owed.state = 'open' AND owed.kind IN ('first_call', 'second_call') AND EXISTS (
    SELECT FROM customers_contactrefusal refusal
    WHERE refusal.customer_id = owed.customer_id AND refusal.lifted_on IS NULL
        AND refusal.purpose IN ('service', 'all') AND refusal.channel IN ('phone', 'all')
)
"""
# The same car came again and left: its next first call asks about both visits. Orders
# of one visit have the same day of check-in; they leave together and owe their calls both.
SUPERSEDED = """
UPDATE followups_followup owed SET state = 'cancelled', ending = 'superseded',
    closed_at = newer.left_at,
    closed_on = (newer.left_at AT TIME ZONE %(zone)s)::date
FROM (
    SELECT second.id, greatest(min(again.gate_out_at), min(first.closed_at)) AS left_at
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
) newer
WHERE owed.id = newer.id
"""


@sweep
def sweep_first_calls(swept: Swept) -> Counts:
    """Write the first calls that are missing, and end those that are owed no longer.

    Source: FUP-02, FUP-14, R-02, R-36, R-37, R-46, R-47.
    """
    promised = swept.policy.first_call_days
    undone = swept.execute(RELEASE_UNDONE)
    moved = swept.execute(FACT_CORRECTED, **swept.windows(promised))
    created = plan(swept, Kind.FIRST_CALL, ORDERS, promised)
    created += plan(swept, Kind.FIRST_CALL, CONSULTATIONS, promised)
    refused = swept.execute(DO_NOT_CONTACT)
    unreachable = swept.execute(UNREACHABLE)
    return {
        "created": created,
        "moved": moved,
        "cancelled": undone + refused,
        "unreachable": unreachable,
        "assigned": assign_left_alone(swept),
    }


@sweep
def sweep_second_calls(swept: Swept) -> Counts:
    """Write the second calls that are missing; what a new visit overtook is cancelled.

    Source: FUP-09, R-01, R-37, R-38.
    """
    unreachable = swept.execute(UNREACHABLE)
    created = plan(swept, Kind.SECOND_CALL, CLOSED_FIRST_CALLS, swept.policy.second_call_days)
    refused = swept.execute(DO_NOT_CONTACT)
    undone = swept.execute(RELEASE_UNDONE)
    superseded = swept.execute(SUPERSEDED)
    return {
        "created": created,
        "superseded": superseded,
        "cancelled": undone + refused,
        "unreachable": unreachable,
        "assigned": assign_left_alone(swept),
    }
