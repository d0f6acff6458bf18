"""How far a worker is: in the cache, where it may be lost; what counts stands in the rows."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass

from django.core.cache import cache
from redis.exceptions import RedisError

KEPT_SECONDS = 3_600


@dataclass(frozen=True)
class Progress:
    """A step of the work; without a number to reach its length is unknown."""

    step: str
    done: int = 0
    of: int = 0


def tell(import_id: int, step: str, done: int = 0, of: int = 0) -> None:
    with suppress(RedisError):
        cache.set(_key(import_id), asdict(Progress(step, done, of)), KEPT_SECONDS)


def told(import_id: int) -> Progress | None:
    """Return the last step that a worker told, if any."""
    with suppress(RedisError):
        if known := cache.get(_key(import_id)):
            return Progress(**known)
    return None


def _key(import_id: int) -> str:
    return f"import-progress:{import_id}"
