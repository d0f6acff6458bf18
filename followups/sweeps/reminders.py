"""Reminders: written weeks ahead, moved with their day, ended when they have become pointless."""

from __future__ import annotations

from followups.models import ENDED_AS, REMINDERS, Ending, Kind, ReminderRule
from followups.sweeps.owners import TRACKER, assign_left_alone
from followups.sweeps.planning import plan_dated
from followups.sweeps.reminder_facts import (
    ASKED,
    BIRTHDAY_IN,
    HORIZON,
    MAINTENANCE_ON,
    SAME_OCCASION,
    forget,
    gather,
)
from followups.sweeps.running import Counts, Swept, sweep
from workshop.models import OrderKind

# Which orders are what one reminded of, if the car came at most so many days before the window.
MET_BY: dict[str, dict[str, int]] = {
    Kind.MAINTENANCE: {
        OrderKind.MAINTENANCE: HORIZON.days,
        OrderKind.FIRST_FREE: HORIZON.days,
        OrderKind.GENERAL: 0,
    },
    Kind.INSPECTION: {OrderKind.ANNUAL_INSPECTION: HORIZON.days},
    Kind.WARRANTY_END: {
        OrderKind.WARRANTY: 0,
        OrderKind.MAINTENANCE: 0,
        OrderKind.GENERAL: 0,
        OrderKind.FREE_INSPECTION: 0,
    },
}
GOALS = """
CREATE TEMP TABLE reminder_goal AS
SELECT * FROM unnest(%(kinds)s::text[], %(order_kinds)s::text[], %(days)s::int[])
    AS each (kind, order_kind, days)
"""

# What the facts say today of what is open: whom it is about, and which day.
STANDING = f"""
CREATE TEMP TABLE standing AS
SELECT owed.id, owed.opens_on > %(today)s AS is_ahead, owed.callback_at IS NOT NULL AS is_promised,
    coalesce(owed.about_on, owed.opens_on + rule.days_before) AS about_on,
    CASE WHEN owed.vehicle_id IS NULL THEN 1 ELSE %(same)s END AS tolerance,
    rule.kind IS NULL AS is_off,
    CASE
        WHEN owed.vehicle_id IS NOT NULL THEN person.customer_id
        WHEN owed.declined_work_id IS NOT NULL THEN {ASKED}
        ELSE owed.customer_id
    END IS DISTINCT FROM owed.customer_id AS is_anothers,
    CASE owed.kind
        WHEN 'maintenance' THEN {MAINTENANCE_ON}
        WHEN 'insurance' THEN vehicle.policy_ends_on
        WHEN 'inspection' THEN vehicle.inspection_due_on
        WHEN 'warranty_end' THEN vehicle.warranty_ends_on
        WHEN 'declined_work' THEN CASE WHEN visit.state <> 'cancelled' THEN work.remind_on END
        WHEN 'planned_contact' THEN customer.next_contact_on
        WHEN 'birthday' THEN {BIRTHDAY_IN.format(year="extract(year FROM owed.about_on)")}
        WHEN 'greeting' THEN festival.day
    END AS says_on
FROM followups_followup owed
JOIN customers_customer customer ON customer.id = owed.customer_id
LEFT JOIN reminder_rule rule ON rule.kind = owed.kind AND rule.sequence = owed.sequence
LEFT JOIN workshop_declinedwork work ON work.id = owed.declined_work_id
LEFT JOIN workshop_repairorder visit ON visit.id = work.order_id
LEFT JOIN customers_vehicle vehicle ON vehicle.id = coalesce(owed.vehicle_id, visit.vehicle_id)
LEFT JOIN person ON person.vehicle_id = vehicle.id
LEFT JOIN forecast ON forecast.vehicle_id = vehicle.id
LEFT JOIN followups_festival festival
    ON owed.kind = 'greeting' AND festival.day = owed.about_on
WHERE owed.state = 'open' AND owed.kind = ANY(%(reminders)s)
"""
END = """
WITH found AS MATERIALIZED (
    <found>
), locked AS (
    SELECT owed.id FROM followups_followup owed
    WHERE owed.state = 'open' AND owed.id IN (SELECT id FROM found)
    FOR UPDATE OF owed SKIP LOCKED
)
UPDATE followups_followup owed SET state = %(state)s, ending = %(ending)s,
    closed_at = ended.at, closed_on = ended.ended_on, evidence = ended.evidence
FROM (
    SELECT DISTINCT ON (id) id, at, ended_on, evidence
    FROM found JOIN locked USING (id) ORDER BY id, at
) ended
WHERE owed.id = ended.id
"""
NOW = "%(now)s::timestamptz AS at, %(today)s::date AS ended_on"
REFUSED = f"""
SELECT owed.id, {NOW}, '' AS evidence
FROM followups_followup owed
JOIN customers_contactrefusal refusal ON refusal.customer_id = owed.customer_id
    AND refusal.lifted_on IS NULL
    AND refusal.purpose IN ('reminder', 'all') AND refusal.channel IN ('phone', 'all')
WHERE owed.state = 'open' AND owed.kind = ANY(%(reminders)s)
"""
# Whoever signed an order for it has understood. A date that moved far on is the next one.
MET = """
SELECT owed.id, visit.authorized_at AS at,
    (visit.authorized_at AT TIME ZONE %(zone)s)::date AS ended_on, visit.number AS evidence
FROM followups_followup owed
JOIN reminder_goal goal ON goal.kind = owed.kind
JOIN workshop_repairorder visit ON visit.vehicle_id = owed.vehicle_id
    AND visit.kind = goal.order_kind AND visit.state IN ('authorized', 'released')
    AND visit.checked_in_at >= (owed.opens_on - goal.days)::timestamp AT TIME ZONE %(zone)s
    AND visit.authorized_at <= %(now)s
WHERE owed.state = 'open'
UNION ALL
SELECT standing.id, %(now)s, %(today)s, to_char(says_on, 'YYYY-MM-DD')
FROM standing JOIN followups_followup owed USING (id)
WHERE owed.kind IN ('insurance', 'inspection') AND says_on >= standing.about_on + %(same)s
UNION ALL
SELECT owed.id, work.done_at, (work.done_at AT TIME ZONE %(zone)s)::date, ''
FROM followups_followup owed JOIN workshop_declinedwork work ON work.id = owed.declined_work_id
WHERE owed.state = 'open' AND work.done_at <= %(now)s
UNION ALL
SELECT owed.id, call.ended_at, (call.ended_at AT TIME ZONE %(zone)s)::date,
    'C-' || call.year || '-' || lpad(call.number::text, greatest(6, length(call.number::text)), '0')
FROM followups_followup owed
JOIN customers_customer file ON owed.customer_id IN (file.id, file.merged_into_id)
JOIN followups_call call ON call.customer_id = file.id AND call.outcome = 'reached'
    AND call.started_at >= owed.opens_on::timestamp AT TIME ZONE %(zone)s
    AND call.ended_at <= %(now)s
WHERE owed.state = 'open' AND owed.kind = 'planned_contact'
"""
SWITCHED_OFF = f"SELECT id, {NOW}, '' AS evidence FROM standing WHERE is_off AND NOT is_promised"
# What has opened is a promise somebody works on: it keeps its window, and speaks of the right day.
MOVE = """
WITH moved AS (
    SELECT DISTINCT ON (owed.customer_id, owed.vehicle_id, owed.kind, owed.sequence,
        standing.says_on, owed.declined_work_id) owed.id, standing.says_on,
        CASE WHEN is_ahead THEN each.opens_on ELSE owed.opens_on END AS opens_on,
        CASE WHEN is_ahead THEN each.due_on ELSE owed.due_on END AS due_on
    FROM standing
    JOIN followups_followup owed ON owed.id = standing.id AND owed.state = 'open'
    LEFT JOIN reminder_window each ON each.kind = owed.kind AND each.sequence = owed.sequence
        AND each.about_on = standing.says_on
    WHERE NOT is_anothers AND (
        is_ahead AND each.kind IS NOT NULL AND (standing.says_on, each.opens_on, each.due_on)
            <> (standing.about_on, owed.opens_on, owed.due_on)
        OR NOT is_ahead AND owed.vehicle_id IS NOT NULL AND standing.says_on <> standing.about_on
            AND abs(standing.says_on - standing.about_on) < tolerance
    ) AND NOT EXISTS (
        SELECT FROM followups_followup made
        WHERE made.id <> owed.id AND made.kind = owed.kind AND made.sequence = owed.sequence
            AND made.customer_id = owed.customer_id
            AND made.vehicle_id IS NOT DISTINCT FROM owed.vehicle_id
            AND made.about_on = standing.says_on AND made.ending <> ALL(%(taken_back)s)
    )
    ORDER BY owed.customer_id, owed.vehicle_id, owed.kind, owed.sequence, standing.says_on,
        owed.declined_work_id, owed.id
), locked AS (
    SELECT owed.id FROM followups_followup owed
    WHERE owed.id IN (SELECT id FROM moved) FOR UPDATE OF owed SKIP LOCKED
)
UPDATE followups_followup owed SET fact_on = moved.opens_on, opens_on = moved.opens_on,
    target_on = moved.opens_on, due_on = moved.due_on,
    about_on = CASE WHEN owed.about_on IS NOT NULL THEN moved.says_on END
FROM moved JOIN locked USING (id)
WHERE owed.id = moved.id
"""
CHANGED = f"""
SELECT standing.id, {NOW}, '' AS evidence
FROM standing JOIN followups_followup owed USING (id)
WHERE NOT is_promised AND (
    is_anothers OR says_on IS NULL
    OR NOT is_ahead AND abs(says_on - standing.about_on) >= tolerance
    OR is_ahead AND owed.about_on <> says_on
    OR is_ahead AND NOT EXISTS (
        SELECT FROM reminder_window each WHERE each.kind = owed.kind
            AND each.sequence = owed.sequence AND each.about_on = says_on
    )
)
"""
MADE_ALREADY = """
SELECT FROM followups_followup made
WHERE made.kind = wanted.kind AND made.sequence = wanted.sequence
    AND made.ending <> ALL(%(taken_back)s) AND {same}
"""
OF_THE_SAME: dict[str, str] = {
    **dict.fromkeys(
        REMINDERS, "made.customer_id = wanted.customer_id AND made.about_on = wanted.about_on"
    ),
    **dict.fromkeys(
        (Kind.MAINTENANCE, Kind.INSURANCE, Kind.INSPECTION, Kind.WARRANTY_END),
        "made.vehicle_id = wanted.vehicle_id "
        f"AND abs(made.about_on - wanted.about_on) < {SAME_OCCASION}",
    ),
    Kind.DECLINED_WORK: "made.declined_work_id = wanted.declined_work_id",
}
# What was made is left out first: only for the few others the orders are looked through.
MISSING = f"""
WITH unmade AS MATERIALIZED (
    SELECT * FROM wanted WHERE kind = %(kind)s AND NOT EXISTS ({MADE_ALREADY})
)
SELECT unmade.customer_id, tracker.id AS owner_id, vehicle_id, declined_work_id,
    CASE WHEN declined_work_id IS NULL THEN about_on END AS about_on, sequence,
    opens_on AS fact_on, opens_on, opens_on AS target_on, due_on
FROM unmade
JOIN customers_customer customer ON customer.id = unmade.customer_id
{TRACKER}
WHERE NOT EXISTS (
    SELECT FROM reminder_goal goal
    JOIN workshop_repairorder visit ON visit.kind = goal.order_kind
    WHERE goal.kind = %(kind)s AND visit.vehicle_id = unmade.vehicle_id
        AND visit.state IN ('authorized', 'released')
        AND visit.checked_in_at
            >= (unmade.opens_on - goal.days)::timestamp AT TIME ZONE %(zone)s
)
"""
CAUSES = ("vehicle_id", "declined_work_id", "about_on", "sequence")
EXPIRED = """
SELECT id, %(now)s::timestamptz AS at, due_on AS ended_on, '' AS evidence
FROM followups_followup
WHERE state = 'open' AND kind = ANY(%(reminders)s) AND due_on < %(today)s AND callback_at IS NULL
"""


@sweep
def sweep_reminders(swept: Swept) -> Counts:
    """Write the reminders of the coming weeks, move them with their day, end the pointless.

    Source: SET-02, SET-06, HAB-03, FIL-05, CRM-03, FUP-11.
    """
    rules = ReminderRule.objects.current()
    gather(swept, rules)
    _write_goals(swept)
    swept.execute(STANDING, same=SAME_OCCASION, reminders=list(REMINDERS))
    refused = _end(swept, REFUSED, Ending.DO_NOT_CONTACT)
    met = _end(swept, MET, Ending.GOAL_MET)
    switched_off = _end(swept, SWITCHED_OFF, Ending.SWITCHED_OFF)
    moved = swept.execute(MOVE)
    changed = _end(swept, CHANGED, Ending.CHANGED)
    lapsed = _end(swept, EXPIRED, Ending.EXPIRED)
    created = 0
    for rule in rules:
        if rule.is_on:
            missing = MISSING.format(same=OF_THE_SAME[rule.kind])
            created += plan_dated(swept, rule.kind, missing, CAUSES)
    swept.execute("DROP TABLE reminder_goal, standing")
    forget(swept)
    return {
        "created": created,
        "moved": moved,
        "met": met,
        "cancelled": refused + switched_off + changed,
        "lapsed": lapsed,
        "assigned": assign_left_alone(swept),
    }


def _end(swept: Swept, found: str, ending: Ending) -> int:
    """End the open reminders that a SELECT of id, at, ended_on and evidence finds."""
    return swept.execute(
        END.replace("<found>", found),
        state=ENDED_AS[ending],
        ending=ending,
        same=SAME_OCCASION,
        reminders=list(REMINDERS),
    )


def _write_goals(swept: Swept) -> None:
    goals = [
        (kind, order, days) for kind, orders in MET_BY.items() for order, days in orders.items()
    ]
    kinds, orders, days = (list(column) for column in zip(*goals, strict=True))
    swept.execute(GOALS, kinds=kinds, order_kinds=orders, days=days)
