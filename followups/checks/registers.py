"""Whether somebody has tampered with a register: its numbers, its chain, and where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection, transaction

from followups.models import Call, Letter, Register
from followups.models.register import hash_of

REGISTERS: tuple[type[Call | Letter], ...] = (Call, Letter)
MOST_FINDINGS = 100

# One statement sees one state of the table, however many lines are written meanwhile.
FINDINGS = """
WITH line AS (
    SELECT year, number, hash, previous_hash, HASH AS computed,
        lag(year) OVER turn AS year_before,
        lag(number) OVER turn AS number_before,
        lag(hash) OVER turn AS hash_before
    FROM TABLE_OF_LINES AS kept
    WINDOW turn AS (ORDER BY year, number)
),
final AS (SELECT year, number, hash FROM line ORDER BY year DESC, number DESC LIMIT 1)
SELECT year, number, 'changed' AS problem FROM line WHERE hash <> computed
UNION ALL
SELECT year, number, 'number' FROM line
WHERE number <> CASE WHEN year = year_before THEN number_before + 1 ELSE 1 END
UNION ALL
SELECT year, number, 'chain' FROM line WHERE previous_hash <> coalesce(hash_before, '')
UNION ALL
SELECT coalesce(register.year, final.year), coalesce(register.last_number, final.number), 'end'
FROM (VALUES (%s)) AS asked (name)
LEFT JOIN followups_register AS register ON register.name = asked.name
LEFT JOIN final ON true
WHERE (register.year, register.last_number, register.last_hash)
    IS DISTINCT FROM (final.year, final.number, final.hash)
OF_ITS_FILES
ORDER BY 1, 2, 3
LIMIT %s
"""
# The line holds the hash of the file that was archived with it.
OF_ITS_FILES: dict[type[Call | Letter], str] = {
    Letter: """
UNION ALL
SELECT year, number, 'file' FROM followups_letter AS kept
LEFT JOIN followups_letterfile AS archived ON archived.letter_id = kept.id
WHERE encode(sha256(archived.content), 'hex') IS DISTINCT FROM kept.pdf_hash
"""
}


class Problem(StrEnum):
    """What is wrong with a line."""

    CHANGED = "changed"
    NUMBER = "number"
    CHAIN = "chain"
    END = "end"
    FILE = "file"


@dataclass(frozen=True)
class Finding:
    """Something wrong with the line of a number, such as C-2026-000123."""

    line: str
    problem: Problem


@dataclass(frozen=True)
class Verification:
    """What was found about one register: at most `MOST_FINDINGS`, the first ones.

    Attributes:
        last, last_hash: noted outside the database, they show later whether everything up to
            there was written anew.
    """

    register: str
    lines: int
    last: str
    last_hash: str
    findings: Sequence[Finding]

    @property
    def may_be_worse(self) -> bool:
        return len(self.findings) >= MOST_FINDINGS


def verify(model: type[Call | Letter]) -> Verification:
    """Compute every hash of a register again, with those of its files; follow numbers and chain.

    Source: REG-01, REG-02.
    """
    table = model._meta.db_table
    statement = FINDINGS.replace("HASH", hash_of("kept")).replace("TABLE_OF_LINES", table)
    statement = statement.replace("OF_ITS_FILES", OF_ITS_FILES.get(model, ""))
    with transaction.atomic(), connection.cursor() as cursor:
        # As in the trigger; and a register of many years takes longer than a page may.
        cursor.execute("SET LOCAL TIME ZONE 'UTC'; SET LOCAL statement_timeout = 0")
        cursor.execute(statement, [table, MOST_FINDINGS])
        findings = [
            Finding(str(model(year=year, number=number)), Problem(problem))
            for year, number, problem in cursor.fetchall()
        ]
        lines = model.objects.count()
        end = Register.objects.filter(name=table).first()
    last = str(model(year=end.year, number=end.last_number)) if end else ""
    return Verification(table, lines, last, end.last_hash if end else "", findings)
