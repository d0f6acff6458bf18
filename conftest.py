"""What every test may rely on: servers of its own, and tables that can be emptied again."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from aftersales.local import addresses
from aftersales.local.accounts import server_account
from aftersales.local.servers import embedded_servers
from aftersales.management.commands.compile_catalogs import compile_if_changed

servers = pytest.StashKey[ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    """Start servers unless the environment names some, before Django reads its settings.

    The processes of pytest-xdist inherit them: one PostgreSQL, in which pytest-django gives
    each process a database, and one Valkey, in which each has a cache of its own.
    """
    config.stash[servers] = stack = ExitStack()
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(dir="/tmp")))
        server_account().own(home)
        sockets, _ = stack.enter_context(embedded_servers(home, home, throwaway=True))
        os.environ.setdefault("DATABASE_URL", addresses.embedded_database_url(sockets))
        os.environ.setdefault("REDIS_URL", addresses.embedded_redis_url(sockets))
    os.environ["DJANGO_SETTINGS_MODULE"] = "aftersales.settings"
    # The cache, which tests empty, is each process's own; number 0 is the queue's.
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
    settings.CACHES["default"]["LOCATION"] = settings.REDIS_URL.replace("?db=0", f"?db={number}")
    for folder in settings.LOCALE_PATHS:
        for catalog in Path(folder).glob("*/LC_MESSAGES/*.po"):
            compile_if_changed(catalog)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.WHITENOISE_AUTOREFRESH = True  # no folder of collected files to warn about
    settings.MEDIA_ROOT = Path(stack.enter_context(tempfile.TemporaryDirectory()))


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[servers].close()


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_history_triggers() -> Iterator[None]:
    """Let tests with real commits empty the tables: tracked tables refuse TRUNCATE."""
    operations: Any = type(connection.ops)
    flush = operations.execute_sql_flush

    def execute_sql_flush(self: Any, statements: list[str]) -> None:
        flush(
            self,
            [
                "SET session_replication_role = replica",
                *statements,
                "SET session_replication_role = DEFAULT",
            ],
        )

    operations.execute_sql_flush = execute_sql_flush
    yield
    operations.execute_sql_flush = flush


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Let no test see what another one left in the cache under the same number."""
    cache.clear()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the machine's Chromium: skip where there is none, but in CI fail."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        reason = "There is no Chromium on this machine: apt-get install chromium"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    # Playwright keeps an event loop in this thread; the tests use the database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    quiet = "no-sandbox disable-gpu disable-quic no-first-run disable-background-networking"
    switches = f"{quiet} disable-component-update disable-sync".split()
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        "args": [f"--{switch}" for switch in switches],
    }
