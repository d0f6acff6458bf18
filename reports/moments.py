"""Lists of what happened, newest first, that several tables feed and that go on page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q


@dataclass(frozen=True, order=True)
class Moment:
    """The place of one thing in such a list: when, then from which source, then which row."""

    at: datetime
    source: str
    pk: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.source}_{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Moment | None:
        """Read what `str` wrote; None if somebody else wrote it."""
        try:
            at, source, pk = text.split("_")
            moment = cls(datetime.fromisoformat(at), source, int(pk))
        except ValueError:
            return None
        return moment if moment.at.tzinfo else None

    def rows_before(self, source: str, *, at: str, pk: str = "pk") -> Q:
        """Return which rows of `source` come after this place, so are older.

        Args:
            at: name of the field that says when.
            pk: name of the field that tells rows of the same time apart.
        """
        older = Q(**{f"{at}__lt": self.at})
        if source > self.source:
            return older
        if source < self.source:
            return Q(**{f"{at}__lte": self.at})
        return older | Q(**{at: self.at, f"{pk}__lt": self.pk})
