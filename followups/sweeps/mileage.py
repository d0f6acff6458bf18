"""The forecast of `followups.mileage`, for all cars in one statement."""

from __future__ import annotations

from followups.mileage import FURTHEST, MEMORY, RECENT
from followups.sweeps.running import Swept

# The highest reading of each day, of cars whose next maintenance is known by mileage.
READINGS = """
SELECT vehicle_id, day, max(km) AS km FROM (
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
GROUP BY vehicle_id, day
"""
DAYS_LEFT = """
    CASE WHEN last_km > {since}_km THEN
        ((next_maintenance_km - last_km)::bigint * (last_on - {since}_on)
            + last_km - {since}_km - 1) / (last_km - {since}_km)
    END
"""
FORECAST = f"""
CREATE TEMP TABLE forecast AS
WITH reading AS (
    SELECT vehicle_id, day, km, max(day) OVER (PARTITION BY vehicle_id) AS last_on
    FROM ({READINGS}) each
), known AS (
    SELECT vehicle_id, last_on, max(km) FILTER (WHERE day = last_on) AS last_km,
        min(day) AS first_on, (array_agg(km ORDER BY day))[1] AS first_km,
        max(day) FILTER (WHERE day <= last_on - %(recent)s) AS late_on,
        (array_agg(km ORDER BY day DESC) FILTER (WHERE day <= last_on - %(recent)s))[1] AS late_km
    FROM reading
    WHERE day >= last_on - %(memory)s
    GROUP BY vehicle_id, last_on
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
    swept.execute(FORECAST, memory=MEMORY, recent=RECENT, furthest=FURTHEST)
    swept.execute("ANALYZE forecast")
