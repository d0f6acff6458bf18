"""`/api/v1/repair-orders/`: cars that come in, are authorized, and leave."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from aftersales.api.filters import IdFilter, MomentFilter
from aftersales.api.idempotency import idempotent
from aftersales.api.serializers import PersonSerializer, StrictInput, VisibleKey
from aftersales.api.viewsets import VersionedViewSet
from aftersales.http import StaffApiRequest
from aftersales.models import User
from customers.models import Customer, Vehicle
from workshop.models import OrderKind, RepairOrder
from workshop.services import orders
from workshop.services.order_values import AMOUNTS
from workshop.states import OrderState

KNOWN_AT_CHECK_IN = [
    "number",
    "kind",
    "customer",
    "vehicle",
    "bringer_name",
    "bringer_phone",
    "checked_in_at",
    "mileage_in",
    "concern",
    "service_items",
    "labor_hours",
    *AMOUNTS,
    "rework_of",
]


class RepairOrderSerializer(serializers.ModelSerializer[RepairOrder]):
    advisor = PersonSerializer(allow_null=True)
    total_amount = serializers.DecimalField(max_digits=13, decimal_places=2)

    class Meta:
        model = RepairOrder
        fields = [
            "id",
            *KNOWN_AT_CHECK_IN,
            "state",
            "advisor",
            "advisor_name",
            "authorized_at",
            "gate_out_at",
            "mileage_out",
            "total_amount",
            "release_undone_at",
            "release_undo_reason",
            "cancelled_at",
            "cancel_reason",
            "version",
        ]
        read_only_fields = fields


class MileageReason(serializers.Serializer[Any]):
    mileage_reason = serializers.CharField(
        required=False, allow_blank=True, max_length=200, default=""
    )


class CheckInInput(StrictInput, MileageReason, serializers.ModelSerializer[RepairOrder]):
    number = serializers.CharField(
        required=False, max_length=40, help_text="yours; without it the order gets our next one"
    )
    customer = VisibleKey(Customer)
    vehicle = VisibleKey(Vehicle)
    checked_in_at = serializers.DateTimeField(required=False, help_text="default: now")
    advisor = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.with_permission("workshop.add_repairorder"),
        pk_field=serializers.IntegerField(),
        required=False,
        allow_null=True,
    )
    rework_of = VisibleKey(RepairOrder, required=False, allow_null=True)

    class Meta:
        model = RepairOrder
        fields = [*KNOWN_AT_CHECK_IN, "advisor", "mileage_reason"]


class AuthorizeInput(StrictInput):
    authorized_at = serializers.DateTimeField(required=False, help_text="default: now")


class ReleaseInput(StrictInput, MileageReason, serializers.ModelSerializer[RepairOrder]):
    gate_out_at = serializers.DateTimeField(required=False, help_text="default: now")

    class Meta:
        model = RepairOrder
        fields = ["gate_out_at", "mileage_out", "mileage_reason", *AMOUNTS]


class UndoReleaseInput(StrictInput):
    reason = serializers.CharField(max_length=250)


class CancelInput(StrictInput):
    reason = serializers.CharField(max_length=250)


class RepairOrderFilters(django_filters.FilterSet):
    number = django_filters.CharFilter()
    kind = django_filters.ChoiceFilter(choices=OrderKind.choices)
    state = django_filters.ChoiceFilter(choices=OrderState.choices)
    customer = IdFilter()
    vehicle = IdFilter()
    checked_in_from = MomentFilter("checked_in_at", "gte")
    checked_in_before = MomentFilter("checked_in_at", "lt")
    gate_out_from = MomentFilter("gate_out_at", "gte")
    gate_out_before = MomentFilter("gate_out_at", "lt")


class RepairOrderViewSet(ListModelMixin, VersionedViewSet):
    """Repair orders: read them, check cars in, and move an order along."""

    queryset = RepairOrder.objects.select_related("advisor")
    serializer_class = RepairOrderSerializer
    filterset_class = RepairOrderFilters
    orderings = {"id": "id", "checked_in_at": "checked_in_at", "gate_out_at": "gate_out_at"}

    @extend_schema(request=CheckInInput, responses={HTTPStatus.CREATED: RepairOrderSerializer})
    @idempotent
    def create(self, request: StaffApiRequest) -> Response:
        """Check a car in."""
        fields = self.sent(CheckInInput)
        reason = fields.pop("mileage_reason")
        order = orders.check_in(
            by=request.user, now=timezone.now(), fields=fields, mileage_reason=reason
        )
        return self.saved(order.pk, HTTPStatus.CREATED)

    @extend_schema(request=AuthorizeInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def authorize(self, request: StaffApiRequest, pk: int) -> Response:
        """Record that the customer signed the order."""
        order, now = self.get_object(), timezone.now()
        at = self.sent(AuthorizeInput).get("authorized_at", now)
        orders.authorize(order.pk, by=request.user, at=at, now=now)
        return self.saved(order.pk)

    @extend_schema(request=ReleaseInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def release(self, request: StaffApiRequest, pk: int) -> Response:
        """Record that the car went out of the gate, and who pays how much."""
        order, now = self.get_object(), timezone.now()
        said = self.sent(ReleaseInput)
        orders.release(
            order.pk,
            by=request.user,
            at=said.get("gate_out_at", now),
            mileage_out=said.get("mileage_out"),
            amounts={payer: said[payer] for payer in AMOUNTS if payer in said},
            mileage_reason=said["mileage_reason"],
            now=now,
        )
        return self.saved(order.pk)

    @extend_schema(request=UndoReleaseInput)
    @action(detail=True, methods=["post"], url_path="undo-release")
    @idempotent
    def undo_release(self, request: StaffApiRequest, pk: int) -> Response:
        """Take back a release that should not have been."""
        order = self.get_object()
        reason = self.sent(UndoReleaseInput)["reason"]
        orders.undo_release(order.pk, by=request.user, reason=reason, now=timezone.now())
        return self.saved(order.pk)

    @extend_schema(request=CancelInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: StaffApiRequest, pk: int) -> Response:
        """Cancel an order; an authorized one only with the right to."""
        order = self.get_object()
        reason = self.sent(CancelInput)["reason"]
        orders.cancel(order.pk, by=request.user, reason=reason, now=timezone.now())
        return self.saved(order.pk)
