"""`/api/v1/follow-ups/`: what is owed to customers, by whom, and how it ended."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from aftersales import days
from aftersales.api.filters import IdFilter, YesNoFilter
from aftersales.api.idempotency import idempotent
from aftersales.api.serializers import PersonSerializer, StrictInput
from aftersales.api.viewsets import VersionedViewSet
from aftersales.http import StaffApiRequest
from aftersales.models import User
from followups.calling import reasons
from followups.models import Ending, FollowUp, FollowUpQuerySet, Kind, State
from followups.services import owners

MOST_AT_ONCE = 1000
LARGEST_ID = 2**63 - 1


class FollowUpSerializer(serializers.ModelSerializer[FollowUp]):
    owner = PersonSerializer(allow_null=True)
    promised_by = PersonSerializer(allow_null=True)
    closed_by = PersonSerializer(allow_null=True)
    # It is empty as long as nothing ended, which the field of the model does not say of answers.
    ending = serializers.ChoiceField(choices=Ending.choices, allow_blank=True)
    about = serializers.SerializerMethodField(
        help_text="what it is about, in the language of Accept-Language"
    )
    campaign = serializers.IntegerField(
        source="invitation.campaign_id", default=None, allow_null=True
    )

    class Meta:
        model = FollowUp
        fields = [
            "id",
            "kind",
            "customer",
            "order",
            "consultation",
            "first_call",
            "matter",
            "invitation",
            "campaign",
            "declined_work",
            "vehicle",
            "about_on",
            "about",
            "fact_on",
            "opens_on",
            "target_on",
            "due_on",
            "owner",
            "promised_by",
            "callback_at",
            "attempts",
            "days_tried",
            "tried_on",
            "state",
            "ending",
            "evidence",
            "closed_at",
            "closed_on",
            "closed_by",
            "version",
        ]
        read_only_fields = fields

    def get_about(self, item: FollowUp) -> str:
        return " · ".join(reasons.about(item))


class ReassignInput(StrictInput):
    """What has ended stays with who did it; only open ones go over."""

    follow_ups = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        allow_empty=False,
        max_length=MOST_AT_ONCE,
    )
    to = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.active(), pk_field=serializers.IntegerField()
    )


class ReassignedSerializer(serializers.Serializer[Any]):
    moved = serializers.IntegerField(help_text="how many were open and somebody else's")


class FollowUpFilters(django_filters.FilterSet):
    customer = IdFilter()
    owner = IdFilter()
    matter = IdFilter()
    vehicle = IdFilter()
    campaign = IdFilter("invitation__campaign")
    kind = django_filters.ChoiceFilter(choices=Kind.choices)
    state = django_filters.ChoiceFilter(choices=State.choices)
    ending = django_filters.ChoiceFilter(choices=Ending.choices)
    late = YesNoFilter(method="lateness")
    due_from = django_filters.DateFilter("due_on", "gte")
    due_until = django_filters.DateFilter("due_on", "lte")
    closed_from = django_filters.DateFilter("closed_on", "gte")
    closed_until = django_filters.DateFilter("closed_on", "lte")

    def lateness(self, found: FollowUpQuerySet, _name: str, asked: bool) -> QuerySet[FollowUp]:
        late = found.late(days.today())
        return late if asked else found.exclude(pk__in=late.values("pk"))


class FollowUpViewSet(ListModelMixin, VersionedViewSet):
    """Follow-ups: one promise each, that follows from one fact."""

    queryset = FollowUp.objects.with_causes().select_related(
        "customer", "owner", "promised_by", "closed_by"
    )
    serializer_class = FollowUpSerializer
    filterset_class = FollowUpFilters
    orderings = {
        "id": "id",
        "due_on": "due_on",
        "opens_on": "opens_on",
        "closed_at": "closed_at",
    }

    @extend_schema(request=ReassignInput, responses=ReassignedSerializer)
    @action(detail=False, methods=["post"], pagination_class=None, filter_backends=[])
    @idempotent
    def reassign(self, request: StaffApiRequest) -> Response:
        """Give follow-ups to somebody else; only what is open goes over."""
        said = self.sent(ReassignInput)
        chosen = self.get_queryset().filter(pk__in=said["follow_ups"])
        if chosen.count() != len(set(said["follow_ups"])):
            raise serializers.ValidationError(
                {"follow_ups": _("Not all of these follow-ups are there.")}, "does_not_exist"
            )
        moved = owners.reassign(chosen, to=said["to"], by=request.user)
        return Response({"moved": moved.count})
