"""Which vehicles a file names: known ones are found, one under several keys is brought together.

The result is the temporary table `named_vehicle`: for each key the newest values that the
file tells (`doc`), the key that stands for all keys of the vehicle (`same_as`), its id, and
whether it `is_new` – a new one has an id already, but no row yet.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.utils import CursorWrapper

NAMED = """
    CREATE TEMP TABLE named_vehicle ON COMMIT DROP AS
    WITH said AS (
        SELECT vehicle_key AS key, vehicle AS doc, min(row_no) AS row_no,
            max(coalesce(repair_order ->> 'checked_in_at', '')) AS said_at,
            min(repair_order ->> 'checked_in_at') AS since
        FROM workshop_importrow
        WHERE batch_id = %(batch)s AND readable AND vehicle_key <> ''
        GROUP BY vehicle_key, vehicle
    )
    SELECT said.key, min(row_no) AS row_no, max(said_at) AS said_at, min(since) AS since,
        jsonb_object_agg(field.name, field.value ORDER BY said_at, row_no) AS doc,
        said.key AS same_as, NULL::bigint AS id, false AS is_new, '[]'::jsonb AS conflicts
    FROM said, jsonb_each(doc) AS field(name, value)
    GROUP BY said.key
"""
# A later row about the same vehicle is rejected, so it must not change what the first says.
FIRST_ROW_COUNTS = """
    UPDATE named_vehicle n SET doc = r.vehicle
    FROM workshop_importrow r WHERE r.batch_id = %(batch)s AND r.row_no = n.row_no
"""
KNOWN = """
    WITH known AS (
        SELECT n.key, coalesce(by_vin.id, by_plate.id, by_unit.id) AS id
        FROM named_vehicle n
        LEFT JOIN customers_vehicle by_vin
            ON by_vin.vin = n.doc ->> 'vin' AND by_vin.vin <> ''
        LEFT JOIN customers_vehicle by_plate
            ON by_plate.plate = n.doc ->> 'plate' AND by_plate.plate <> ''
            AND (by_plate.vin = '' OR coalesce(n.doc ->> 'vin', by_plate.vin) = by_plate.vin)
        LEFT JOIN customers_vehicle by_unit
            ON by_unit.unit_no = n.doc ->> 'unit_no' AND by_unit.unit_no <> ''
            AND (by_unit.vin = '' OR coalesce(n.doc ->> 'vin', by_unit.vin) = by_unit.vin)
    )
    UPDATE named_vehicle n SET id = known.id FROM known WHERE known.key = n.key
"""
# Rows that give the plate alone mean the vehicle that other rows give with VIN and plate.
SAME_PLATE = """
    WITH fuller AS (
        SELECT DISTINCT ON (n.key) n.key, other.same_as
        FROM named_vehicle n JOIN named_vehicle other ON other.doc ->> 'plate' = n.doc ->> 'plate'
        WHERE n.key LIKE 'plate:%%' AND other.key LIKE 'vin:%%' AND n.id IS NULL
        ORDER BY n.key, other.said_at DESC, other.row_no
    )
    UPDATE named_vehicle n SET same_as = fuller.same_as FROM fuller WHERE fuller.key = n.key
"""
SAME_UNIT = """
    WITH fuller AS (
        SELECT DISTINCT ON (n.key) n.key, other.same_as
        FROM named_vehicle n
        JOIN named_vehicle other ON other.doc ->> 'unit_no' = n.doc ->> 'unit_no'
        WHERE n.key LIKE 'unit_no:%%' AND other.key NOT LIKE 'unit_no:%%' AND n.id IS NULL
        ORDER BY n.key, other.said_at DESC, other.row_no
    )
    UPDATE named_vehicle n SET same_as = fuller.same_as FROM fuller WHERE fuller.key = n.key
"""
NEW = """
    UPDATE named_vehicle
    SET id = nextval(pg_get_serial_sequence('customers_vehicle', 'id')), is_new = true
    WHERE id IS NULL AND same_as = key
"""
ONE_ID = """
    UPDATE named_vehicle n SET id = other.id, is_new = other.is_new
    FROM named_vehicle other WHERE other.key = n.same_as AND n.same_as <> n.key
"""
# A plate moves from car to car: here the one that has it keeps it, in the file the one whose
# order is newest (in a file of vehicles the first).
TAKEN = """
    WITH told AS (
        SELECT n.key, n.id, n.is_new, n.said_at, n.row_no, field.name, n.doc ->> field.name AS value
        FROM named_vehicle n, (VALUES ('vin'), ('plate'), ('unit_no')) AS field(name)
        WHERE n.same_as = n.key AND n.doc ? field.name AND (n.is_new OR %(main)s)
    ), taken AS (
        SELECT told.key, told.name, told.value FROM told
        JOIN customers_vehicle v ON v.id <> told.id AND (
            (told.name = 'vin' AND v.vin = told.value AND v.vin <> '')
            OR (told.name = 'plate' AND v.plate = told.value AND v.plate <> '')
            OR (told.name = 'unit_no' AND v.unit_no = told.value AND v.unit_no <> '')
        )
        UNION
        SELECT key, name, value FROM (
            SELECT told.*, row_number() OVER (
                PARTITION BY name, value ORDER BY said_at DESC, row_no
            ) AS place
            FROM told
        ) AS ranked WHERE place > 1
    ), findings AS (
        SELECT key, array_agg(name) AS names, jsonb_agg(jsonb_build_object(
            'reason', name || CASE WHEN %(main)s THEN '_taken' ELSE '_elsewhere' END,
            'column', coalesce(%(columns)s::jsonb ->> ('vehicle.' || name), ''),
            'value', value, 'with', '{}'::jsonb
        )) AS conflicts
        FROM taken GROUP BY key
    )
    UPDATE named_vehicle n
    SET conflicts = findings.conflicts,
        doc = CASE WHEN %(main)s THEN n.doc ELSE n.doc - findings.names END
    FROM findings WHERE findings.key = n.key
"""


def name_vehicles(cursor: CursorWrapper, params: dict[str, Any]) -> None:
    """Fill `named_vehicle`.

    Args:
        params: batch; columns (target → heading, as JSON); main: the file is about vehicles.
    """
    cursor.execute("DROP TABLE IF EXISTS named_vehicle")
    steps = [NAMED, KNOWN, SAME_PLATE, SAME_UNIT, NEW, ONE_ID, TAKEN]
    if params["main"]:
        steps.insert(1, FIRST_ROW_COUNTS)
    for step in steps:
        cursor.execute(step, params)
    cursor.execute("ANALYZE named_vehicle")
