"""`/api/v1/imports/`: a file, how it is read, what it comes to, and back again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import django_filters
from django.db import connection
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from aftersales.api.idempotency import idempotent
from aftersales.api.parsers import JSONBody
from aftersales.api.serializers import StrictInput
from aftersales.api.viewsets import ObjectViewSet
from aftersales.http import StaffApiRequest
from workshop.api.layouts import LayoutSerializer, ReadInput, chosen_layout, suggested_layout
from workshop.imports import progress
from workshop.imports.layout import LayoutRefused
from workshop.imports.refusals import FileRefused
from workshop.models import Import, ImportKind, ImportState
from workshop.services import imports


class ProgressSerializer(serializers.Serializer[Any]):
    step = serializers.ChoiceField(choices=["reading", "comparing", "writing", "undoing"])
    done = serializers.IntegerField()
    of = serializers.IntegerField(help_text="0: nobody knows yet")


class ImportSerializer(serializers.ModelSerializer[Import]):
    rows = serializers.IntegerField(source="inspection.rows", default=None, allow_null=True)
    progress = serializers.SerializerMethodField()

    class Meta:
        model = Import
        fields = [
            "id",
            "kind",
            "state",
            "file_name",
            "rows",
            "rows_read",
            "progress",
            "counts",
            "problem",
            "created_at",
            "confirmed_at",
            "finished_at",
            "undone_at",
        ]
        read_only_fields = fields

    @extend_schema_field(ProgressSerializer(allow_null=True))
    def get_progress(self, batch: Import) -> dict[str, Any] | None:
        if batch.is_at_work and (told := progress.told(batch.pk)):
            return ProgressSerializer(told).data
        return None


class ImportDetailSerializer(ImportSerializer):
    """With what one has to see before one says how the file is read."""

    encodings = serializers.DictField(
        child=serializers.ListField(child=serializers.ListField(child=serializers.CharField())),
        source="inspection.encodings",
        help_text="if not empty: the first rows in each possible encoding, for you to choose one",
    )
    headings = serializers.ListField(
        child=serializers.CharField(), source="inspection.headings", default=list
    )
    words = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        source="inspection.values",
        default=dict,
        help_text="heading → all that stands in the column, if it is little",
    )
    sample = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()),
        source="inspection.sample",
        default=list,
    )
    layout = serializers.SerializerMethodField()
    suggested_layout = serializers.SerializerMethodField()

    class Meta(ImportSerializer.Meta):
        fields = [
            *ImportSerializer.Meta.fields,
            "encodings",
            "headings",
            "words",
            "sample",
            "layout",
            "suggested_layout",
        ]
        read_only_fields = fields

    @extend_schema_field(LayoutSerializer(allow_null=True))
    def get_layout(self, batch: Import) -> dict[str, Any] | None:
        return batch.layout or None

    @extend_schema_field(LayoutSerializer)
    def get_suggested_layout(self, batch: Import) -> dict[str, Any]:
        return suggested_layout(batch).as_json()


class UploadInput(StrictInput):
    kind = serializers.ChoiceField(choices=ImportKind.choices)
    file = serializers.FileField(help_text="CSV (also packed with gzip) or XLSX")


class EncodingInput(StrictInput):
    encoding = serializers.CharField(max_length=20)


class ImportFilters(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=ImportKind.choices)
    state = django_filters.ChoiceFilter(choices=ImportState.choices)


class ImportViewSet(ListModelMixin, RetrieveModelMixin, ObjectViewSet):
    """Imports: a worker reads, writes and undoes them; ask again until the state has changed."""

    queryset = Import.objects.all()
    serializer_class = ImportDetailSerializer
    filterset_class = ImportFilters
    parser_classes = [JSONBody, MultiPartParser]

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return ImportSerializer if self.action == "list" else ImportDetailSerializer

    @extend_schema(
        request={"multipart/form-data": UploadInput},
        responses={HTTPStatus.CREATED: ImportDetailSerializer},
    )
    @idempotent
    def create(self, request: StaffApiRequest) -> Response:
        """Upload a file; nothing is imported yet."""
        said = self.sent(UploadInput)
        with connection.cursor() as cursor:
            # Looking into a large file takes longer than a transaction may otherwise wait.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '10min'")
        try:
            batch = imports.upload(said["file"], kind=said["kind"], by=request.user)
        except FileRefused as error:
            raise serializers.ValidationError({"file": str(error)}) from error
        return self.saved(batch.pk, HTTPStatus.CREATED)

    def destroy(self, request: StaffApiRequest, pk: int) -> Response:
        """Throw away an import that has written nothing."""
        imports.discard(self.get_object().pk)
        return Response(status=HTTPStatus.NO_CONTENT)

    @extend_schema(request={"application/json": EncodingInput})
    @action(detail=True, methods=["post"], url_path="choose-encoding")
    @idempotent
    def choose_encoding(self, request: StaffApiRequest, pk: int) -> Response:
        """Say in which of the possible encodings the file is written."""
        batch = self.get_object()
        try:
            imports.choose_encoding(batch.pk, self.sent(EncodingInput)["encoding"])
        except FileRefused as error:
            raise serializers.ValidationError({"encoding": str(error)}) from error
        return self.saved(batch.pk)

    @extend_schema(request={"application/json": ReadInput})
    @action(detail=True, methods=["post"])
    @idempotent
    def read(self, request: StaffApiRequest, pk: int) -> Response:
        """Let the file be read and compared; the state becomes `preview`."""
        batch = self.get_object()
        said = self.sent(ReadInput)
        try:
            chosen = chosen_layout(batch, said)
            imports.start_reading(batch.pk, chosen)
        except LayoutRefused as error:
            raise serializers.ValidationError({"layout": str(error)}) from error
        if name := said.get("save_as"):
            imports.save_profile(batch.kind, name, chosen)
        return self.saved(batch.pk)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    @idempotent
    def confirm(self, request: StaffApiRequest, pk: int) -> Response:
        """Let what the preview says be written; the state becomes `done`."""
        batch = self.get_object()
        imports.confirm(batch.pk, by=request.user, now=timezone.now())
        return self.saved(batch.pk)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    @idempotent
    def undo(self, request: StaffApiRequest, pk: int) -> Response:
        """Let everything be taken back that was written; the state becomes `undone`."""
        batch = self.get_object()
        imports.undo(batch.pk, by=request.user, now=timezone.now())
        return self.saved(batch.pk)
