"""Fills an empty, migrated database with n customers, set-based.

Per customer: one phone, 1.2 vehicles with their owners, 7.5 repair orders over three
years (2.5 a year). Names are Chinese for three of four, with the same search keys that
the application would write.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from customers import names

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡"
GIVEN = (
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 涛 明 超 秀兰 霞 平 刚 桂英 建华 志强 秀英 文博 子涵 浩然 "
    "雨桐 欣怡 俊杰 嘉豪 晓东 国栋 海燕 雪梅 建国 丹丹 思远 宇航 婷婷 家辉 慧敏 振华 玉兰 晨曦 天佑"
).split()
KOREAN = [f"{a}{b}" for a in "김이박최정강조윤" for b in "민수 지훈 서연 하은 도윤 지우".split()]
LATIN = [
    f"{a} {b}" for a in "Oliver Amelia George Isla".split() for b in "Smith Jones Patel".split()
]
TABLES = (
    "customers_customer",
    "customers_phone",
    "customers_vehicle",
    "customers_vehiclerelation",
    "workshop_repairorder",
)


def fill(n: int) -> None:
    """Write n customers with everything that hangs on them; history is left out."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("SET max_parallel_maintenance_workers = 0")
        with _without_indexes():
            write(n)
        for table in TABLES:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")


def write(n: int) -> None:
    """Write the rows alone, in the running transaction if there is one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.42)")
        _name_pool()
        for statement in STATEMENTS:
            cursor.execute(statement, {"n": n})


def _name_pool() -> None:
    chinese = [surname + given for surname in SURNAMES for given in GIVEN]
    pool = [*chinese, *KOREAN * 12, *LATIN * 20]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE name_pool (id serial, name text, sort_key text, search_keys text)"
        )
        cursor.executemany(
            "INSERT INTO name_pool (name, sort_key, search_keys) VALUES (%s, %s, %s)",
            [(name, names.sort_key(name), names.search_keys(name)) for name in pool],
        )


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Build the indexes after the rows: several times faster."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
            FROM pg_index WHERE indrelid = ANY(%s::regclass[])
            AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
            """,
            [list(TABLES)],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _name, definition in indexes:
            cursor.execute(definition)


STATEMENTS = (
    """
    INSERT INTO customers_customer (id, file_no, kind, name, sort_key, search_keys, contact_name,
        title, language, address, postal_code, district, email, convenient_weekdays,
        wished_services, next_topic, next_talking_points, bag_location, is_fleet, tags, remarks,
        opened_on, created_at, version)
    SELECT i, 'K-' || lpad(i::text, 7, '0'), CASE WHEN i %% 12 = 0 THEN 'company' ELSE 'private' END,
        p.name, p.sort_key, p.search_keys, '', '', 'zh-hans', '天河路' || i || '号', '510630',
        'District ' || i %% 30, '', '{}', '', '', '', '', i %% 100 = 0, '{}', '',
        date '2023-01-01' + (i %% 1000)::int, now(), 1
    FROM generate_series(1, %(n)s) i
    JOIN name_pool p ON p.id = 1 + i::bigint * 7919 %% (SELECT count(*) FROM name_pool)
    """,
    """
    INSERT INTO customers_phone (id, customer_id, kind, typed, e164, tail, is_primary, is_bad, version)
    SELECT i, i, 'mobile', d, '+86' || d, right(d, 8), true, false, 1
    FROM (SELECT i, (13000000000 + i::bigint * 7919 %% 6999999999)::text d
          FROM generate_series(1, %(n)s) i) x
    """,
    """
    INSERT INTO customers_vehicle (id, vin, plate, unit_no, engine_no, model, category, color,
        sold_by_us, mileage_reason, insurer, remarks, created_at, version, next_maintenance_on)
    SELECT v, 'LSGPC52U' || upper(left(md5(v::text), 2)) || lpad(v::text, 7, '0'),
        substr('京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼', 1 + v %% 31, 1)
            || substr('ABCDEFGHJKLMNPQRSTUVWXYZ', 1 + v / 31 %% 24, 1)
            || upper(lpad(to_hex(v / 744 * 37 %% 1048576), 5, '0')),
        '', '', 'Model ' || v %% 40, 'sedan', '', true, '', '', '', now(), 1,
        date '2026-01-01' + v %% 365
    FROM generate_series(1, (%(n)s * 1.2)::int) v
    """,
    """
    INSERT INTO customers_vehiclerelation (id, vehicle_id, customer_id, relation, during, version)
    SELECT v, v, CASE WHEN v <= %(n)s THEN v ELSE (v - %(n)s) * 5 END, 'owner',
        daterange('2023-01-01', NULL), 1
    FROM generate_series(1, (%(n)s * 1.2)::int) v
    """,
    """
    INSERT INTO workshop_repairorder (id, number, kind, state, customer_id, vehicle_id, advisor_name,
        bringer_name, bringer_phone, checked_in_at, authorized_at, gate_out_at, mileage_in, concern,
        service_items, customer_amount, warranty_amount, insurer_amount, internal_amount,
        release_undo_reason, cancel_reason, created_at, version)
    SELECT i, 'RO' || lpad(i::text, 9, '0'),
        (ARRAY['general','maintenance','warranty','insurance'])[1 + i %% 4], 'released', c, c, '',
        '', '', t, t + interval '20 minutes', t + interval '5 hours', 1000 + i %% 90000, '',
        'Engine oil and filter', (i %% 150000) / 100.0, 0, 0, 0, '', '', t, 1
    FROM (SELECT i, 1 + floor(%(n)s * power(random(), 1.7))::bigint c,
                 timestamptz '2023-11-01 09:00+08' + i * (interval '1096 days' / (%(n)s * 7.5)) t
          FROM generate_series(1, (%(n)s * 7.5)::bigint) i) x
    """,
)
