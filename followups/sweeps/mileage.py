"""The forecast of `followups.mileage`, for all cars in one statement."""

from __future__ import annotations

from followups.reminders.mileage import FURTHEST, MEMORY, RECENT
from followups.sweeps.running import Swept

# More than any odometer shows.
MOST_KM = 10_000_000

# A reading as one number, so that neither sorting nor looking up tells the last one: its day and
# then its kilometers, or, to find the first, the kilometers counted backward.
READINGS = """
SELECT vehicle_id, day, (day - '1970-01-01'::date)::bigint * %(km)s + km AS reading,
    (day - '1970-01-01'::date)::bigint * %(km)s + %(km)s - 1 - km AS backward
FROM (
    SELECT vehicle_id, (checked_in_at AT TIME ZONE %(zone)s)::date AS day, mileage_in AS km
    FROM workshop_repairorder WHERE mileage_in IS NOT NULL AND state <> 'cancelled'
    UNION ALL
    SELECT vehicle_id, (gate_out_at AT TIME ZONE %(zone)s)::date, mileage_out
    FROM workshop_repairorder WHERE mileage_out IS NOT NULL AND gate_out_at IS NOT NULL
    UNION ALL
    SELECT id, mileage_read_on, mileage
    FROM customers_vehicle WHERE mileage IS NOT NULL AND mileage_read_on IS NOT NULL
) each
WHERE day <= %(today)s
    AND vehicle_id IN (SELECT id FROM customers_vehicle WHERE next_maintenance_km IS NOT NULL)
"""
DAY_OF = "'1970-01-01'::date + ({reading} / %(km)s)::int"
DAYS_LEFT = """
    CASE WHEN last_km > {since}_km THEN
        ((next_maintenance_km - last_km) * (last_on - {since}_on)
            + last_km - {since}_km - 1) / (last_km - {since}_km)
    END
"""
LATEST = f"""
CREATE TEMP TABLE latest AS
SELECT vehicle_id, max(reading) AS last, {DAY_OF.format(reading="max(reading)")} AS last_on
FROM ({READINGS}) read GROUP BY vehicle_id
"""
FORECAST = f"""
CREATE TEMP TABLE forecast AS
WITH compared AS (
    SELECT vehicle_id, last, last_on, min(backward) AS first,
        max(reading) FILTER (WHERE day <= last_on - %(recent)s) AS late
    FROM ({READINGS}) read JOIN latest USING (vehicle_id)
    WHERE day >= last_on - %(memory)s
    GROUP BY vehicle_id, last, last_on
), known AS (
    SELECT vehicle_id, last_on, last %% %(km)s AS last_km,
        {DAY_OF.format(reading="first")} AS first_on, %(km)s - 1 - first %% %(km)s AS first_km,
        {DAY_OF.format(reading="late")} AS late_on, late %% %(km)s AS late_km
    FROM compared
), left_over AS (
    SELECT vehicle_id, last_on, last_km >= next_maintenance_km AS is_reached,
        {DAYS_LEFT.format(since="first")} AS days, {DAYS_LEFT.format(since="late")} AS late_days
    FROM known JOIN customers_vehicle vehicle ON vehicle.id = known.vehicle_id
)
SELECT vehicle_id,
    last_on + CASE WHEN is_reached THEN 0 ELSE least(days, late_days, %(furthest)s) END::int
        AS earliest_on,
    last_on + CASE WHEN is_reached THEN 0 ELSE least(greatest(days, late_days), %(furthest)s)
        END::int AS latest_on
FROM left_over
WHERE is_reached OR days IS NOT NULL OR late_days IS NOT NULL
"""


def forecast_all(swept: Swept) -> None:
    """Write the temporary table `forecast`: vehicle_id, earliest_on and latest_on."""
    # Millions of readings are gathered by car: in memory, instead of by way of the disk.
    swept.execute("SET LOCAL work_mem = '128MB'")
    swept.execute(LATEST, km=MOST_KM)
    swept.execute("ANALYZE latest")
    swept.execute(FORECAST, km=MOST_KM, memory=MEMORY, recent=RECENT, furthest=FURTHEST)
    swept.execute("ANALYZE forecast; DROP TABLE latest")
