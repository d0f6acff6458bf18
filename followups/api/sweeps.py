"""`/api/v1/sweeps/`: when the sweeps ran, what they did, and a bell for each."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from aftersales.api.idempotency import idempotent
from aftersales.http import StaffApiRequest
from followups.models import SweepRun
from followups.sweeps import SWEEPS


class SweepSerializer(serializers.Serializer[Any]):
    """A sweep as it ran last; null: it never did."""

    name = serializers.ChoiceField(choices=list(SWEEPS))
    ran_at = serializers.DateTimeField(allow_null=True, default=None)
    counts = serializers.DictField(child=serializers.IntegerField(), allow_null=True, default=None)


class SweepViewSet(GenericViewSet[SweepRun]):
    """What beat rings every half minute, and whether it did."""

    queryset = SweepRun.objects.all()
    serializer_class = SweepSerializer
    pagination_class = None
    lookup_field = "name"
    lookup_value_converter = "str"

    @extend_schema(responses=SweepSerializer(many=True))
    def list(self, request: StaffApiRequest) -> Response:
        """Say when each sweep ran last, and what it did."""
        runs = {run.name: run for run in self.get_queryset()}
        found = [runs.get(name, {"name": name}) for name in SWEEPS]
        return Response(SweepSerializer(found, many=True).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    @idempotent
    def run(self, request: StaffApiRequest, name: str) -> Response:
        """Run a sweep now, as beat would."""
        sweep = SWEEPS.get(name)
        if sweep is None:
            raise Http404
        sweep(now=timezone.now())
        return Response(SweepSerializer(self.get_queryset().get(name=name)).data)
