"""The search box against the one statement that each kind of lookup needs at least."""

from __future__ import annotations

from functools import partial

from django.db import connection

from aftersales.models import User
from bench.measure import Task
from customers.search import search

SAMPLES = 15
PEOPLE = "SELECT c.id, c.name, c.sort_key FROM customers_customer c"
CARS = (
    "SELECT v.id, v.plate, c.id, c.name FROM customers_vehicle v "
    "JOIN customers_vehiclerelation r ON r.vehicle_id = v.id AND r.relation = 'owner' "
    "JOIN customers_customer c ON c.id = r.customer_id"
)
PHONES = (
    "SELECT c.id, c.name, p.typed FROM customers_phone p "
    "JOIN customers_customer c ON c.id = p.customer_id"
)
WORDS = "to_tsvector('simple'::regconfig, COALESCE(c.search_keys, '')) @@ to_tsquery('simple', %s)"
# Name of the lookup → what is typed (from a random row), the best statement for it.
LOOKUPS = {
    "phone": (
        "SELECT typed FROM customers_phone",
        f"{PHONES} WHERE p.e164 = '+86' || %s LIMIT 12",
    ),
    "phone, last four digits": (
        "SELECT right(typed, 4) FROM customers_phone",
        f"{PHONES} WHERE p.reversed_digits LIKE reverse(%s) || '%%' "
        "ORDER BY p.reversed_digits LIMIT 12",
    ),
    "plate": (
        "SELECT plate FROM customers_vehicle",
        f"{CARS} WHERE v.plate LIKE %s || '%%' LIMIT 12",
    ),
    "half a plate": (
        "SELECT right(plate, 4) FROM customers_vehicle",
        f"{CARS} WHERE v.plate LIKE '%%' || %s || '%%' LIMIT 12",
    ),
    "VIN": (
        "SELECT vin FROM customers_vehicle",
        f"{CARS} WHERE v.vin = %s LIMIT 12",
    ),
    "VIN, last six": (
        "SELECT right(vin, 6) FROM customers_vehicle",
        f"{CARS} WHERE reverse(v.vin) LIKE reverse(%s) || '%%' LIMIT 12",
    ),
    "name": (
        "SELECT name FROM customers_customer",
        f"{PEOPLE} WHERE {WORDS} LIMIT 12",
    ),
    "pinyin": (
        "SELECT sort_key FROM customers_customer WHERE language = 'zh-hans' AND sort_key !~ '[^a-z]'",
        f"{PEOPLE} WHERE {WORDS} LIMIT 12",
    ),
    "pinyin initials": (
        "SELECT split_part(split_part(search_keys, ' ' || sort_key || ' ', 2), ' ', 1) "
        "FROM customers_customer WHERE search_keys LIKE '% ' || sort_key || ' %'",
        f"{PEOPLE} WHERE {WORDS} LIMIT 12",
    ),
    "initial consonants": (
        "SELECT substring(search_keys FROM '[ㄱ-ㅎ]+') FROM customers_customer "
        "WHERE search_keys ~ '[ㄱ-ㅎ]'",
        f"{PEOPLE} WHERE {WORDS} LIMIT 12",
    ),
}


def tasks(user: User) -> list[Task]:
    """Return one task per lookup, each with `SAMPLES` random inputs."""
    return [
        Task(
            f"search: {name}",
            partial(search, user=user),
            partial(_query, statement, as_prefix="to_tsquery" in statement),
            _samples(typed),
        )
        for name, (typed, statement) in LOOKUPS.items()
    ]


def _samples(statement: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM (SELECT DISTINCT * FROM ({statement} LIMIT 50000) x) y "
            f"ORDER BY md5(y::text) LIMIT {SAMPLES}"
        )
        return [text for (text,) in cursor.fetchall()]


def _query(statement: str, value: str, *, as_prefix: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            statement, [" & ".join(f"{word}:*" for word in value.split())] if as_prefix else [value]
        )
        cursor.fetchall()
