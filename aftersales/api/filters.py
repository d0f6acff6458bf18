"""Named filters only: no lookups from clients, and a misspelled one is an error, not all rows."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

PAGING = frozenset({"cursor", "page_size", "ordering"})


class IdFilter(django_filters.NumberFilter):
    """The id of an object; one that the client may not see is just another that is not there."""

    field_class = forms.IntegerField


@extend_schema_field({"type": "boolean"})
class YesNoFilter(django_filters.TypedChoiceFilter):
    """`true` or `false`; the library takes anything else for no filter at all."""

    def __init__(self, *, method: str | None = None) -> None:
        answers = ("true", "false")
        super().__init__(
            choices=list(zip(answers, answers, strict=True)),
            coerce=lambda said: said == "true",
            method=method,
        )


class MomentField(IsoDateTimeField):
    """An instant with an offset, in UTC: PostgreSQL knows no offsets beyond 16 hours."""

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise forms.ValidationError(self.error_messages["invalid"], "invalid") from error


class MomentFilter(django_filters.IsoDateTimeFilter):
    field_class = MomentField


class NamedFilters(DjangoFilterBackend):
    """The filters of the view's `filterset_class`."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: APIView
    ) -> QuerySet[Any]:
        known = PAGING | self.get_filterset_class(view).get_filters().keys()
        wrong = {
            name: _("Give a value, or leave the filter out.")
            if name in known
            else _("There is no such filter.")
            for name, value in request.query_params.items()
            if name not in known or not value
        }
        if wrong:
            raise ValidationError(wrong)
        found: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return found
