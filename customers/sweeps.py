"""Set-based work over all customers, which beat rings and anybody may ring again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from django.db import connection, transaction
from rapidfuzz import fuzz

from customers.models import DuplicateReason

LOCK = 0x6475706C6963
CHUNK = 10_000
# More people under one number are the extensions of a switchboard, not one person.
MOST_SHARING = 20
SIMILAR = 80

# Pairs of customers who share a number, a vehicle, or the sound of the name and the address.
CANDIDATES = """
WITH shared (what, customers) AS (
    SELECT %(phone)s, array_agg(customer_id)
    FROM customers_phone WHERE e164 <> ''
    GROUP BY e164 HAVING count(*) BETWEEN 2 AND %(most)s
    UNION ALL
    SELECT %(vehicle)s, array_agg(DISTINCT customer_id)
    FROM customers_vehiclerelation
    GROUP BY vehicle_id HAVING count(DISTINCT customer_id) BETWEEN 2 AND %(most)s
    UNION ALL
    SELECT %(address)s, array_agg(id)
    FROM customers_customer WHERE address <> '' AND merged_into_id IS NULL
    GROUP BY sort_key, lower(regexp_replace(address, '[[:space:][:punct:]]', '', 'g'))
    HAVING count(*) BETWEEN 2 AND %(most)s
), pairs AS (
    SELECT first_id, second_id, array_agg(DISTINCT what ORDER BY what) AS reasons
    FROM shared, unnest(customers) AS first_id, unnest(customers) AS second_id
    WHERE first_id < second_id
    GROUP BY first_id, second_id
)
SELECT first_id, second_id, reasons, a.name, a.sort_key, b.name, b.sort_key
FROM pairs
JOIN customers_customer a ON a.id = first_id AND a.merged_into_id IS NULL
JOIN customers_customer b ON b.id = second_id AND b.merged_into_id IS NULL
"""
SHARED: dict[str, str | int] = {
    "phone": DuplicateReason.PHONE,
    "vehicle": DuplicateReason.VEHICLE,
    "address": DuplicateReason.ADDRESS,
    "most": MOST_SHARING,
}
FOUND = """
CREATE TEMP TABLE found (
    first_id bigint, second_id bigint, reasons varchar(10)[], name_similarity smallint
)
"""
ADD_FOUND = """
INSERT INTO found
SELECT first_id, second_id, reasons::varchar(10)[], name_similarity
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::smallint[])
    AS row (first_id, second_id, reasons, name_similarity)
"""
WRITE = """
INSERT INTO customers_duplicatepair AS known (first_id, second_id, reasons, name_similarity)
SELECT * FROM found
ON CONFLICT (first_id, second_id) DO UPDATE
SET reasons = excluded.reasons, name_similarity = excluded.name_similarity
WHERE (known.reasons, known.name_similarity)
    IS DISTINCT FROM (excluded.reasons, excluded.name_similarity)
"""
FORGET = """
DELETE FROM customers_duplicatepair known
WHERE dismissed_at IS NULL AND NOT EXISTS (
    SELECT FROM found
    WHERE (found.first_id, found.second_id) = (known.first_id, known.second_id)
)
"""

Candidate: TypeAlias = tuple[int, int, list[str], str, str, str, str]


def find_duplicates() -> None:
    """Make the list of likely duplicates what the files say now; what was dismissed stays so.

    Safe to run twice. Of several at a time one works and the others leave it to that one.

    Source: FIL-10.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '4min'; SET LOCAL lock_timeout = '30s'")
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        [is_first] = cursor.fetchone()
        if not is_first:
            return
        cursor.execute(FOUND)
        with connection.chunked_cursor() as candidates:
            candidates.execute(CANDIDATES, SHARED)
            while chunk := candidates.fetchmany(CHUNK):
                cursor.execute(ADD_FOUND, _columns(chunk))
        cursor.execute("ANALYZE found")
        cursor.execute(WRITE)
        cursor.execute(FORGET)
        cursor.execute("DROP TABLE found")


def _columns(candidates: Iterable[Candidate]) -> list[list[int] | list[str]]:
    """Return first, second, reasons and similarity of those that hold, column by column."""
    first, second, reasons, similarity = [], [], [], []
    for first_id, second_id, shared, *names in candidates:
        alike = _similarity(*names)
        holding = [
            reason for reason in shared if reason != DuplicateReason.VEHICLE or alike >= SIMILAR
        ]
        if holding:
            first.append(first_id)
            second.append(second_id)
            reasons.append(f"{{{','.join(holding)}}}")
            similarity.append(alike)
    return [first, second, reasons, similarity]


def _similarity(name: str, sound: str, other_name: str, other_sound: str) -> int:
    """Return 0 to 100: by the characters in any order of words, or by the sound."""
    return round(max(fuzz.token_sort_ratio(name, other_name), fuzz.ratio(sound, other_sound)))
