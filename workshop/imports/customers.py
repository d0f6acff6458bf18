"""Which customers a file names, in the same way as `workshop.imports.vehicles`.

A customer is known by the file number, else by phone and name together. A name alone
identifies a company, if only one has it. A private person without a number is the owner of
that name of the vehicle in the row. A customer who was merged into another one is that one.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.utils import CursorWrapper

NAMED = """
    CREATE TEMP TABLE named_customer ON COMMIT DROP AS
    WITH said AS (
        SELECT customer_key AS key, customer AS doc, min(row_no) AS row_no,
            max(coalesce(repair_order ->> 'checked_in_at', '')) AS said_at
        FROM workshop_importrow
        WHERE batch_id = %(batch)s AND readable AND customer_key <> ''
        GROUP BY customer_key, customer
    )
    SELECT said.key, min(row_no) AS row_no, max(said_at) AS said_at,
        jsonb_object_agg(field.name, field.value ORDER BY said_at, row_no) AS doc,
        said.key AS same_as, NULL::bigint AS id, false AS is_new, '[]'::jsonb AS conflicts
    FROM said, jsonb_each(doc) AS field(name, value)
    GROUP BY said.key
"""
FIRST_ROW_COUNTS = """
    UPDATE named_customer n SET doc = r.customer
    FROM workshop_importrow r WHERE r.batch_id = %(batch)s AND r.row_no = n.row_no
"""
# The vehicle of each row about a private person without a number.
OWNERS = """
    CREATE TEMP TABLE named_owner ON COMMIT DROP AS
    SELECT DISTINCT r.customer_key AS key, v.same_as AS vehicle, v.id AS vehicle_id,
        lower(r.customer ->> 'name') AS name
    FROM workshop_importrow r JOIN named_vehicle v ON v.key = r.vehicle_key
    WHERE r.batch_id = %(batch)s AND r.readable AND r.customer_key <> ''
        AND EXISTS (SELECT FROM named_customer WHERE key LIKE 'owner:%%')
"""
KNOWN = """
    WITH RECURSIVE merged AS (
        SELECT id, merged_into_id AS survivor FROM customers_customer
        WHERE merged_into_id IS NOT NULL
        UNION
        SELECT merged.id, c.merged_into_id FROM merged
        JOIN customers_customer c ON c.id = merged.survivor WHERE c.merged_into_id IS NOT NULL
    ), survivors AS (
        SELECT merged.id, merged.survivor FROM merged
        JOIN customers_customer c ON c.id = merged.survivor AND c.merged_into_id IS NULL
    ), matches AS (
        SELECT n.key, 1 AS rank, c.id FROM named_customer n
        JOIN customers_customer c ON c.file_no = n.doc ->> 'file_no'
        UNION ALL
        SELECT n.key, 2, c.id FROM named_customer n
        JOIN customers_phone p ON p.e164 = n.doc -> 'phone' ->> 'e164' AND p.e164 <> ''
        JOIN customers_customer c ON c.id = p.customer_id
            AND lower(c.name) = lower(n.doc ->> 'name')
        UNION ALL
        SELECT n.key, 3, c.id FROM named_customer n
        JOIN customers_customer c ON lower(c.name) = lower(n.doc ->> 'name')
        WHERE n.key LIKE 'name:%%' AND c.kind = 'company'
        UNION ALL
        SELECT o.key, 4, c.id FROM named_owner o
        JOIN customers_vehiclerelation r ON r.vehicle_id = o.vehicle_id
            AND r.relation = 'owner' AND upper_inf(r.during)
        JOIN customers_customer c ON c.id = r.customer_id AND lower(c.name) = o.name
        WHERE o.key LIKE 'owner:%%'
    ), found AS (
        SELECT key, rank, coalesce(survivor, matches.id) AS id,
            bool_and(survivor IS NOT NULL) AS was_merged
        FROM matches LEFT JOIN survivors ON survivors.id = matches.id
        GROUP BY key, rank, coalesce(survivor, matches.id)
    ), best AS (
        SELECT DISTINCT ON (key) key, rank, id, was_merged,
            count(*) OVER (PARTITION BY key, rank) AS equals
        FROM found ORDER BY key, rank, id
    )
    UPDATE named_customer n SET id = best.id, conflicts = CASE
        WHEN rank = 3 AND equals > 1 THEN jsonb_build_array(jsonb_build_object(
            'reason', 'several_customers', 'column', %(columns)s::jsonb ->> 'customer.name',
            'value', doc ->> 'name', 'with', jsonb_build_object('count', equals)))
        WHEN was_merged THEN jsonb_build_array(jsonb_build_object(
            'reason', 'merged_customer', 'column', %(columns)s::jsonb ->> 'customer.name',
            'value', doc ->> 'name', 'with', '{}'::jsonb))
        ELSE '[]' END
    FROM best WHERE best.key = n.key
"""
# Rows with phone and name alone mean the customer whom others give with a file number too;
# rows with name and vehicle alone the one of that name who has this vehicle in other rows.
SAME_PHONE = """
    WITH fuller AS (
        SELECT DISTINCT ON (n.key) n.key, other.key AS same_as
        FROM named_customer n JOIN named_customer other
            ON other.doc -> 'phone' ->> 'e164' = n.doc -> 'phone' ->> 'e164'
            AND lower(other.doc ->> 'name') = lower(n.doc ->> 'name')
        WHERE n.key LIKE 'phone:%%' AND other.key LIKE 'file:%%' AND n.id IS NULL
        ORDER BY n.key, other.said_at DESC, other.row_no
    )
    UPDATE named_customer n SET same_as = fuller.same_as FROM fuller WHERE fuller.key = n.key
"""
SAME_VEHICLE = """
    WITH fuller AS (
        SELECT DISTINCT ON (o.key) o.key, n.same_as
        FROM named_owner o
        JOIN named_owner other ON other.vehicle = o.vehicle AND other.name = o.name
        JOIN named_customer n ON n.key = other.key
        WHERE o.key LIKE 'owner:%%'
        ORDER BY o.key, n.key LIKE 'owner:%%', n.said_at DESC, n.key
    )
    UPDATE named_customer n SET same_as = fuller.same_as
    FROM fuller WHERE fuller.key = n.key AND n.id IS NULL
"""
NEW = """
    UPDATE named_customer
    SET id = nextval(pg_get_serial_sequence('customers_customer', 'id')), is_new = true
    WHERE id IS NULL AND same_as = key
"""
ONE_ID = """
    UPDATE named_customer n
    SET id = other.id, is_new = other.is_new, conflicts = other.conflicts
    FROM named_customer other WHERE other.key = n.same_as AND n.same_as <> n.key
"""


def name_customers(cursor: CursorWrapper, params: dict[str, Any]) -> None:
    """Fill `named_customer`; needs `named_vehicle`.

    Args:
        params: batch; columns (target → heading, as JSON); main: the file is about customers.
    """
    cursor.execute("DROP TABLE IF EXISTS named_customer, named_owner")
    cursor.execute(NAMED, params)
    if params["main"]:
        cursor.execute(FIRST_ROW_COUNTS, params)
    for step in [OWNERS, KNOWN, SAME_PHONE, SAME_VEHICLE, NEW, ONE_ID]:
        cursor.execute(step, params)
    cursor.execute("ANALYZE named_customer")
