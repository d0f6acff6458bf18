"""The frame of an endpoint: objects that the client may see, one of them or a list."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, ClassVar

from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from aftersales.api.filters import NamedFilters
from aftersales.api.paging import CursorPages
from aftersales.http import StaffApiRequest


class ObjectViewSet(GenericViewSet[Any]):
    """Reads through `visible_to`; each write is one method that calls one service."""

    request: StaffApiRequest
    filter_backends = [NamedFilters]
    pagination_class: type[CursorPages] | None = CursorPages
    lookup_value_converter = "int"
    # What a client may order by → the column; the first one is the default.
    orderings: ClassVar[dict[str, str]] = {"id": "id"}
    # The column that says which of two equal rows comes first.
    tie: ClassVar[str] = "pk"

    def rows(self) -> Any:
        """Return all objects with what an answer shows of them."""
        return super().get_queryset()

    def get_queryset(self) -> Any:
        return self.rows().visible_to(self.request.user)

    def filter_queryset(self, queryset: Any) -> Any:
        """Narrow a list; an object is addressed by its id alone."""
        return queryset if self.detail else super().filter_queryset(queryset)

    def sent(self, shape: type[Serializer[Any]], changed: Any = None) -> dict[str, Any]:
        """Return the body in this shape; of changes to an object, the fields that were sent."""
        body = shape(
            changed,
            data=self.request.data,
            partial=changed is not None,
            context=self.get_serializer_context(),
        )
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def saved(self, pk: int, status: int = HTTPStatus.OK) -> Response:
        """Answer with an object that was just written, seen again from the beginning."""
        return self.shown(self.rows().get(pk=pk), status)

    def shown(self, row: Any, status: int = HTTPStatus.OK) -> Response:
        return Response(self.get_serializer(row).data, status)

    def current(self) -> Any:
        """Return the object of this address as it is now; None if there is none any more."""
        row = self.rows().filter(pk=self.kwargs["pk"]).first() if self.detail else None
        return row and self.get_serializer(row).data


class VersionedViewSet(ObjectViewSet):
    """Objects that two may want to change at once: answers carry the version as a tag."""

    def retrieve(self, request: StaffApiRequest, **address: int) -> Response:
        return self.shown(self.get_object())

    def shown(self, row: Any, status: int = HTTPStatus.OK) -> Response:
        answer = super().shown(row, status)
        answer.headers["ETag"] = f'"{row.version}"'
        return answer
