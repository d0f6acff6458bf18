"""What every test may rely on."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_history_triggers() -> Iterator[None]:
    """Let tests with real commits empty the tables: tracked tables refuse TRUNCATE."""
    flush = DatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: Any, statements: list[str]) -> None:
        flush(
            self,
            [
                "SET session_replication_role = replica",
                *statements,
                "SET session_replication_role = DEFAULT",
            ],
        )

    DatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign]
    yield
    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
