"""Where the servers listen and what the secret key is, unless the environment says so."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import quote

PROJECT = Path(__file__).resolve().parents[2]
VAR = PROJECT / "var"
# A symlink: the path of a Unix socket is limited to 107 bytes, that of the project is not.
SOCKETS = VAR / "sockets"
SERVERS = VAR / "servers"
# Nobody but root could put a server of his own there.
NOT_RUNNING = Path("/run/aftersales-is-not-running")

DATABASE = USER = "aftersales"
VALKEY_SOCKET = "valkey.sock"


def database_url() -> str:
    """Return DATABASE_URL or the address of the embedded PostgreSQL."""
    return os.environ.get("DATABASE_URL") or embedded_database_url(running_sockets())


def redis_url() -> str:
    """Return REDIS_URL or the address of the embedded Valkey."""
    return os.environ.get("REDIS_URL") or embedded_redis_url(running_sockets())


def broker_url(redis_url: str) -> str:
    """Return the same Redis server as Celery spells it."""
    scheme, _, rest = redis_url.partition("://")
    if scheme != "unix":
        return redis_url
    return f"redis+socket://{rest.replace('?db=', '?virtual_host=')}"


def embedded_database_url(sockets: Path, database: str = DATABASE) -> str:
    return f"postgres://{USER}@/{database}?host={quote(str(sockets))}"


def embedded_redis_url(sockets: Path) -> str:
    return f"unix://{quote(str(sockets))}/{VALKEY_SOCKET}?db=0"


def secret_key(folder: Path = VAR) -> str:
    """Return the key of this installation, made on first use and readable to its owner only."""
    folder.mkdir(exist_ok=True)
    path = folder / "secret_key"
    if not path.exists():
        # Whole or not at all: of two processes that start at once, both read the same key.
        with NamedTemporaryFile("w", dir=folder) as draft, suppress(FileExistsError):
            draft.write(secrets.token_urlsafe(50))
            draft.flush()
            os.link(draft.name, path)
    return path.read_text()


def running_sockets() -> Path:
    """Return the folder of the running servers' sockets.

    After a crash the link may outlive the folder, and in `/tmp` somebody else could make
    one of the same name: only a folder of ours counts.
    """
    try:
        folder = SOCKETS.resolve(strict=True)
        ours = folder.stat().st_uid == SERVERS.stat().st_uid
    except OSError:
        return NOT_RUNNING
    return folder if ours else NOT_RUNNING
