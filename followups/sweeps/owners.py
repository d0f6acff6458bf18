"""Who owes what has no owner yet: the customer's tracker, else who has the fewest (FUP-01)."""

from __future__ import annotations

from aftersales.roles import ROLES
from followups.sweeps.running import Swept

RECEIVING = "followups.receive_followups"
# Who gets follow-ups by himself; supervisors only help.
TRACKING_ROLES = [key for key, role in ROLES.items() if RECEIVING in role.permissions]

# The tracker of a customer, as long as he still is one; for any statement that plans.
OWNER = """
LEFT JOIN aftersales_user tracker ON tracker.id = customer.tracker_id
    AND tracker.is_active AND tracker.roles && %(tracking)s::varchar[]
"""
# A customer has one agenda: who owes him something already owes him the rest.
KEEP_TOGETHER = """
UPDATE followups_followup alone SET owner_id = known.owner_id
FROM (
    SELECT other.customer_id, min(other.owner_id) AS owner_id
    FROM followups_followup other
    JOIN aftersales_user person ON person.id = other.owner_id AND person.is_active
    WHERE other.state = 'open' GROUP BY other.customer_id
) known
WHERE alone.state = 'open' AND alone.owner_id IS NULL AND alone.customer_id = known.customer_id
"""
# Water finds its level: each next customer goes to whoever has the fewest by then.
SPREAD = """
WITH load AS (
    SELECT person.id, count(mine.id) AS open
    FROM aftersales_user person
    LEFT JOIN followups_followup mine ON mine.owner_id = person.id AND mine.state = 'open'
    WHERE person.is_active AND person.roles && %(tracking)s::varchar[]
    GROUP BY person.id
), waiting AS (
    SELECT customer_id, row_number() OVER (ORDER BY min(due_on), customer_id) AS place
    FROM followups_followup WHERE state = 'open' AND owner_id IS NULL
    GROUP BY customer_id
), level AS (
    SELECT greatest(max(load.open), ceil((sum(load.open) + max(many.n)) / count(*))) AS most,
        max(many.n) AS n
    FROM load, (SELECT count(*) AS n FROM waiting) many
), turn AS (
    SELECT load.id, row_number() OVER (ORDER BY load.open + step, load.id) AS place
    FROM load, level,
        generate_series(1, least(level.n, level.most - load.open + 1)::bigint) AS step
)
UPDATE followups_followup owed SET owner_id = turn.id
FROM waiting JOIN turn USING (place)
WHERE owed.customer_id = waiting.customer_id AND owed.state = 'open' AND owed.owner_id IS NULL
"""
# Whose owner has left the house goes the same way as what never had one.
FREE_OF_THE_GONE = """
UPDATE followups_followup owed SET owner_id = NULL
FROM aftersales_user gone
WHERE gone.id = owed.owner_id AND NOT gone.is_active AND owed.state = 'open'
"""
HAS_NO_OWNER = """
SELECT FROM followups_followup WHERE state = 'open' AND owner_id IS NULL LIMIT 1
"""


def assign_owners(swept: Swept) -> int:
    """Give every open follow-up without an owner to somebody; with no tracker it stays free."""
    swept.execute(FREE_OF_THE_GONE)
    if not swept.execute(HAS_NO_OWNER):
        return 0
    return swept.execute(KEEP_TOGETHER) + swept.execute(SPREAD, tracking=TRACKING_ROLES)
