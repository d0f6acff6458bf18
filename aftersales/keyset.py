"""Places in a sorted list: pages that go on where the last row stood, however far in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Order:
    """A column and a direction; ties are broken by the column `tie` in the same direction.

    Empty values count as the largest ones, as PostgreSQL and its indexes have it.
    """

    column: str
    descending: bool = False
    may_be_empty: bool = False
    tie: str = "pk"

    def reversed(self) -> Order:
        return replace(self, descending=not self.descending)

    def columns(self) -> tuple[str, str]:
        sign = "-" if self.descending else ""
        return f"{sign}{self.column}", f"{sign}{self.tie}"

    def place(self, row: Model) -> tuple[Any, int]:
        """Return where `row` stands."""
        return getattr(row, self.column), getattr(row, self.tie)

    def behind(self, value: object, tie: int) -> Q:
        """Return the condition for rows that come after the place of `value` and `tie`."""
        is_empty = Q((f"{self.column}__isnull", True))
        if value is None:
            empty = is_empty & Q((f"{self.tie}__{'lt' if self.descending else 'gt'}", tie))
            return empty | ~is_empty if self.descending else empty
        # Compared as a pair, an index leads straight to the place, however many ties there are.
        beyond = TupleLessThan if self.descending else TupleGreaterThan
        passed = Q(beyond(Tuple(F(self.column), F(self.tie)), (value, tie)))
        return passed | is_empty if self.may_be_empty and not self.descending else passed


@dataclass(frozen=True)
class Page:
    """Some rows of a sorted list, and whether there are more on either side."""

    rows: list[Any]
    has_previous: bool
    has_next: bool


def page(
    found: QuerySet[Any],
    order: Order,
    *,
    size: int,
    place: tuple[Any, int] | None,
    backward: bool = False,
) -> Page:
    """Return the `size` rows behind a place, or before it; without a place the first ones."""
    direction = order.reversed() if backward else order
    if place is not None:
        found = found.filter(direction.behind(*place))
    rows = list(found.order_by(*direction.columns())[: size + 1])
    has_more, rows = len(rows) > size, rows[:size]
    if backward:
        rows.reverse()
    return Page(
        rows=rows,
        has_previous=bool(rows) and (has_more if backward else place is not None),
        has_next=bool(rows) and (backward or has_more),
    )


def walk(found: QuerySet[M], order: Order, *, size: int) -> Iterator[M]:
    """Give all rows in order, reading `size` at a time, so that no statement runs for long."""
    place = None
    while True:
        read = page(found, order, size=size, place=place)
        yield from read.rows
        if not read.has_next:
            return
        place = order.place(read.rows[-1])
