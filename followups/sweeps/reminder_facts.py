"""What there is to remind of in the coming weeks, as temporary tables for one sweep.

- `reminder_rule`: each number of days before, by kind and place in the row.
- `reminder_window`: the windows by the day they are about; none that is over.
- `person`: whom one calls about a vehicle: its owner, else who brings it.
- `forecast`: when vehicles reach the mileage of their next maintenance.
- `wanted`: the reminders that the facts ask for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from followups import rules
from followups.models import Kind, ReminderRule
from followups.sweeps.mileage import forecast_all
from followups.sweeps.running import Swept

# Reminders are written so many days before their window opens: longer than any sweep stays out.
HORIZON = timedelta(42)
# Days less far apart are the same occasion: a date that was corrected, a forecast that moved.
SAME_OCCASION = 60

RULES = """
CREATE TEMP TABLE reminder_rule AS
SELECT * FROM unnest(%(kinds)s::text[], %(sequences)s::int[], %(befores)s::int[])
    AS each (kind, sequence, days_before)
"""
WINDOWS = """
CREATE TEMP TABLE reminder_window AS
SELECT * FROM unnest(%(kinds)s::text[], %(sequences)s::int[], %(abouts)s::date[],
    %(opens)s::date[], %(dues)s::date[]) AS each (kind, sequence, about_on, opens_on, due_on)
"""
PERSON = """
CREATE TEMP TABLE person AS
SELECT DISTINCT ON (vehicle_id) vehicle_id, customer_id
FROM customers_vehiclerelation
WHERE relation IN ('owner', 'bringer') AND during @> %(today)s::date
ORDER BY vehicle_id, relation DESC, lower(during) DESC, id DESC
"""
# Names the columns, also where everything is switched off.
NOTHING = """
SELECT NULL::text AS kind, NULL::bigint AS vehicle_id, NULL::bigint AS declined_work_id,
    NULL::bigint AS customer_id, NULL::date AS about_on
WHERE false
"""
OF_VEHICLE = """
SELECT '{kind}', vehicle.id, NULL, person.customer_id, {day}
FROM customers_vehicle vehicle
JOIN person ON person.vehicle_id = vehicle.id
"""
OF_CUSTOMER = """
SELECT '{kind}', NULL, NULL, customer.id, {day}
FROM customers_customer customer
"""
MAINTENANCE_ON = "least(vehicle.next_maintenance_on, forecast.earliest_on)"
# On 29 February born, he has his birthday on the last day of it in other years.
BIRTHDAY_IN = """
(customer.birthday + make_interval(years => {year}::int
    - extract(year FROM customer.birthday)::int))::date
"""
# Of whom nobody says anything, the customer of the order is asked.
ASKED = "coalesce(person.customer_id, visit.customer_id)"
FACTS = {
    Kind.MAINTENANCE: OF_VEHICLE.format(kind=Kind.MAINTENANCE, day=MAINTENANCE_ON)
    + "LEFT JOIN forecast ON forecast.vehicle_id = vehicle.id",
    Kind.INSURANCE: OF_VEHICLE.format(kind=Kind.INSURANCE, day="vehicle.policy_ends_on"),
    Kind.INSPECTION: OF_VEHICLE.format(kind=Kind.INSPECTION, day="vehicle.inspection_due_on"),
    Kind.WARRANTY_END: OF_VEHICLE.format(kind=Kind.WARRANTY_END, day="vehicle.warranty_ends_on"),
    Kind.DECLINED_WORK: f"""
SELECT 'declined_work', NULL, work.id, {ASKED}, work.remind_on
FROM workshop_declinedwork work
JOIN workshop_repairorder visit ON visit.id = work.order_id
LEFT JOIN person ON person.vehicle_id = visit.vehicle_id
WHERE work.done_at IS NULL AND visit.state <> 'cancelled'
    AND (person.customer_id IS NOT NULL OR NOT EXISTS (
        SELECT FROM customers_vehiclerelation known WHERE known.vehicle_id = visit.vehicle_id
    ))
""",
    Kind.PLANNED_CONTACT: OF_CUSTOMER.format(
        kind=Kind.PLANNED_CONTACT, day="customer.next_contact_on"
    ),
    Kind.BIRTHDAY: OF_CUSTOMER.format(kind=Kind.BIRTHDAY, day=BIRTHDAY_IN.format(year="this.year"))
    + """, (SELECT DISTINCT extract(year FROM about_on) AS year FROM reminder_window) this
WHERE customer.birthday IS NOT NULL""",
    # Whoever hasn't come for a year is no customer whom one greets.
    Kind.GREETING: OF_CUSTOMER.format(kind=Kind.GREETING, day="festival.day")
    + """, followups_festival festival
WHERE EXISTS (
    SELECT FROM workshop_repairorder visit
    WHERE visit.customer_id = customer.id AND visit.checked_in_at <= %(now)s
        AND visit.checked_in_at >= festival.day - interval '1 year'
)""",
}
WANTED = """
CREATE TEMP TABLE wanted AS
SELECT fact.kind, vehicle_id, declined_work_id, customer_id, fact.about_on,
    each.sequence, each.opens_on, each.due_on
FROM (<facts>) fact
JOIN reminder_window each ON each.kind = fact.kind AND each.about_on = fact.about_on
JOIN customers_customer customer ON customer.id = fact.customer_id
    AND customer.merged_into_id IS NULL
WHERE each.opens_on >= %(go_live)s AND each.opens_on <= %(horizon)s
    AND NOT EXISTS (
        SELECT FROM customers_contactrefusal refusal
        WHERE refusal.customer_id = fact.customer_id AND refusal.lifted_on IS NULL
            AND refusal.purpose IN ('reminder', 'all') AND refusal.channel IN ('phone', 'all')
    )
"""
FORGET = "DROP TABLE reminder_rule, reminder_window, person, forecast, wanted"


def gather(swept: Swept, reminder_rules: list[ReminderRule]) -> None:
    """Write the tables, for the kinds that are switched on."""
    switched_on = [rule for rule in reminder_rules if rule.is_on]
    _write_rules(swept, switched_on)
    _write_windows(swept, switched_on)
    swept.execute(PERSON)
    swept.execute("ANALYZE person")
    forecast_all(swept)
    facts = [NOTHING, *(FACTS[Kind(rule.kind)] for rule in switched_on)]
    swept.execute(
        WANTED.replace("<facts>", " UNION ALL ".join(facts)),
        go_live=swept.policy.go_live_on,
        horizon=swept.today + HORIZON,
    )
    swept.execute("ANALYZE wanted")


def forget(swept: Swept) -> None:
    swept.execute(FORGET)


def _write_rules(swept: Swept, switched_on: list[ReminderRule]) -> None:
    rows = [
        (rule.kind, sequence, before)
        for rule in switched_on
        for sequence, before in enumerate(rule.days_before)
    ]
    kinds, sequences, befores = _columns(rows, 3)
    swept.execute(RULES, kinds=kinds, sequences=sequences, befores=befores)


def _write_windows(swept: Swept, switched_on: list[ReminderRule]) -> None:
    """Write all windows of the weeks around today, as `followups.rules` computes them."""
    holidays = swept.policy.holidays()
    last = swept.today + HORIZON + timedelta(SAME_OCCASION)
    rows = []
    for rule in switched_on:
        opens_on = swept.today - timedelta(rule.days_open + len(holidays))
        while opens_on <= last:
            window = rules.window(opens_on, rules.Days(0, 0, rule.days_open), holidays=holidays)
            if window.due_on >= swept.today:
                rows += [
                    (rule.kind, sequence, opens_on + timedelta(before), opens_on, window.due_on)
                    for sequence, before in enumerate(rule.days_before)
                ]
            opens_on += timedelta(1)
    kinds, sequences, abouts, opens, dues = _columns(rows, 5)
    swept.execute(WINDOWS, kinds=kinds, sequences=sequences, abouts=abouts, opens=opens, dues=dues)
    swept.execute("ANALYZE reminder_window")


def _columns(rows: Sequence[tuple[object, ...]], width: int) -> list[list[object]]:
    return [[row[place] for row in rows] for place in range(width)]
