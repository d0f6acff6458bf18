"""`/api/v1/calls/`: the call register (form F3), and calls that come in."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response

from aftersales import days
from aftersales.api.filters import IdFilter
from aftersales.api.idempotency import idempotent
from aftersales.api.serializers import PersonSerializer, VisibleKey
from aftersales.api.viewsets import ObjectViewSet
from aftersales.http import StaffApiRequest
from customers.models import Customer
from followups.api.matters import MatterSerializer
from followups.api.told import LARGEST_NUMBER, AnswersInput, CallInput, answers, operation, told
from followups.calling.outcomes import OutcomeCode
from followups.models import AgendaItem, Call, CallKind, Direction
from followups.registers.call_register import correctable_by
from followups.services import calls
from followups.services.told import ANSWERS

CALLS = Call.objects.select_related("handler", "on_behalf_of", "correction")
CALLS_IN_FULL = CALLS.prefetch_related("agenda__follow_up", "matters__owner", "matters__closed_by")
INBOUND_KINDS = [CallKind.INQUIRY, CallKind.COMPLAINT, CallKind.OTHER]


class CallSerializer(serializers.ModelSerializer[Call]):
    handler = PersonSerializer()
    on_behalf_of = PersonSerializer(allow_null=True)
    corrected_by = serializers.IntegerField(source="correction.pk", default=None, allow_null=True)

    class Meta:
        model = Call
        fields = [
            "id",
            "record_no",
            "direction",
            "kind",
            "customer",
            "customer_name",
            "phone_used",
            "vehicle",
            "plate",
            "vehicle_model",
            "order_number",
            "left_on",
            "started_at",
            "ended_at",
            "attempt",
            "outcome",
            *ANSWERS,
            "callback_at",
            "handler",
            "on_behalf_of",
            "corrects",
            "correction_reason",
            "corrected_by",
            "recorded_at",
        ]
        read_only_fields = fields


class AgendaItemSerializer(serializers.ModelSerializer[AgendaItem]):
    kind = serializers.CharField(source="follow_up.kind")

    class Meta:
        model = AgendaItem
        fields = ["follow_up", "kind", "attempt", "closed"]
        read_only_fields = fields


class CallDetailSerializer(CallSerializer):
    """With what it was about, what it left behind, and its place in the chain."""

    agenda = AgendaItemSerializer(many=True)
    matters = MatterSerializer(many=True)

    class Meta(CallSerializer.Meta):
        fields = [*CallSerializer.Meta.fields, "agenda", "matters", "previous_hash", "hash"]
        read_only_fields = fields


class InboundInput(CallInput):
    customer = VisibleKey(Customer)
    kind = serializers.ChoiceField(
        choices=[(kind.value, kind.label) for kind in INBOUND_KINDS], default=CallKind.OTHER
    )
    outcome = serializers.ChoiceField(choices=OutcomeCode.choices, default=OutcomeCode.REACHED)
    phone_used = serializers.CharField(
        max_length=40, allow_blank=True, default="", help_text="the number that called"
    )
    number = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=LARGEST_NUMBER,
        help_text="of your claim, to settle what is due",
    )

    class Meta(CallInput.Meta):
        fields = [*CallInput.Meta.fields, "customer", "kind", "number"]


class CorrectInput(AnswersInput):
    reason = serializers.CharField(max_length=250)

    class Meta(AnswersInput.Meta):
        fields = [*ANSWERS, "reason"]


class CallFilters(django_filters.FilterSet):
    day_from = django_filters.DateFilter(method="since")
    day_until = django_filters.DateFilter(method="until")
    handler = IdFilter()
    kind = django_filters.ChoiceFilter(choices=CallKind.choices)
    outcome = django_filters.ChoiceFilter(choices=OutcomeCode.choices)
    direction = django_filters.ChoiceFilter(choices=Direction.choices)
    customer = IdFilter()

    def since(self, found: QuerySet[Call], _name: str, day: date) -> QuerySet[Call]:
        return found.filter(started_at__gte=days.start_of_day(day))

    def until(self, found: QuerySet[Call], _name: str, day: date) -> QuerySet[Call]:
        return found.filter(started_at__lt=days.start_of_day(day + timedelta(1)))


class CallViewSet(ListModelMixin, RetrieveModelMixin, ObjectViewSet):
    """The call register: lines are added, never changed; a correction is a line of its own."""

    serializer_class = CallDetailSerializer
    filterset_class = CallFilters
    queryset = CALLS
    orderings = {"id": "id", "started_at": "started_at"}

    def rows(self) -> Any:
        return CALLS.all() if self.action == "list" else CALLS_IN_FULL.all()

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return CallSerializer if self.action == "list" else CallDetailSerializer

    @extend_schema(request=InboundInput, responses={HTTPStatus.CREATED: CallDetailSerializer})
    @idempotent
    def create(self, request: StaffApiRequest) -> Response:
        """Record a call that came in; with a claim it may settle what is due."""
        now, said = timezone.now(), self.sent(InboundInput)
        call = calls.record_inbound(
            said["customer"].pk,
            told=told(said, request=request, now=now),
            by=request.user,
            now=now,
            number=said.get("number"),
        )
        return self.saved(call.pk, HTTPStatus.CREATED)

    @extend_schema(request=CorrectInput, responses={HTTPStatus.CREATED: CallDetailSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def correct(self, request: StaffApiRequest, pk: int) -> Response:
        """Write a line that corrects one's own, or any with the permission; both stay."""
        call = get_object_or_404(correctable_by(request.user), pk=pk)
        said = self.sent(CorrectInput)
        correction = calls.correct_call(
            call.pk,
            by=request.user,
            changes=answers(said),
            reason=said["reason"],
            operation=operation(request),
            now=timezone.now(),
        )
        return self.saved(correction.pk, HTTPStatus.CREATED)
