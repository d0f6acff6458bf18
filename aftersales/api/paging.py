"""Pages of a list by a cursor: nothing is shown twice or left out while rows come and go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import signing
from django.db.models import Model
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from aftersales import keyset
from aftersales.keyset import Order

MOST_ROWS = 200
ROWS = 50

signer = signing.Signer(salt="aftersales.api.paging")


class CursorPages(BasePagination):
    """`next` and `previous` are addresses to follow; how many rows there are is not told."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        size = self._size()
        self.ordering, self.order = self._order(view, queryset.model)
        backward, place = self._position(queryset.model)

        page = keyset.page(queryset, self.order, size=size, place=place, backward=backward)
        self.page, self.has_next, self.has_previous = page.rows, page.has_next, page.has_previous
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
        return asked, Order(column, asked.startswith("-"), may_be_empty, view.tie)

    def _position(self, model: type[Model]) -> tuple[bool, tuple[Any, int] | None]:
        cursor = self.request.query_params.get("cursor")
        if cursor is None:
            return False, None
        try:
            ordering, backward, text, tie = signer.unsign_object(cursor)
        except signing.BadSignature as error:
            raise ValidationError({"cursor": _("This is no cursor of this list.")}) from error
        if ordering != self.ordering:
            raise ValidationError({"cursor": _("The cursor belongs to another ordering.")})
        field: Any = model._meta.get_field(self.order.column)
        return backward, (None if text is None else field.to_python(text), tie)

    def _link(self, row: Model, *, backward: bool) -> str:
        field: Any = row._meta.get_field(self.order.column)
        is_empty = getattr(row, self.order.column) is None
        text = None if is_empty else field.value_to_string(row)
        _value, tie = self.order.place(row)
        cursor = signer.sign_object([self.ordering, backward, text, tie])
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)
