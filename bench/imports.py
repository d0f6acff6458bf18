"""`python -m bench.imports`: the real file against COPY and set-based inserts of the same rows.

The floor knows in advance what is in the file, checks nothing, and runs with triggers off: no
history, no foreign keys. Ours looks into the file, cleans it, compares it twice (for the preview
and for the writing), writes it with its history, and could take it back. Both have the same
indexes to fill. The database `bench_imports` is made anew.
"""

import gzip
import json
import os
import resource
import statistics
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings")
django.setup()

from django.core.files import File  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from workshop.imports.layout import Layout  # noqa: E402
from workshop.models import Import, RepairOrder  # noqa: E402
from workshop.services import import_work, imports  # noqa: E402

ROUNDS = 3
ORDERS = 332_420
MOST_RATIO = 5.0
MOST_MEGABYTES = 400
EXAMPLE = Path(__file__).parent.parent / "examples" / "cincinnati"
RAW = """
    SET LOCAL statement_timeout = 0;
    SET LOCAL session_replication_role = replica;
    CREATE TEMP TABLE raw (
        number text, department text, unit text, opened timestamptz, status text, job text,
        reason text, shop text, labor text, downtime text
    ) ON COMMIT DROP
"""
CUSTOMERS = """
    INSERT INTO customers_customer (file_no, kind, name, sort_key, search_keys, contact_name,
        title, language, address, postal_code, district, email, convenient_weekdays,
        wished_services, next_topic, next_talking_points, bag_location, is_fleet, tags, remarks,
        opened_on, version)
    SELECT 'X-' || row_number() OVER (), 'company', department, lower(department),
        lower(department), '', '', 'en', '', '', '', '', '{}', '', '', '', '', false, '{}', '',
        current_date, 1
    FROM (SELECT DISTINCT department FROM raw) AS each
"""
VEHICLES = """
    INSERT INTO customers_vehicle (vin, plate, unit_no, engine_no, model, category, color,
        sold_by_us, mileage_reason, insurer, remarks, version)
    SELECT '', '', unit, '', '', '', '', false, '', '', '', 1
    FROM (SELECT DISTINCT unit FROM raw) AS each
"""
OWNERS = """
    INSERT INTO customers_vehiclerelation (vehicle_id, customer_id, relation, during, version)
    SELECT v.id, c.id, 'owner', daterange(since::date, NULL), 1
    FROM (SELECT unit, max(department) AS department, min(opened) AS since FROM raw GROUP BY unit)
        AS each
    JOIN customers_vehicle v ON v.unit_no = each.unit
    JOIN customers_customer c ON c.name = each.department
"""
ORDERS_OF_RAW = """
    INSERT INTO workshop_repairorder (number, kind, state, customer_id, vehicle_id, advisor_name,
        bringer_name, bringer_phone, checked_in_at, authorized_at, gate_out_at, concern,
        service_items, labor_hours, customer_amount, warranty_amount, insurer_amount,
        internal_amount, release_undo_reason, cancel_reason, version)
    SELECT number, CASE WHEN reason LIKE '%REWORK%' THEN 'rework'
            WHEN reason LIKE '%WARRANTY%' THEN 'warranty' WHEN reason LIKE '%RECALL%' THEN 'recall'
            WHEN reason LIKE '%ACCIDENT%' THEN 'insurance'
            WHEN reason LIKE '%INSPECT%' THEN 'free_inspection'
            WHEN reason LIKE '%SALE PREP%' THEN 'internal'
            WHEN job = 'PM' THEN 'maintenance' ELSE 'general' END,
        CASE WHEN status IN ('CLOSED', 'WORK FINISHED') THEN 'released' ELSE 'authorized' END,
        c.id, v.id, '', '', '', opened, opened,
        CASE WHEN status IN ('CLOSED', 'WORK FINISHED') THEN opened END, coalesce(reason, ''), '',
        nullif(replace(labor, ',', '.')::numeric, 0), 0, 0, 0, 0, '', '', 1
    FROM raw JOIN customers_customer c ON c.name = raw.department
    JOIN customers_vehicle v ON v.unit_no = raw.unit
"""


def main() -> None:
    connection.settings_dict["TEST"]["NAME"] = "bench_imports"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    ratios = []
    for number in range(1, ROUNDS + 1):
        floor, ours = floor_seconds(), our_seconds()
        ratios.append(ours / floor)
        print(f"round {number}: floor {floor:.1f} s, ours {ours:.1f} s, {ours / floor:.2f} times")
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ratio = statistics.median(ratios)
    print(f"{ORDERS:,} orders: {ratio:.2f} times the floor (at most {MOST_RATIO})")
    print(f"largest memory of the process: {megabytes:.0f} MB (at most {MOST_MEGABYTES})")
    if ratio > MOST_RATIO or megabytes > MOST_MEGABYTES:
        raise SystemExit(1)


def floor_seconds() -> float:
    """Return what COPY and inserts of the same rows take; all of it is rolled back."""
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RAW)
        with gzip.open(EXAMPLE / "orders.csv.gz") as file:
            cursor.copy_expert("COPY raw FROM STDIN WITH (FORMAT csv, HEADER)", file)
        for statement in (CUSTOMERS, VEHICLES, OWNERS, ORDERS_OF_RAW):
            cursor.execute(statement)
        taken = time.perf_counter() - started
        transaction.set_rollback(True)
    return taken


def our_seconds() -> float:
    """Return what the import takes from the upload to the last row; then it is undone."""
    layout = Layout.from_json(json.loads((EXAMPLE / "departments.json").read_text()))
    started = time.perf_counter()
    with (EXAMPLE / "orders.csv.gz").open("rb") as file:
        batch = imports.upload(File(file), kind="orders", by=None)
    imports.start_reading(batch.pk, layout)
    import_work.work_on(batch.pk, now=timezone.now())
    imports.confirm(batch.pk, by=None, now=timezone.now())
    import_work.work_on(batch.pk, now=timezone.now())
    taken = time.perf_counter() - started
    batch.refresh_from_db()
    numbers = RepairOrder.objects.values("number").distinct().count()
    assert (RepairOrder.objects.count(), numbers, batch.state) == (ORDERS, ORDERS, "done")
    imports.undo(batch.pk, by=None, now=timezone.now())
    import_work.work_on(batch.pk, now=timezone.now())
    assert not RepairOrder.objects.exists()
    Import.objects.all().delete()
    return taken


if __name__ == "__main__":
    main()
