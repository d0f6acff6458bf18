"""`/api/v1/declined-work/`: what was recommended and declined, and when to ask again."""

from __future__ import annotations

from http import HTTPStatus

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from aftersales import days
from aftersales.api.filters import IdFilter, YesNoFilter
from aftersales.api.idempotency import idempotent
from aftersales.api.serializers import PersonSerializer, StrictInput, VisibleKey
from aftersales.api.viewsets import VersionedViewSet
from aftersales.http import StaffApiRequest
from workshop.models import DeclinedWork, RepairOrder
from workshop.services import declined_work as work


class DeclinedWorkSerializer(serializers.ModelSerializer[DeclinedWork]):
    entered_by = PersonSerializer()

    class Meta:
        model = DeclinedWork
        fields = [
            "id",
            "order",
            "work",
            "is_safety",
            "declined_on",
            "remind_on",
            "done_at",
            "entered_by",
            "version",
        ]
        read_only_fields = fields


class DeclinedWorkInput(StrictInput, serializers.ModelSerializer[DeclinedWork]):
    order = VisibleKey(RepairOrder)

    class Meta:
        model = DeclinedWork
        fields = ["order", "work", "is_safety", "remind_on"]


class DeclinedWorkFilters(django_filters.FilterSet):
    order = IdFilter()
    customer = IdFilter("order__customer")
    vehicle = IdFilter("order__vehicle")
    settled = YesNoFilter(method="is_settled")

    def is_settled(
        self, found: QuerySet[DeclinedWork], _name: str, asked: bool
    ) -> QuerySet[DeclinedWork]:
        return found.filter(done_at__isnull=not asked)


class DeclinedWorkViewSet(ListModelMixin, VersionedViewSet):
    """Recommended work that customers declined."""

    queryset = DeclinedWork.objects.select_related("entered_by")
    serializer_class = DeclinedWorkSerializer
    filterset_class = DeclinedWorkFilters
    orderings = {"id": "id", "remind_on": "remind_on"}

    @extend_schema(
        request=DeclinedWorkInput, responses={HTTPStatus.CREATED: DeclinedWorkSerializer}
    )
    @idempotent
    def create(self, request: StaffApiRequest) -> Response:
        """Note what a customer declines today, and when he is asked again."""
        said = self.sent(DeclinedWorkInput)
        declined = work.note_declined_work(
            said["order"].pk,
            by=request.user,
            work=said["work"],
            is_safety=said.get("is_safety", False),
            remind_on=said["remind_on"],
            today=days.today(),
        )
        return self.saved(declined.pk, HTTPStatus.CREATED)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    @idempotent
    def settle(self, request: StaffApiRequest, pk: int) -> Response:
        """Note that it was done after all, or became pointless."""
        declined = self.get_object()
        work.settle_declined_work(declined.pk, by=request.user, now=timezone.now())
        return self.saved(declined.pk)
