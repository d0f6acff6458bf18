"""`/api/v1/webhooks/` and `/api/v1/webhook-deliveries/`: who is told what, and once more.

Webhooks are made on their page: the answer to a POST is kept for those who send it again, and a
secret must not be kept with it.
"""

from __future__ import annotations

from http import HTTPStatus

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response

from aftersales.api.filters import IdFilter, YesNoFilter
from aftersales.api.idempotency import idempotent
from aftersales.api.viewsets import ObjectViewSet
from aftersales.http import StaffApiRequest
from followups.models import TEST, DeliveryState, EventKind, Webhook, WebhookDelivery
from followups.services import webhooks

EVENTS = [*EventKind.choices, (TEST, TEST)]


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    wants = serializers.ListField(child=serializers.ChoiceField(choices=EventKind.choices))
    failures = serializers.IntegerField(help_text="how often in a row it did not answer well")

    class Meta:
        model = Webhook
        fields = ["id", "url", "wants", "is_active", "failures", "quiet_until"]
        read_only_fields = fields


class DeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    event = serializers.ChoiceField(choices=EVENTS)
    state = serializers.ChoiceField(choices=DeliveryState.choices)
    object_id = serializers.IntegerField(allow_null=True, help_text="null: a test")

    class Meta:
        model = WebhookDelivery
        fields = [
            "id",
            "webhook",
            "number",
            "event",
            "object_id",
            "happened_at",
            "state",
            "attempts",
            "next_at",
            "answered_at",
            "answer",
        ]
        read_only_fields = fields


class WebhookFilters(django_filters.FilterSet):
    is_active = YesNoFilter()


class DeliveryFilters(django_filters.FilterSet):
    webhook = IdFilter()
    state = django_filters.ChoiceFilter(choices=DeliveryState.choices)
    event = django_filters.ChoiceFilter(choices=EVENTS)


class WebhookViewSet(ListModelMixin, RetrieveModelMixin, ObjectViewSet):
    """Other systems that are told of events."""

    queryset = Webhook.objects.all()
    serializer_class = WebhookSerializer
    filterset_class = WebhookFilters

    @extend_schema(request=None, responses={HTTPStatus.CREATED: DeliverySerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def test(self, request: StaffApiRequest, pk: int) -> Response:
        """Let the webhook be told something about nothing."""
        delivery = webhooks.test(self.get_object().pk)
        delivery.refresh_from_db()
        return Response(DeliverySerializer(delivery).data, HTTPStatus.CREATED)


class WebhookDeliveryViewSet(ListModelMixin, RetrieveModelMixin, ObjectViewSet):
    """What webhooks were told, and how they answered."""

    queryset = WebhookDelivery.objects.all()
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilters

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    @idempotent
    def replay(self, request: StaffApiRequest, pk: int) -> Response:
        """Send a delivery again, under the same number."""
        webhooks.replay(self.get_object().pk, now=timezone.now())
        return self.saved(pk)
