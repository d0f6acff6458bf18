"""`/api/v1/campaigns/`: planned, counted, decided, changed, called off, and what came of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import django_filters
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from aftersales import days
from aftersales.api.idempotency import idempotent
from aftersales.api.serializers import PersonSerializer, StrictInput, VersionedInput
from aftersales.api.viewsets import VersionedViewSet
from aftersales.http import StaffApiRequest
from followups.api.campaign_numbers import (
    CountSerializer,
    ResultsSerializer,
    counted,
)
from followups.campaigns import audience as audiences
from followups.campaigns.audience import Audience
from followups.campaigns.invited import Invited
from followups.campaigns.results import results
from followups.models import Campaign, CampaignKind, CampaignState
from followups.services import campaigns
from workshop.classes import CustomerClass

WRITTEN = [
    "kind",
    "title",
    "content",
    "place",
    "starts_on",
    "ends_on",
    "benefit",
    "capacity",
    "passes_limits",
    "passes_because",
]


class Word(serializers.CharField):
    """A text: a phone number that comes as a number has lost its zeros already."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text: str = super().to_internal_value(data)
        return text


class Key(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


def _words(most: int = audiences.MOST_WORDS) -> serializers.ListField:
    word = Word(max_length=audiences.LONGEST_WORD)
    return serializers.ListField(child=word, required=False, max_length=most)


def _day() -> serializers.DateField:
    return serializers.DateField(required=False)


class AudienceInput(StrictInput):
    """What narrows an audience; nothing means every customer."""

    districts = _words()
    models = _words()
    tags = _words()
    purchased_from = _day()
    purchased_until = _day()
    last_visit_from = _day()
    last_visit_until = _day()
    policy_ends_from = _day()
    policy_ends_until = _day()
    trackers = serializers.ListField(child=Key(min_value=1, max_value=2**63 - 1), required=False)
    classes = serializers.ListField(
        child=serializers.ChoiceField(CustomerClass.choices), required=False
    )
    people = _words(audiences.MOST_PEOPLE)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        self.audience = Audience.read(attrs)
        return attrs


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    audience = AudienceInput()
    decided_by = PersonSerializer(allow_null=True)
    created_by = PersonSerializer()

    class Meta:
        model = Campaign
        fields = [
            "id",
            *WRITTEN,
            "audience",
            "state",
            "decided_on",
            "decided_by",
            "is_late",
            "called_off_on",
            "called_off_because",
            "created_by",
            "version",
        ]
        read_only_fields = fields


class CampaignInput(StrictInput, serializers.ModelSerializer[Campaign]):
    audience = AudienceInput(required=False)

    class Meta:
        model = Campaign
        fields = [*WRITTEN, "audience"]


class CampaignChanges(VersionedInput, CampaignInput):
    class Meta(CampaignInput.Meta):
        fields = [*WRITTEN, "audience", "version"]


class CountInput(StrictInput):
    audience = AudienceInput()
    kind = serializers.ChoiceField(CampaignKind.choices, default=CampaignKind.PROMOTION)
    passes_limits = serializers.BooleanField(default=False)
    starts_on = serializers.DateField(
        required=False, help_text="plans the calls backward from this first day, which lies ahead"
    )


class DecideInput(VersionedInput):
    """Which version was read; nothing else."""


class CallOffInput(VersionedInput):
    because = serializers.CharField(max_length=250)


class CampaignFilters(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=CampaignKind.choices)
    state = django_filters.ChoiceFilter(choices=CampaignState.choices)
    starts_from = django_filters.DateFilter("starts_on", "gte")
    starts_until = django_filters.DateFilter("starts_on", "lte")


class CampaignViewSet(ListModelMixin, VersionedViewSet):
    """Campaigns; the decision freezes who is invited."""

    queryset = Campaign.objects.select_related("decided_by", "created_by")
    serializer_class = CampaignSerializer
    filterset_class = CampaignFilters
    orderings = {"id": "id", "starts_on": "starts_on"}

    @extend_schema(request=CampaignInput, responses={HTTPStatus.CREATED: CampaignSerializer})
    @idempotent
    def create(self, request: StaffApiRequest) -> Response:
        """Plan a campaign; nobody is called before it is decided."""
        values = self.sent(CampaignInput)
        audience = Audience.read(values.pop("audience", {}))
        planned = campaigns.plan_campaign(
            values, audience=audience, by=request.user, today=days.today()
        )
        return self.saved(planned.pk, HTTPStatus.CREATED)

    @extend_schema(request=CampaignChanges)
    def partial_update(self, request: StaffApiRequest, pk: int) -> Response:
        """Change a campaign; of a decided one what customers are told, who are then told so."""
        campaign = self.get_object()
        changes = self.sent(CampaignChanges, campaign)
        audience = changes.pop("audience", None)
        campaigns.change_campaign(
            campaign.pk,
            version=changes.pop("version"),
            changes=changes,
            audience=None if audience is None else Audience.read(audience),
            by=request.user,
            now=timezone.now(),
        )
        return self.saved(campaign.pk)

    @extend_schema(request=CountInput, responses=CountSerializer)
    @action(detail=False, methods=["post"], url_path="audience-count")
    @idempotent
    def audience_count(self, request: StaffApiRequest) -> Response:
        """Count an audience, say who is left out and why, and plan its calls backward."""
        asked, now = self.sent(CountInput), timezone.now()
        reach = Invited(
            Audience.read(asked["audience"]),
            kind=asked["kind"],
            passes_limits=asked["passes_limits"],
            now=now,
        ).reach()
        return Response(counted(reach, asked.get("starts_on"), today=days.local_date(now)))

    @extend_schema(request=DecideInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def decide(self, request: StaffApiRequest, pk: int) -> Response:
        """Decide a campaign: freeze who is invited, and owe each of them the notice."""
        campaign = self.get_object()
        version = self.sent(DecideInput)["version"]
        campaigns.decide_campaign(campaign.pk, version=version, by=request.user, now=timezone.now())
        return self.saved(campaign.pk)

    @extend_schema(request=CallOffInput)
    @action(detail=True, methods=["post"], url_path="call-off")
    @idempotent
    def call_off(self, request: StaffApiRequest, pk: int) -> Response:
        """Call a campaign off; whoever was told of it is told so."""
        campaign = self.get_object()
        said = self.sent(CallOffInput)
        campaigns.call_off_campaign(
            campaign.pk,
            because=said["because"],
            version=said["version"],
            by=request.user,
            now=timezone.now(),
        )
        return self.saved(campaign.pk)

    @extend_schema(responses=ResultsSerializer)
    @action(detail=True)
    def results(self, request: StaffApiRequest, pk: int) -> Response:
        """Say who was reached, accepted and came, and their orders against all others'.

        Nothing came yet of a campaign that isn't decided: 404.
        """
        campaign = self.get_object()
        if campaign.state != CampaignState.DECIDED:
            raise Http404
        return Response(ResultsSerializer(results(campaign)).data)
