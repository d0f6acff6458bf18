"""What would become of each row: the temporary table `judged`, by kind of file.

Each readable row gets its conflicts, its verdict, and the ids of the customer and the vehicle
that it needs. If it changes something known, `doc` holds what it says about it, `version`
which version that is, and `changes` what becomes another. `jsonb_populate_record` lays a
document over a row of the database: columns that it does not name stay as they are.
"""

JUDGED = """
    CREATE TEMP TABLE judged (
        row_no integer PRIMARY KEY, verdict text, object_id bigint, version integer,
        customer_id bigint, vehicle_id bigint, doc jsonb, changes jsonb, conflicts jsonb
    ) ON COMMIT DROP
"""

ORDERS = """
    INSERT INTO judged
    WITH repeated AS (
        SELECT repair_order ->> 'number' AS number, min(row_no) AS first_row
        FROM workshop_importrow WHERE batch_id = %(batch)s AND readable
        GROUP BY 1 HAVING count(*) > 1
    )
    SELECT r.row_no, CASE WHEN o.id IS NULL THEN 'new' ELSE 'unchanged' END, o.id, o.version,
        c.id, v.id, NULL, NULL,
        v.conflicts || c.conflicts || CASE WHEN r.row_no > repeated.first_row
            THEN jsonb_build_array(jsonb_build_object(
                'reason', 'repeated', 'column', %(columns)s::jsonb ->> 'order.number',
                'value', repeated.number, 'with', jsonb_build_object('row', first_row)))
            ELSE '[]' END
    FROM workshop_importrow r
    JOIN named_vehicle v ON v.key = r.vehicle_key
    JOIN named_customer c ON c.key = r.customer_key
    LEFT JOIN workshop_repairorder o ON o.number = r.repair_order ->> 'number'
    LEFT JOIN repeated ON repeated.number = r.repair_order ->> 'number'
    WHERE r.batch_id = %(batch)s AND r.readable
"""
# Times that the file does not tell follow the check-in, unless this house knows better.
KNOWN_ORDERS = """
    WITH told AS (
        SELECT j.row_no, o AS known, o.state AS known_state, r.repair_order ->> 'state' AS state,
            r.repair_order - array_remove(ARRAY[
                CASE WHEN r.repair_order -> 'derived' ? 'authorized_at'
                    AND o.authorized_at <> o.checked_in_at THEN 'authorized_at' END,
                CASE WHEN r.repair_order -> 'derived' ? 'gate_out_at'
                    AND o.gate_out_at <> o.checked_in_at THEN 'gate_out_at' END
            ], NULL)
            || jsonb_build_object('vehicle_id', j.vehicle_id, 'customer_id', j.customer_id)
            || coalesce(a.doc, '{}') AS doc
        FROM judged j
        JOIN workshop_importrow r ON r.batch_id = %(batch)s AND r.row_no = j.row_no
        JOIN workshop_repairorder o ON o.id = j.object_id
        LEFT JOIN named_advisor a ON a.name = lower(r.repair_order ->> 'advisor_name')
    ), compared AS (
        SELECT row_no, doc, <changes> AS changes,
            CASE WHEN known_state <> state AND NOT %(moves)s::jsonb -> known_state ? state
                THEN jsonb_build_array(jsonb_build_object(
                    'reason', 'moves_back',
                    'column', coalesce(%(columns)s::jsonb ->> 'order.state', ''),
                    'value', state,
                    'with', jsonb_build_object('now', known_state, 'then', state)))
                ELSE after.broken END AS conflicts
        FROM told CROSS JOIN LATERAL (
            SELECT record AS row, <broken> AS broken
            FROM jsonb_populate_record(known, doc) AS record
        ) AS after
    )
    UPDATE judged j
    SET verdict = 'changed', doc = c.doc, changes = c.changes,
        conflicts = j.conflicts || c.conflicts
    FROM compared c WHERE c.row_no = j.row_no AND c.changes <> '{}'
"""
ADVISORS = """
    CREATE TEMP TABLE named_advisor ON COMMIT DROP AS
    SELECT lower(name) AS name,
        jsonb_build_object('advisor_id', min(id), 'advisor_name', '') AS doc
    FROM aftersales_user WHERE is_active GROUP BY 1 HAVING count(*) = 1
"""
# A reading is compared with the one before it, in the file or here, as in
# `customers.rules.mileage_is_plausible`.
READINGS = """
    CREATE TEMP TABLE reading ON COMMIT DROP AS
    WITH told AS (
        SELECT j.row_no, j.vehicle_id, (r.repair_order ->> name)::integer AS km,
            ((r.repair_order ->> moment)::timestamptz AT TIME ZONE %(zone)s)::date AS day,
            %(columns)s::jsonb ->> ('order.' || name) AS heading
        FROM judged j
        JOIN workshop_importrow r ON r.batch_id = %(batch)s AND r.row_no = j.row_no
        JOIN (VALUES ('mileage_in', 'checked_in_at'), ('mileage_out', 'gate_out_at'))
            AS reading(name, moment) ON r.repair_order ? name AND r.repair_order ? moment
        WHERE j.verdict <> 'rejected'
    ), lined_up AS (
        SELECT told.*, coalesce(lag(km) OVER earlier, v.mileage) AS last_km,
            coalesce(lag(day) OVER earlier, v.mileage_read_on) AS last_day
        FROM told LEFT JOIN customers_vehicle v ON v.id = told.vehicle_id
        WINDOW earlier AS (PARTITION BY vehicle_id ORDER BY day, row_no, km)
    )
    SELECT *, last_km IS NOT NULL AND last_day IS NOT NULL AND NOT (
        CASE WHEN day >= last_day THEN km - last_km ELSE last_km - km END
        BETWEEN 0 AND greatest(abs(day - last_day), 1) * %(km_a_day)s
    ) AS odd
    FROM lined_up
"""
ODD_READINGS = """
    WITH odd AS (
        SELECT row_no, jsonb_agg(jsonb_build_object(
            'reason', 'mileage_odd', 'column', heading, 'value', km::text,
            'with', jsonb_build_object('km', last_km, 'day', last_day))) AS conflicts
        FROM reading WHERE odd GROUP BY row_no
    )
    UPDATE judged j SET conflicts = j.conflicts || odd.conflicts
    FROM odd WHERE odd.row_no = j.row_no
"""

VEHICLES = """
    INSERT INTO judged
    SELECT r.row_no, CASE WHEN v.is_new THEN 'new' ELSE 'unchanged' END, v.id, t.version,
        CASE WHEN owner.id IS NULL THEN c.id END, v.id,
        r.vehicle - 'mileage' || CASE WHEN takes_mileage
            THEN jsonb_build_object('mileage', r.vehicle -> 'mileage', 'mileage_read_on', %(today)s)
            ELSE '{}' END,
        NULL,
        v.conflicts || coalesce(c.conflicts, '[]')
        || CASE WHEN r.row_no > v.first_row THEN jsonb_build_array(jsonb_build_object(
            'reason', 'repeated', 'column', '', 'value', '',
            'with', jsonb_build_object('row', v.first_row))) ELSE '[]' END
        || CASE WHEN owner.customer_id <> c.id THEN jsonb_build_array(jsonb_build_object(
            'reason', 'other_owner', 'column', %(columns)s::jsonb ->> 'customer.name',
            'value', r.customer ->> 'name', 'with', '{}'::jsonb)) ELSE '[]' END
        || CASE WHEN km IS NOT NULL AND km <> t.mileage AND NOT takes_mileage
            THEN jsonb_build_array(jsonb_build_object(
                'reason', 'mileage_odd', 'column', %(columns)s::jsonb ->> 'vehicle.mileage',
                'value', km::text,
                'with', jsonb_build_object('km', t.mileage, 'day', t.mileage_read_on)))
            ELSE '[]' END
    FROM workshop_importrow r
    JOIN (SELECT *, min(row_no) OVER (PARTITION BY id) AS first_row FROM named_vehicle) v
        ON v.key = r.vehicle_key
    LEFT JOIN named_customer c ON c.key = r.customer_key
    LEFT JOIN customers_vehicle t ON t.id = v.id
    LEFT JOIN customers_vehiclerelation owner ON owner.vehicle_id = t.id
        AND owner.relation = 'owner' AND upper_inf(owner.during)
    CROSS JOIN LATERAL (SELECT (r.vehicle ->> 'mileage')::integer AS km) AS told
    CROSS JOIN LATERAL (SELECT km IS NOT NULL AND (t.mileage IS NULL OR km - t.mileage
        BETWEEN 1 AND greatest(%(today)s::date - coalesce(t.mileage_read_on, '1980-01-01'), 1)
            * %(km_a_day)s) AS takes_mileage) AS taken
    WHERE r.batch_id = %(batch)s AND r.readable
"""
KNOWN_VEHICLES = """
    WITH compared AS (
        SELECT j.row_no, after.broken AS conflicts,
            <changes> || CASE WHEN j.customer_id IS NULL THEN '{}'
                ELSE jsonb_build_object('owner', jsonb_build_array(NULL, n.doc -> 'name'))
            END AS changes
        FROM judged j JOIN customers_vehicle known ON known.id = j.object_id
        LEFT JOIN named_customer n ON n.id = j.customer_id AND n.same_as = n.key
        CROSS JOIN LATERAL (
            SELECT record AS row, <broken> AS broken
            FROM jsonb_populate_record(known, j.doc) AS record
        ) AS after
    )
    UPDATE judged j
    SET verdict = 'changed', changes = c.changes, conflicts = j.conflicts || c.conflicts
    FROM compared c WHERE c.row_no = j.row_no AND c.changes <> '{}'
"""

CUSTOMERS = """
    INSERT INTO judged
    SELECT r.row_no, CASE WHEN c.is_new THEN 'new' ELSE 'unchanged' END, c.id, t.version, c.id,
        NULL, r.customer - 'file_no' - 'phone', NULL,
        c.conflicts
        || CASE WHEN r.row_no > c.first_row THEN jsonb_build_array(jsonb_build_object(
            'reason', 'repeated', 'column', '', 'value', '',
            'with', jsonb_build_object('row', c.first_row))) ELSE '[]' END
    FROM workshop_importrow r
    JOIN (SELECT *, min(row_no) OVER (PARTITION BY id) AS first_row FROM named_customer) c
        ON c.key = r.customer_key
    LEFT JOIN customers_customer t ON t.id = c.id
    WHERE r.batch_id = %(batch)s AND r.readable
"""
KNOWN_CUSTOMERS = """
    WITH compared AS (
        SELECT j.row_no, after.broken AS conflicts,
            <changes> || CASE WHEN p.customer_id IS NULL THEN '{}'
                ELSE jsonb_build_object('phone', jsonb_build_array(NULL, p.doc -> 'typed'))
            END AS changes
        FROM judged j JOIN customers_customer known ON known.id = j.object_id
        LEFT JOIN named_phone p ON p.customer_id = known.id AND NOT p.is_known
        CROSS JOIN LATERAL (
            SELECT record AS row, <broken> AS broken
            FROM jsonb_populate_record(known, j.doc) AS record
        ) AS after
    )
    UPDATE judged j
    SET verdict = 'changed', changes = c.changes, conflicts = j.conflicts || c.conflicts
    FROM compared c WHERE c.row_no = j.row_no AND c.changes <> '{}'
"""
PHONES = """
    CREATE TEMP TABLE named_phone ON COMMIT DROP AS
    SELECT n.id AS customer_id, n.doc -> 'phone' AS doc, EXISTS (
        SELECT FROM customers_phone p WHERE p.customer_id = n.id AND (
            p.typed = n.doc -> 'phone' ->> 'typed'
            OR (p.e164 <> '' AND p.e164 = n.doc -> 'phone' ->> 'e164'))
    ) AS is_known
    FROM named_customer n WHERE n.same_as = n.key AND n.doc ? 'phone'
"""

# What of the known row becomes another, column by column; nothing if it stays as it is.
CHANGES = """
    CASE WHEN after.row IS NOT DISTINCT FROM known THEN '{}' ELSE (
        SELECT jsonb_object_agg(was.name, jsonb_build_array(was.value, becomes.value))
        FROM jsonb_each(to_jsonb(known)) AS was(name, value)
        JOIN jsonb_each(to_jsonb(after.row)) AS becomes(name, value) ON becomes.name = was.name
        WHERE was.value <> becomes.value
    ) END
"""
REJECTED = """
    UPDATE judged SET verdict = 'rejected', changes = NULL WHERE conflicts <> '[]' AND EXISTS (
        SELECT FROM jsonb_array_elements(conflicts) AS each
        WHERE NOT each ->> 'reason' = ANY(%(notes)s)
    )
"""
NOTED_IN_ROWS = """
    UPDATE workshop_importrow r
    SET verdict = j.verdict, changes = j.changes, conflicts = j.conflicts,
        object_id = CASE WHEN j.verdict IN ('changed', 'unchanged') THEN j.object_id END
    FROM judged j
    WHERE r.batch_id = %(batch)s AND r.row_no = j.row_no AND (
        r.verdict <> j.verdict OR r.conflicts <> j.conflicts
        OR r.changes IS DISTINCT FROM j.changes
        OR r.object_id IS DISTINCT FROM
            CASE WHEN j.verdict IN ('changed', 'unchanged') THEN j.object_id END
    )
"""
