"""Who owes what: the customer's tracker, else who owes him already, else who owes the fewest.

Source: FUP-01.
"""

from __future__ import annotations

from aftersales.roles import ROLES
from followups.sweeps.running import Swept

RECEIVING = "followups.receive_followups"
# Who gets follow-ups by himself; supervisors only help.
TRACKING_ROLES = [key for key, role in ROLES.items() if RECEIVING in role.permissions]

# Joins the customer's tracker, as long as he still is one.
TRACKER = """
LEFT JOIN aftersales_user tracker ON tracker.id = customer.tracker_id
    AND tracker.is_active AND tracker.roles && %(tracking)s::varchar[]
"""
# For the customers of `missing` without an owner: `known` has one owner for all that is owed to
# a customer; `turn` lets water find its level: each next one goes to whoever has the fewest.
SPREAD = """
free AS (
    SELECT DISTINCT customer_id FROM missing WHERE owner_id IS NULL
), known AS (
    SELECT owed.customer_id, min(owed.owner_id) AS owner_id
    FROM free
    JOIN followups_followup owed ON owed.customer_id = free.customer_id AND owed.state = 'open'
    JOIN aftersales_user person ON person.id = owed.owner_id
        AND person.is_active AND person.roles && %(tracking)s::varchar[]
    GROUP BY owed.customer_id
), load AS (
    SELECT person.id, count(owed.id) AS open
    FROM aftersales_user person
    LEFT JOIN followups_followup owed ON owed.owner_id = person.id AND owed.state = 'open'
    WHERE person.is_active AND person.roles && %(tracking)s::varchar[]
    GROUP BY person.id
), waiting AS (
    SELECT customer_id, row_number() OVER (ORDER BY customer_id) AS place
    FROM free WHERE customer_id NOT IN (SELECT customer_id FROM known)
), level AS (
    SELECT greatest(max(load.open), ceil((sum(load.open) + max(many.n)) / count(*))) AS most,
        max(many.n) AS n
    FROM load, (SELECT count(*) AS n FROM waiting) many
), turn AS (
    SELECT load.id, row_number() OVER (ORDER BY load.open + step, load.id) AS place
    FROM load, level,
        generate_series(1, least(level.n, level.most - load.open + 1)::bigint) AS step
), given AS (
    SELECT customer_id, owner_id FROM known
    UNION ALL
    SELECT waiting.customer_id, turn.id FROM waiting JOIN turn USING (place)
)
"""
NOT_TRACKING = (
    "SELECT id FROM aftersales_user WHERE NOT is_active OR NOT roles && %(tracking)s::varchar[]"
)
# What its owner, or who promised it, cannot do any more.
LEFT = f"""
SELECT FROM followups_followup
WHERE state = 'open' AND (
    owner_id IS NULL OR owner_id IN ({NOT_TRACKING})
    OR promised_by_id IN (SELECT id FROM aftersales_user WHERE NOT is_active)
)
"""
# What its owner cannot do any more, because he left the house or is no tracker.
LEFT_ALONE = f"""
WITH missing AS MATERIALIZED (
    SELECT owed.id, owed.customer_id, tracker.id AS owner_id
    FROM followups_followup owed
    JOIN customers_customer customer ON customer.id = owed.customer_id
    {TRACKER}
    WHERE owed.state = 'open'
        AND (owed.owner_id IS NULL OR owed.owner_id IN ({NOT_TRACKING}))
    FOR UPDATE OF owed SKIP LOCKED
), {SPREAD}
UPDATE followups_followup owed SET owner_id = coalesce(missing.owner_id, given.owner_id)
FROM missing LEFT JOIN given ON given.customer_id = missing.customer_id
WHERE owed.id = missing.id AND coalesce(missing.owner_id, given.owner_id) IS NOT NULL
"""
# What somebody promised who has left the house is its owner's again.
LEFT_PROMISES = """
UPDATE followups_followup SET promised_by_id = NULL
WHERE id IN (
    SELECT owed.id FROM followups_followup owed
    JOIN aftersales_user gone ON gone.id = owed.promised_by_id
    WHERE owed.state = 'open' AND NOT gone.is_active
    FOR UPDATE OF owed SKIP LOCKED
)
"""


def assign_left_alone(swept: Swept) -> int:
    """Give open follow-ups without an active owner to somebody; without trackers they wait."""
    if not swept.finds(LEFT, tracking=TRACKING_ROLES):
        return 0
    swept.execute(LEFT_PROMISES)
    return swept.execute(LEFT_ALONE, tracking=TRACKING_ROLES)
