"""Matters: reported by themselves, and the answers that their solutions make the house owe."""

from __future__ import annotations

from followups.models import Kind
from followups.sweeps.calls import DO_NOT_CONTACT
from followups.sweeps.owners import TRACKER, assign_left_alone
from followups.sweeps.planning import plan_dated
from followups.sweeps.running import Counts, Swept, sweep

REPORT = """
UPDATE followups_matter SET state = 'reported', reported_on = %(today)s
WHERE id IN (
    SELECT id FROM followups_matter
    WHERE state IN ('open', 'under_study') AND report_by <= %(today)s
    FOR NO KEY UPDATE SKIP LOCKED
)
"""
# What is found is told that very day (FUP-08). A complaint that was answered elsewhere than on
# the telephone still needs the call that confirms it (CMP-07), before it has to be closed.
OWED = """
SELECT matter.id AS matter_id, matter.reopened AS sequence, matter.customer_id, matter.owner_id,
    told.fact_on, CASE WHEN matter.state = 'solved' THEN told.fact_on
        ELSE greatest(told.fact_on, complaint.close_by) END AS due_on
FROM followups_matter matter
LEFT JOIN followups_complaint complaint ON complaint.matter_id = matter.id
CROSS JOIN LATERAL (SELECT CASE WHEN matter.state = 'solved'
    THEN (matter.solved_at AT TIME ZONE %(zone)s)::date ELSE matter.answered_on END AS fact_on
) told
WHERE matter.state = 'solved'
    OR matter.state = 'answered' AND complaint.id IS NOT NULL
        AND matter.answered_on >= (%(since)s AT TIME ZONE %(zone)s)::date
"""
UNANSWERED = f"""
SELECT owed.customer_id, owed.matter_id, owed.sequence, owed.fact_on, owed.fact_on AS opens_on,
    owed.fact_on AS target_on, owed.due_on, coalesce(person.id, tracker.id) AS owner_id
FROM ({OWED}) owed
JOIN customers_customer customer ON customer.id = owed.customer_id
{TRACKER}
LEFT JOIN aftersales_user person ON person.id = owed.owner_id
    AND person.is_active AND person.roles && %(tracking)s::varchar[]
WHERE NOT EXISTS (
    SELECT FROM followups_followup made
    WHERE made.matter_id = owed.matter_id AND made.sequence = owed.sequence
        AND made.ending <> ALL(%(taken_back)s)
)
"""
# Told by letter, the answer was in time; what is left is to ask whether it satisfies.
MOVE = f"""
WITH moved AS (
    SELECT made.id, owed.fact_on, owed.due_on
    FROM ({OWED}) owed
    JOIN followups_followup made ON made.matter_id = owed.matter_id
        AND made.sequence = owed.sequence AND made.state = 'open'
        AND (made.fact_on, made.due_on) <> (owed.fact_on, owed.due_on)
    FOR UPDATE OF made SKIP LOCKED
)
UPDATE followups_followup made SET fact_on = moved.fact_on, opens_on = moved.fact_on,
    target_on = moved.fact_on, due_on = moved.due_on
FROM moved WHERE made.id = moved.id
"""
SETTLED = f"""
UPDATE followups_followup SET state = 'cancelled', ending = 'settled',
    closed_at = %(now)s, closed_on = %(today)s
WHERE id IN (
    SELECT made.id FROM followups_followup made
    WHERE made.state = 'open' AND made.kind = %(kind)s AND NOT EXISTS (
        SELECT FROM ({OWED}) owed
        WHERE owed.matter_id = made.matter_id AND owed.sequence = made.sequence
    )
    FOR UPDATE OF made SKIP LOCKED
)
"""


@sweep
def sweep_matters(swept: Swept) -> Counts:
    """Report to the supervisor what is unsolved on the last day for it.

    Source: FUP-07, R-08.
    """
    return {"reported": swept.execute(REPORT)}


@sweep
def sweep_answers(swept: Swept) -> Counts:
    """Write the answers that are owed to customers, and end those that are owed no longer.

    Source: FUP-08, CMP-07.
    """
    kind = Kind.ANSWER
    settled = swept.execute(SETTLED, kind=kind)
    moved = swept.execute(MOVE)
    created = plan_dated(swept, kind, UNANSWERED, ["matter_id", "sequence"])
    refused = swept.execute(DO_NOT_CONTACT, kind=kind)
    return {
        "created": created,
        "moved": moved,
        "settled": settled,
        "cancelled": refused,
        "assigned": assign_left_alone(swept),
    }
