"""`/api/v1/letters/`: the letter register with its files, and one letter issued."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import uuid4

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.response import Response

from aftersales.api.filters import IdFilter, MomentFilter
from aftersales.api.idempotency import idempotent
from aftersales.api.serializers import PersonSerializer, StrictInput, VisibleKey
from aftersales.api.viewsets import ObjectViewSet
from aftersales.http import StaffApiRequest
from customers.models import Customer
from followups.models import (
    BatchItem,
    Call,
    DeliveryChannel,
    FollowUp,
    Kind,
    Letter,
    LetterEvent,
    LetterKind,
    Matter,
)
from followups.services import letters


class PdfRenderer(BaseRenderer):
    """A file as it is; what goes wrong on the way is told as JSON."""

    media_type = "application/pdf"
    format = "pdf"
    render_style = "binary"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        if isinstance(data, bytes):
            return data
        problem: bytes = JSONRenderer().render(data)
        return problem


class LetterEventSerializer(serializers.ModelSerializer[LetterEvent]):
    class Meta:
        model = LetterEvent
        fields = ["kind", "on", "note"]
        read_only_fields = fields


class LetterSerializer(serializers.ModelSerializer[Letter]):
    letter_no = serializers.CharField()
    handler = PersonSerializer()
    events = LetterEventSerializer(many=True, help_text="what became of it")

    class Meta:
        model = Letter
        fields = [
            "id",
            "letter_no",
            "kind",
            "customer",
            "customer_name",
            "address",
            "postal_code",
            "recipient",
            "plate",
            "language",
            "subject",
            "body",
            "channel",
            "campaign",
            "follow_up",
            "call",
            "matter",
            "told_on",
            "due_on",
            "handler",
            "issued_at",
            "pdf_hash",
            "hash",
            "events",
        ]
        read_only_fields = fields


class NewLetterInput(StrictInput):
    customer = VisibleKey(Customer)
    kind = serializers.ChoiceField(choices=LetterKind.choices)
    template_name = serializers.CharField(max_length=80, required=False)
    channel = serializers.ChoiceField(
        choices=DeliveryChannel.choices, required=False, help_text="default: post"
    )
    subject = serializers.CharField(max_length=160, required=False)
    body = serializers.CharField(required=False, help_text="own words, printed as they are")
    call = VisibleKey(Call, required=False)
    matter = VisibleKey(Matter, required=False)
    follow_up = VisibleKey(FollowUp, required=False, help_text="a campaign letter that is owed")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("subject" in attrs) != ("body" in attrs) or not {"body", "template_name"} & set(attrs):
            raise serializers.ValidationError(
                {"body": _("Send a template, or both subject and text.")}
            )
        for name in ("matter", "follow_up", "call"):
            if name in attrs and attrs[name].customer_id != attrs["customer"].pk:
                raise serializers.ValidationError({name: _("It is about another customer.")})
        if "follow_up" in attrs and attrs["follow_up"].kind != Kind.CAMPAIGN_LETTER:
            raise serializers.ValidationError({"follow_up": _("No letter is owed with it.")})
        return attrs


class LetterFilters(django_filters.FilterSet):
    customer = IdFilter()
    campaign = IdFilter()
    handler = IdFilter()
    kind = django_filters.ChoiceFilter(choices=LetterKind.choices)
    channel = django_filters.ChoiceFilter(choices=DeliveryChannel.choices)
    issued_from = MomentFilter("issued_at", "gte")
    issued_before = MomentFilter("issued_at", "lt")


class LetterViewSet(ListModelMixin, ObjectViewSet):
    """Letters: lines of the register that never change."""

    queryset = Letter.objects.select_related("handler").prefetch_related("events")
    serializer_class = LetterSerializer
    filterset_class = LetterFilters
    orderings = {"id": "id", "issued_at": "issued_at"}

    def retrieve(self, request: StaffApiRequest, pk: int) -> Response:
        """Return one letter."""
        return self.shown(self.get_object())

    @extend_schema(request=NewLetterInput, responses={HTTPStatus.CREATED: LetterSerializer})
    @idempotent
    def create(self, request: StaffApiRequest) -> Response:
        """Issue one letter: numbered, archived and registered at once."""
        said = self.sent(NewLetterInput)
        kind, name = LetterKind(said.pop("kind")), said.pop("template_name", "")
        channel = DeliveryChannel(said.pop("channel", DeliveryChannel.POST))
        letter = letters.issue_one(
            BatchItem(**said),
            kind=kind,
            template_name=name,
            channel=channel,
            by=request.user,
            operation=uuid4(),
            now=timezone.now(),
        )
        return self.saved(letter.pk, HTTPStatus.CREATED)

    @extend_schema(responses={(HTTPStatus.OK, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, renderer_classes=[PdfRenderer, JSONRenderer])
    def pdf(self, request: StaffApiRequest, pk: int) -> Response:
        """Return the archived file, byte for byte."""
        letter = self.get_object()
        name = f"{letter.letter_no}.pdf"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(
            bytes(letter.file.content), headers=headers, content_type=PdfRenderer.media_type
        )
