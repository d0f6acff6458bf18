"""Pages of a list by a cursor: nothing is shown twice or left out while rows come and go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core import signing
from django.db.models import Model, Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

MOST_ROWS = 200
ROWS = 50

signer = signing.Signer(salt="aftersales.api.paging")


@dataclass(frozen=True)
class Order:
    """A column and a direction; ties are broken by the primary key in the same direction.

    Empty values count as the largest ones, as PostgreSQL and its indexes have it.
    """

    column: str
    descending: bool
    may_be_empty: bool

    def reversed(self) -> Order:
        return replace(self, descending=not self.descending)

    def columns(self) -> tuple[str, str]:
        sign = "-" if self.descending else ""
        return f"{sign}{self.column}", f"{sign}pk"

    def behind(self, value: object, pk: int) -> Q:
        """Return the condition for rows that come after the one with `value` and `pk`."""
        beyond = "lt" if self.descending else "gt"
        tie = Q((f"pk__{beyond}", pk))
        is_empty = Q((f"{self.column}__isnull", True))
        if value is None:
            return (is_empty & tie) | ~is_empty if self.descending else is_empty & tie
        # The first half alone is what an index is entered with.
        passed = Q((f"{self.column}__{beyond}e", value)) & (
            Q((f"{self.column}__{beyond}", value)) | tie
        )
        return passed | is_empty if self.may_be_empty and not self.descending else passed


class CursorPages(BasePagination):
    """`next` and `previous` are addresses to follow; how many rows there are is not told."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        size = self._size()
        self.ordering, self.order = self._order(view, queryset.model)
        backward, anchor = self._position(queryset.model)

        order = self.order.reversed() if backward else self.order
        if anchor is not None:
            queryset = queryset.filter(order.behind(*anchor))
        found = list(queryset.order_by(*order.columns())[: size + 1])
        has_more, self.page = len(found) > size, found[:size]
        if backward:
            self.page.reverse()
        self.has_next = bool(self.page) and (backward or has_more)
        self.has_previous = bool(self.page) and (has_more if backward else anchor is not None)
        return self.page

    def get_paginated_response(self, data: Sequence[Any]) -> Response:
        return Response(
            {
                "next": self._link(self.page[-1], backward=False) if self.has_next else None,
                "previous": self._link(self.page[0], backward=True) if self.has_previous else None,
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = [sign + name for name in view.orderings for sign in ("", "-")]
        return [
            {"name": "cursor", "in": "query", "schema": {"type": "string"}},
            {
                "name": "page_size",
                "in": "query",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MOST_ROWS,
                    "default": ROWS,
                },
            },
            {"name": "ordering", "in": "query", "schema": {"type": "string", "enum": names}},
        ]

    def _size(self) -> int:
        asked = self.request.query_params.get("page_size", str(ROWS))
        if not (asked.isascii() and asked.isdecimal() and 1 <= len(asked) <= 3):
            raise ValidationError({"page_size": _("Give a number from 1 to 200.")})
        if not 1 <= int(asked) <= MOST_ROWS:
            raise ValidationError({"page_size": _("Give a number from 1 to 200.")})
        return int(asked)

    def _order(self, view: Any, model: type[Model]) -> tuple[str, Order]:
        asked = self.request.query_params.get("ordering", next(iter(view.orderings)))
        column = view.orderings.get(asked.removeprefix("-"))
        if column is None:
            raise ValidationError({"ordering": _("This list cannot be ordered by that.")})
        may_be_empty = model._meta.get_field(column).null
        return asked, Order(column, asked.startswith("-"), may_be_empty)

    def _position(self, model: type[Model]) -> tuple[bool, tuple[Any, int] | None]:
        cursor = self.request.query_params.get("cursor")
        if cursor is None:
            return False, None
        try:
            ordering, backward, text, pk = signer.unsign_object(cursor)
        except signing.BadSignature as error:
            raise ValidationError({"cursor": _("This is no cursor of this list.")}) from error
        if ordering != self.ordering:
            raise ValidationError({"cursor": _("The cursor belongs to another ordering.")})
        field: Any = model._meta.get_field(self.order.column)
        return backward, (None if text is None else field.to_python(text), pk)

    def _link(self, row: Model, *, backward: bool) -> str:
        field: Any = row._meta.get_field(self.order.column)
        is_empty = getattr(row, self.order.column) is None
        text = None if is_empty else field.value_to_string(row)
        cursor = signer.sign_object([self.ordering, backward, text, row.pk])
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)
