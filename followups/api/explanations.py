"""`/api/v1/customers/…/explanation/`: why a customer is called, or not."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from aftersales.api.viewsets import ObjectViewSet
from aftersales.http import StaffApiRequest
from customers.models import Customer
from followups.explanations.explanation import explain
from followups.explanations.sentences import Sentence


class SentenceSerializer(serializers.Serializer[Sentence]):
    rule = serializers.CharField(help_text="the id of the rule behind it")
    text = serializers.CharField(help_text="in the language of Accept-Language")
    follow_up = serializers.IntegerField(
        source="follow_up.pk", default=None, allow_null=True, help_text="the one it is about"
    )


class ExplanationViewSet(ObjectViewSet):
    """Why a customer is called or not, each sentence with its rule."""

    queryset = Customer.objects.all()
    serializer_class = SentenceSerializer
    pagination_class = None

    @extend_schema(responses=SentenceSerializer(many=True))
    def retrieve(self, request: StaffApiRequest, pk: int) -> Response:
        """Say which follow-ups a customer has, which not, and why."""
        sentences: Any = explain(self.get_object(), now=timezone.now())
        return Response(SentenceSerializer(sentences, many=True).data)
