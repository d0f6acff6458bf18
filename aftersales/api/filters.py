"""Named filters only: no lookups from clients, and a misspelled one is an error, not all rows."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

PAGING = frozenset({"cursor", "page_size", "ordering"})


class NamedFilters(DjangoFilterBackend):
    """The filters of the view's `filterset_class`."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: APIView
    ) -> QuerySet[Any]:
        known = PAGING | self.get_filterset_class(view).get_filters().keys()
        if unknown := set(request.query_params) - known:
            raise ValidationError({name: _("There is no such filter.") for name in sorted(unknown)})
        found: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return found
