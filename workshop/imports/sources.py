"""The queries that feed `workshop.imports.writing`: what is new, what changes, what is locked.

They read the temporary tables that `workshop.imports.judging` has filled.
"""

# Locks what will be changed; finds less than expected if somebody changed it since.
LOCK_CHANGED = """
    WITH locked AS (
        SELECT FROM judged j JOIN <table> t ON t.id = j.object_id AND t.version = j.version
        WHERE j.verdict = 'changed' ORDER BY t.id FOR UPDATE OF t
    )
    SELECT (SELECT count(*) FROM locked),
        (SELECT count(*) FROM judged WHERE verdict = 'changed')
"""
# A customer who is merged into another one now must not get a vehicle or an order any more.
LOCK_CUSTOMERS = """
    WITH needed AS (
        SELECT DISTINCT j.customer_id AS id FROM judged j
        JOIN named_customer n ON n.id = j.customer_id AND n.same_as = n.key
        WHERE j.verdict IN ('new', 'changed') AND NOT n.is_new
    ), locked AS (
        SELECT FROM customers_customer c JOIN needed ON needed.id = c.id
        WHERE c.merged_into_id IS NULL ORDER BY c.id FOR SHARE OF c
    )
    SELECT (SELECT count(*) FROM locked), (SELECT count(*) FROM needed)
"""
LOCK_VEHICLES = """
    SELECT FROM customers_vehicle v JOIN last_reading ON last_reading.vehicle_id = v.id
    ORDER BY v.id FOR UPDATE OF v
"""

SEARCH_KEY = """
    DROP TABLE IF EXISTS search_key;
    CREATE TEMP TABLE search_key (
        name text, contact_name text, sort_key text, search_keys text
    ) ON COMMIT DROP
"""
NAMES = """
    SELECT doc ->> 'name', coalesce(doc ->> 'contact_name', '')
    FROM named_customer WHERE is_new AND same_as = key
    UNION
    SELECT coalesce(j.doc ->> 'name', c.name), coalesce(j.doc ->> 'contact_name', c.contact_name)
    FROM judged j JOIN customers_customer c ON c.id = j.object_id
    WHERE %(kind)s = 'customers' AND j.verdict = 'changed'
"""
SEARCH_KEYS_OF_CHANGED = """
    UPDATE judged j SET doc = j.doc || jsonb_build_object(
        'sort_key', k.sort_key, 'search_keys', k.search_keys)
    FROM customers_customer c, search_key k
    WHERE %(kind)s = 'customers' AND j.verdict = 'changed' AND c.id = j.object_id
        AND k.name = coalesce(j.doc ->> 'name', c.name)
        AND k.contact_name = coalesce(j.doc ->> 'contact_name', c.contact_name)
"""
NEW_CUSTOMERS = """
    SELECT n.doc - 'phone' || jsonb_build_object(
        'id', n.id, 'sort_key', k.sort_key, 'search_keys', k.search_keys) AS doc
    FROM named_customer n
    JOIN search_key k ON k.name = n.doc ->> 'name'
        AND k.contact_name = coalesce(n.doc ->> 'contact_name', '')
    WHERE n.is_new AND n.same_as = n.key
        AND n.id IN (SELECT customer_id FROM judged WHERE verdict IN ('new', 'changed'))
"""
# Known customers get a new number from a file of customers only.
NEW_PHONES = """
    SELECT p.doc || jsonb_build_object('customer_id', p.customer_id, 'is_primary', NOT EXISTS (
        SELECT FROM customers_phone known WHERE known.customer_id = p.customer_id AND is_primary
    )) AS doc
    FROM named_phone p WHERE NOT p.is_known AND (
        p.customer_id IN (
            SELECT object_id FROM workshop_importchange
            WHERE batch_id = %(batch)s AND model = 'customers.customer' AND before IS NULL
        ) OR %(kind)s = 'customers' AND p.customer_id IN (
            SELECT object_id FROM judged WHERE verdict = 'changed'
        )
    )
"""
# The newest readings of the rows that are written; odd ones stay with their orders.
LAST_READINGS = """
    DROP TABLE IF EXISTS last_reading;
    CREATE TEMP TABLE last_reading ON COMMIT DROP AS
    SELECT DISTINCT ON (reading.vehicle_id) reading.vehicle_id, km, day
    FROM reading JOIN judged j ON j.row_no = reading.row_no
    WHERE NOT odd AND j.verdict IN ('new', 'changed')
    ORDER BY reading.vehicle_id, day DESC, km DESC
"""
NEW_VEHICLES = """
    SELECT n.doc || jsonb_build_object('id', n.id)
        || CASE WHEN n.doc ? 'mileage'
            THEN jsonb_build_object('mileage_read_on', %(today)s) ELSE '{}' END
        || CASE WHEN r.km IS NOT NULL
            THEN jsonb_build_object('mileage', r.km, 'mileage_read_on', r.day) ELSE '{}' END AS doc
    FROM named_vehicle n LEFT JOIN last_reading r ON r.vehicle_id = n.id
    WHERE n.is_new AND n.same_as = n.key
        AND n.id IN (SELECT vehicle_id FROM judged WHERE verdict IN ('new', 'changed'))
"""
MILEAGES = """
    SELECT v.id, jsonb_build_object('mileage', r.km, 'mileage_read_on', r.day) AS doc
    FROM last_reading r JOIN customers_vehicle v ON v.id = r.vehicle_id
    WHERE v.mileage IS NULL
        OR (r.km > v.mileage AND r.day >= coalesce(v.mileage_read_on, r.day))
"""
# The customer of the newest row owns a new vehicle, from the first row's day. A vehicle that
# has nobody gets its owner from a file of vehicles, from the day it was bought or else today.
NEW_OWNERS = """
    SELECT jsonb_build_object('vehicle_id', newest.vehicle_id, 'customer_id', newest.customer_id,
        'relation', 'owner', 'during', daterange(greatest(
            newest.since, (SELECT max(upper(past.during)) FROM customers_vehiclerelation past
                WHERE past.vehicle_id = newest.vehicle_id AND past.relation = 'owner')
        ), NULL)) AS doc
    FROM (
        SELECT DISTINCT ON (j.vehicle_id) j.vehicle_id, j.customer_id, coalesce(
            (v.since::timestamptz AT TIME ZONE %(zone)s)::date,
            (v.doc ->> 'purchased_on')::date, %(today)s::date) AS since
        FROM judged j
        JOIN workshop_importrow r ON r.batch_id = %(batch)s AND r.row_no = j.row_no
        JOIN named_vehicle v ON v.id = j.vehicle_id AND v.same_as = v.key
        WHERE j.customer_id IS NOT NULL AND j.verdict IN ('new', 'changed')
            AND (v.is_new OR %(kind)s = 'vehicles')
        ORDER BY j.vehicle_id, r.repair_order ->> 'checked_in_at' DESC, j.row_no DESC
    ) AS newest
"""
NEW_ORDERS = """
    SELECT r.repair_order || coalesce(a.doc, '{}')
        || jsonb_build_object('customer_id', j.customer_id, 'vehicle_id', j.vehicle_id) AS doc
    FROM judged j
    JOIN workshop_importrow r ON r.batch_id = %(batch)s AND r.row_no = j.row_no
    LEFT JOIN named_advisor a ON a.name = lower(r.repair_order ->> 'advisor_name')
    WHERE j.verdict = 'new' AND j.row_no BETWEEN %(first)s AND %(last)s
"""
CHANGED = "SELECT object_id AS id, doc FROM judged WHERE verdict = 'changed'"
