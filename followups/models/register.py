"""Registers: lines with numbers without gaps, chained, added and never changed."""

from __future__ import annotations

import pgtrigger
from django.db import models


def hash_of(row: str) -> str:
    """Return the SQL for the SHA-256 of a line with all it says, but for the hash itself."""
    return f"""encode(
        sha256(convert_to((jsonb_strip_nulls(to_jsonb({row})) - 'hash')::text, 'UTF8')), 'hex'
    )"""


# Numbers and hashes come from the database, so that no way of writing can leave them out. The
# line of the register is locked until the transaction ends: what is rolled back takes no number.
SEAL = """
    PERFORM set_config('TimeZone', 'UTC', true);
    INSERT INTO followups_register (name, year, last_number, last_hash)
    VALUES (TG_TABLE_NAME, NEW.year, 0, '') ON CONFLICT (name) DO NOTHING;
    UPDATE followups_register SET
        last_number = CASE WHEN NEW.year > year THEN 1 ELSE last_number + 1 END,
        year = greatest(year, NEW.year)
    WHERE name = TG_TABLE_NAME
    RETURNING year, last_number, last_hash INTO NEW.year, NEW.number, NEW.previous_hash;
    NEW.hash = HASH;
    UPDATE followups_register SET last_hash = NEW.hash WHERE name = TG_TABLE_NAME;
    RETURN NEW;
""".replace("HASH", hash_of("NEW"))
INSERT_ONLY = "RAISE EXCEPTION '% is a register: lines are added, never changed', TG_TABLE_NAME;"


def insert_only() -> list[pgtrigger.Trigger]:
    """Return the triggers of a table whose rows stay as they were written."""
    return [
        pgtrigger.Trigger(
            name="insert_only",
            operation=pgtrigger.Update | pgtrigger.Delete,
            when=pgtrigger.Before,
            func=INSERT_ONLY,
        ),
        pgtrigger.Trigger(
            name="no_truncate",
            operation=pgtrigger.Truncate,
            when=pgtrigger.Before,
            level=pgtrigger.Statement,
            func=INSERT_ONLY,
        ),
    ]


def seal() -> pgtrigger.Trigger:
    """Return the trigger that numbers a line and chains it to the one before."""
    return pgtrigger.Trigger(
        name="seal", operation=pgtrigger.Insert, when=pgtrigger.Before, func=SEAL
    )


class Register(models.Model):
    """Where the next line of a register goes: its number within the year, and the last hash."""

    name = models.CharField(max_length=60, unique=True)
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField()
    last_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
