"""`/api/v1/letter-templates/`: the texts of letters, with placeholders in braces."""

from __future__ import annotations

from http import HTTPStatus

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from aftersales.api.filters import YesNoFilter
from aftersales.api.idempotency import idempotent
from aftersales.api.serializers import StrictInput, VersionedInput
from aftersales.api.viewsets import VersionedViewSet
from aftersales.http import StaffApiRequest
from aftersales.models import Language
from followups.models import LetterKind, LetterTemplate
from followups.services import letter_templates

WRITTEN = ["kind", "language", "name", "subject", "body", "is_active"]


class LetterTemplateSerializer(serializers.ModelSerializer[LetterTemplate]):
    class Meta:
        model = LetterTemplate
        fields = ["id", *WRITTEN, "version"]
        read_only_fields = fields


class LetterTemplateInput(StrictInput):
    kind = serializers.ChoiceField(choices=LetterKind.choices)
    language = serializers.ChoiceField(choices=Language.choices)
    name = serializers.CharField(max_length=80)
    subject = serializers.CharField(max_length=160)
    body = serializers.CharField()
    is_active = serializers.BooleanField(required=False)


class LetterTemplateChanges(VersionedInput, LetterTemplateInput):
    """The fields that change."""


class LetterTemplateFilters(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=LetterKind.choices)
    language = django_filters.ChoiceFilter(choices=Language.choices)
    is_active = YesNoFilter()


class LetterTemplateViewSet(ListModelMixin, VersionedViewSet):
    """Templates; a text that holds what is no placeholder is refused."""

    queryset = LetterTemplate.objects.all()
    serializer_class = LetterTemplateSerializer
    filterset_class = LetterTemplateFilters

    @extend_schema(
        request=LetterTemplateInput, responses={HTTPStatus.CREATED: LetterTemplateSerializer}
    )
    @idempotent
    def create(self, request: StaffApiRequest) -> Response:
        """Write a new template."""
        template = letter_templates.create(by=request.user, **self.sent(LetterTemplateInput))
        return self.saved(template.pk, HTTPStatus.CREATED)

    @extend_schema(request=LetterTemplateChanges)
    def partial_update(self, request: StaffApiRequest, pk: int) -> Response:
        """Change a template; letters that were issued keep their text."""
        template = self.get_object()
        changes = self.sent(LetterTemplateChanges, template)
        letter_templates.change(
            template.pk, by=request.user, version=changes.pop("version"), changes=changes
        )
        return self.saved(template.pk)
