"""`/api/v1/consultations/`: who came to ask, about what, and who talked to them."""

from __future__ import annotations

from http import HTTPStatus

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from aftersales.api.filters import IdFilter, MomentFilter
from aftersales.api.idempotency import idempotent
from aftersales.api.serializers import PersonSerializer, StrictInput, VersionedInput, VisibleKey
from aftersales.api.viewsets import VersionedViewSet
from aftersales.http import StaffApiRequest
from customers.models import Consultation, ConsultationTopic, Customer, Vehicle
from customers.services.consultations import correct_consultation, record_consultation

WRITTEN = ["vehicle", "topic", "notes", "ended_at"]


class ConsultationSerializer(serializers.ModelSerializer[Consultation]):
    held_by = PersonSerializer()

    class Meta:
        model = Consultation
        fields = ["id", "customer", "vehicle", "topic", "notes", "ended_at", "held_by", "version"]
        read_only_fields = fields


class ConsultationInput(StrictInput, serializers.ModelSerializer[Consultation]):
    vehicle = VisibleKey(Vehicle, required=False, allow_null=True)

    class Meta:
        model = Consultation
        fields = WRITTEN


class NewConsultationInput(ConsultationInput):
    customer = VisibleKey(Customer)

    class Meta(ConsultationInput.Meta):
        fields = ["customer", *WRITTEN]


class ConsultationChanges(VersionedInput, ConsultationInput):
    class Meta(ConsultationInput.Meta):
        fields = [*WRITTEN, "version"]


class ConsultationFilters(django_filters.FilterSet):
    customer = IdFilter()
    vehicle = IdFilter()
    topic = django_filters.ChoiceFilter(choices=ConsultationTopic.choices)
    ended_from = MomentFilter("ended_at", "gte")
    ended_before = MomentFilter("ended_at", "lt")


class ConsultationViewSet(ListModelMixin, VersionedViewSet):
    """Consultations; whoever sends one has held it."""

    queryset = Consultation.objects.select_related("held_by")
    serializer_class = ConsultationSerializer
    filterset_class = ConsultationFilters
    orderings = {"id": "id", "ended_at": "ended_at"}

    @extend_schema(
        request=NewConsultationInput, responses={HTTPStatus.CREATED: ConsultationSerializer}
    )
    @idempotent
    def create(self, request: StaffApiRequest) -> Response:
        """Record a consultation that has ended."""
        fields = self.sent(NewConsultationInput)
        ended_at = fields.pop("ended_at")
        consultation = record_consultation(
            by=request.user, fields=fields, ended_at=ended_at, now=timezone.now()
        )
        return self.saved(consultation.pk, HTTPStatus.CREATED)

    @extend_schema(request=ConsultationChanges)
    def partial_update(self, request: StaffApiRequest, pk: int) -> Response:
        """Correct a consultation, unless somebody else corrected the same since you read it."""
        consultation = self.get_object()
        changes = self.sent(ConsultationChanges, consultation)
        version = changes.pop("version")
        correct_consultation(
            consultation.pk, by=request.user, version=version, changes=changes, now=timezone.now()
        )
        return self.saved(consultation.pk)
