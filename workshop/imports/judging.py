"""Comparing the rows of an import with each other and with what is known.

The same comparison makes the preview and, in the transaction that writes, what is written:
the preview is what happens, unless somebody changes something in between.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db.backends.utils import CursorWrapper

from customers.rules import MOST_KM_A_DAY
from workshop.imports import verdicts
from workshop.imports.customers import name_customers
from workshop.imports.findings import NOTES
from workshop.imports.tables import MAIN
from workshop.imports.vehicles import name_vehicles
from workshop.models import Import, ImportKind
from workshop.states import MOVES, OrderState

TEMPORARY = ("judged", "named_advisor", "named_phone", "reading")
BROKEN_RULES = """
    SELECT conname, pg_get_expr(conbin, conrelid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype = 'c' ORDER BY conname
"""
STEPS: dict[str, Sequence[str]] = {
    ImportKind.ORDERS: (
        verdicts.ADVISORS,
        verdicts.ORDERS,
        verdicts.KNOWN_ORDERS,
        verdicts.REJECTED,
    ),
    ImportKind.VEHICLES: (verdicts.VEHICLES, verdicts.KNOWN_VEHICLES, verdicts.REJECTED),
    ImportKind.CUSTOMERS: (verdicts.CUSTOMERS, verdicts.KNOWN_CUSTOMERS, verdicts.REJECTED),
}


def prepare_transaction(cursor: CursorWrapper) -> None:
    """Give one transaction the time and the memory for work over a whole file."""
    cursor.execute(
        "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;"
        "SET LOCAL lock_timeout = '60s'; SET LOCAL work_mem = '64MB'; SET LOCAL jit = off"
    )


def judge(cursor: CursorWrapper, batch: Import, *, today: date) -> None:
    """Fill `named_vehicle`, `named_customer` and `judged`, and note the verdicts in the rows."""
    params = parameters(batch, today=today)
    cursor.execute(f"DROP TABLE IF EXISTS {', '.join(TEMPORARY)}")
    name_vehicles(cursor, params | {"main": batch.kind == ImportKind.VEHICLES})
    name_customers(cursor, params | {"main": batch.kind == ImportKind.CUSTOMERS})
    cursor.execute(verdicts.PHONES)
    cursor.execute(verdicts.JUDGED)
    broken = _broken_rule(cursor, MAIN[batch.kind]._meta.db_table)
    for step in STEPS[batch.kind]:
        statement = step.replace("<changes>", verdicts.CHANGES).replace("<broken>", broken)
        cursor.execute(statement, params)
    cursor.execute("ANALYZE judged")
    cursor.execute(verdicts.READINGS, params)
    cursor.execute(verdicts.ODD_READINGS)
    cursor.execute(verdicts.NOTED_IN_ROWS, params)


def parameters(batch: Import, *, today: date) -> dict[str, Any]:
    """Return what the statements of an import need to know."""
    return {
        "batch": batch.pk,
        "kind": batch.kind,
        "columns": json.dumps(batch.layout["columns"]),
        "moves": json.dumps({state: sorted(_reachable(state)) for state in OrderState}),
        "notes": sorted(NOTES),
        "today": today.isoformat(),
        "zone": settings.TIME_ZONE,
        "km_a_day": MOST_KM_A_DAY,
    }


def _reachable(state: OrderState) -> set[str]:
    """Return the states that an order may reach from this one, by any number of moves."""
    return {later for move in MOVES[state] for later in {move, *_reachable(move)}}


def _broken_rule(cursor: CursorWrapper, table: str) -> str:
    """Return SQL for the finding about the first check constraint that `record` breaks."""
    cursor.execute(BROKEN_RULES, [table])
    cases = " ".join(
        f"WHEN ({condition}) IS FALSE THEN '{name}'" for name, condition in cursor.fetchall()
    ).replace("%", "%%")
    return f"""
        CASE WHEN (CASE {cases} END) IS NULL THEN '[]' ELSE jsonb_build_array(
            jsonb_build_object('reason', 'constraint', 'column', '', 'value', '',
                'with', jsonb_build_object('rule', CASE {cases} END))) END
    """
