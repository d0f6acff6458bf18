"""`/api/v1/matters/`: what customers want or complain about, and what became of it."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from aftersales import days
from aftersales.api.filters import IdFilter, YesNoFilter
from aftersales.api.idempotency import idempotent
from aftersales.api.serializers import PersonSerializer, VersionedInput
from aftersales.api.viewsets import VersionedViewSet
from aftersales.http import StaffApiRequest
from followups.models import Matter, MatterKind, MatterState
from followups.models.matter import MatterQuerySet
from followups.services import matters


class MatterSerializer(serializers.ModelSerializer[Matter]):
    owner = PersonSerializer()
    closed_by = PersonSerializer(allow_null=True)

    class Meta:
        model = Matter
        fields = [
            "id",
            "kind",
            "customer",
            "call",
            "text",
            "heard_on",
            "report_by",
            "owner",
            "state",
            "answer",
            "answered_on",
            "closed_on",
            "closed_by",
            "version",
        ]
        read_only_fields = fields


class AnswerInput(VersionedInput):
    answer = serializers.CharField(help_text="what the customer was told")
    answered_on = serializers.DateField(required=False, help_text="default: today")


class CloseInput(VersionedInput):
    """Which version was read; nothing else."""


class MatterFilters(django_filters.FilterSet):
    customer = IdFilter()
    owner = IdFilter()
    kind = django_filters.ChoiceFilter(choices=MatterKind.choices)
    state = django_filters.ChoiceFilter(choices=MatterState.choices)
    late = YesNoFilter(method="lateness")
    report_from = django_filters.DateFilter("report_by", "gte")
    report_until = django_filters.DateFilter("report_by", "lte")

    def lateness(self, found: MatterQuerySet, _name: str, asked: bool) -> QuerySet[Matter]:
        late = found.late(days.today())
        return late if asked else found.exclude(pk__in=late.values("pk"))


class MatterViewSet(ListModelMixin, VersionedViewSet):
    """Matters: opened by calls, answered, closed."""

    queryset = Matter.objects.select_related("owner", "closed_by")
    serializer_class = MatterSerializer
    filterset_class = MatterFilters
    orderings = {"id": "id", "report_by": "report_by"}

    @extend_schema(request=AnswerInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def answer(self, request: StaffApiRequest, pk: int) -> Response:
        """Write down what the customer was told, and when."""
        matter, today = self.get_object(), days.today()
        said = self.sent(AnswerInput)
        matters.answer(
            matter.pk,
            by=request.user,
            version=said["version"],
            text=said["answer"],
            on=said.get("answered_on", today),
            today=today,
        )
        return self.saved(matter.pk)

    @extend_schema(request=CloseInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def close(self, request: StaffApiRequest, pk: int) -> Response:
        """Close a matter."""
        matter = self.get_object()
        version = self.sent(CloseInput)["version"]
        matters.close(matter.pk, by=request.user, version=version, today=days.today())
        return self.saved(matter.pk)
