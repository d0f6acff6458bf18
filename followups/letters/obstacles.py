"""What stands in the way of the letters of a batch, looked for in all of them.

What is found is kept in the cache for a while, where it may be lost: it narrows and counts what a
page shows. Issuing never asks it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import Q, QuerySet
from redis.exceptions import RedisError

from aftersales.models import User
from followups.letters.drafts import drafts
from followups.models import BatchItem, LetterBatch, Obstacle

KEPT_SECONDS = 300


@dataclass(frozen=True)
class Obstacles:
    """What stood in the way at a moment.

    Attributes:
        codes: item → its obstacle; without one it isn't here.
    """

    at: datetime
    codes: Mapping[int, str]

    def left_out(self, items: QuerySet[BatchItem]) -> QuerySet[BatchItem]:
        """Return the items that get no letter, also because of somebody's word."""
        return items.filter(~Q(left_out_because="") | Q(pk__in=self.codes))

    def ready(self, items: QuerySet[BatchItem]) -> QuerySet[BatchItem]:
        return items.filter(left_out_because="").exclude(pk__in=self.codes)

    def counted(self) -> list[tuple[str, int]]:
        """Return each obstacle in words with how often it stands, the most frequent first."""
        found = Counter(self.codes.values()).most_common()
        return [(str(Obstacle(code).label), count) for code, count in found]


def find(batch: LetterBatch, *, handler: User, now: datetime) -> Obstacles:
    """Look through all letters of a batch: three seconds for 10,000."""
    found = Obstacles(
        now,
        {
            draft.item.pk: str(draft.obstacle)
            for draft in drafts(batch, batch.items.all(), handler=handler, now=now)
            if draft.obstacle
        },
    )
    with suppress(RedisError):
        cache.set(_key(batch), asdict(found), KEPT_SECONDS)
    return found


def found_before(batch: LetterBatch) -> Obstacles | None:
    """Return what was found a moment ago, if anybody looked."""
    with suppress(RedisError):
        if known := cache.get(_key(batch)):
            return Obstacles(**known)
    return None


def _key(batch: LetterBatch) -> str:
    return f"letter-obstacles:{batch.pk}"
