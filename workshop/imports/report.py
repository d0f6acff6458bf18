"""What an import comes to, in numbers: for the preview, and as it was written."""

from __future__ import annotations

from typing import Any

from django.db.backends.utils import CursorWrapper
from django.db.models import Count

from workshop.imports.fields import REQUIRED
from workshop.models import Import, ImportKind, ImportRow, Verdict

CREATED = """
    SELECT
        (SELECT count(*) FROM named_customer WHERE is_new AND same_as = key AND id IN (
            SELECT customer_id FROM judged WHERE verdict IN ('new', 'changed'))),
        (SELECT count(*) FROM named_vehicle WHERE is_new AND same_as = key AND id IN (
            SELECT vehicle_id FROM judged WHERE verdict IN ('new', 'changed')))
"""
ODD = """
    SELECT each ->> 'reason', each ->> 'column', count(*), min(r.row_no)
    FROM workshop_importrow r, jsonb_array_elements(r.findings || r.conflicts) AS each
    WHERE r.batch_id = %s AND (r.findings <> '[]' OR r.conflicts <> '[]')
    GROUP BY 1, 2 ORDER BY 3 DESC, 4
"""
EMPTY = """
    SELECT <counts> FROM workshop_importrow WHERE batch_id = %s AND readable
"""
# Read into other fields.
CONSUMED = ("order.kind", "order.amount", "order.payer")
DOCUMENTS = {"order": "repair_order", "vehicle": "vehicle", "customer": "customer"}


def counts(cursor: CursorWrapper, batch: Import) -> dict[str, Any]:
    """Return the numbers of an import that has just been judged, in the same transaction."""
    rows = ImportRow.objects.filter(batch=batch).values_list("verdict").annotate(rows=Count("*"))
    cursor.execute(CREATED)
    customers, vehicles = cursor.fetchone()
    cursor.execute(ODD, [batch.pk])
    odd = [
        {"reason": reason, "column": column, "rows": rows, "first_row": first_row}
        for reason, column, rows, first_row in cursor.fetchall()
    ]
    return {
        "noted": ImportRow.objects.filter(batch=batch).noted().count(),
        "verdicts": dict.fromkeys(Verdict.values, 0) | dict(rows),
        "customers": customers,
        "vehicles": vehicles,
        "odd": odd,
        "empty": _empty(cursor, batch),
    }


def _empty(cursor: CursorWrapper, batch: Import) -> list[dict[str, Any]]:
    """Count for each column that is read the rows that have no value there."""
    optional = {
        heading: target.split(".")
        for target, heading in batch.layout["columns"].items()
        if target not in {*REQUIRED[ImportKind(batch.kind)], *CONSUMED}
    }
    if not optional:
        return []
    counts = ", ".join(
        f"count(*) FILTER (WHERE NOT {DOCUMENTS[entity]} ? '{name}')"
        for entity, name in optional.values()
    )
    cursor.execute(EMPTY.replace("<counts>", counts), [batch.pk])
    found = zip(optional, cursor.fetchone(), strict=True)
    return [{"column": heading, "rows": rows} for heading, rows in found if rows]
