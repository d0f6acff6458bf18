"""`/api/v1/imports/…/rows/`: what becomes of each row of a file, and why."""

from __future__ import annotations

from typing import Any

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin

from aftersales.api.viewsets import ObjectViewSet
from workshop.imports import findings
from workshop.models import Import, ImportRow, Verdict


class FindingSerializer(serializers.Serializer[Any]):
    column = serializers.CharField(help_text="heading of the file; empty: the row as a whole")
    value = serializers.CharField()
    reason = serializers.CharField()
    message = serializers.SerializerMethodField()
    rejects = serializers.SerializerMethodField()

    def get_message(self, finding: findings.Finding) -> str:
        return findings.sentence(finding)

    def get_rejects(self, finding: findings.Finding) -> bool:
        return findings.rejects([finding])


class ImportRowSerializer(serializers.ModelSerializer[ImportRow]):
    cells = serializers.ListField(child=serializers.CharField())
    findings = serializers.SerializerMethodField()

    class Meta:
        model = ImportRow
        fields = ["row_no", "verdict", "cells", "findings"]
        read_only_fields = fields

    @extend_schema_field(FindingSerializer(many=True))
    def get_findings(self, row: ImportRow) -> Any:
        return FindingSerializer([*row.findings, *row.conflicts], many=True).data


class ImportRowFilters(django_filters.FilterSet):
    verdict = django_filters.ChoiceFilter(choices=Verdict.choices)


class ImportRowViewSet(ListModelMixin, ObjectViewSet):
    """The rows of an import: what becomes of them, and why some are rejected."""

    queryset = ImportRow.objects.all()
    serializer_class = ImportRowSerializer
    filterset_class = ImportRowFilters
    orderings = {"row_no": "row_no"}
    tie = "row_no"

    def get_queryset(self) -> Any:
        visible = Import.objects.visible_to(self.request.user)
        return self.rows().filter(batch=get_object_or_404(visible, pk=self.kwargs["import_id"]))
