"""`/api/v1/invitations/`: who is invited to decided campaigns, what he said, whether he came."""

from __future__ import annotations

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from aftersales import days
from aftersales.api.filters import IdFilter
from aftersales.api.idempotency import idempotent
from aftersales.api.serializers import StrictInput
from aftersales.api.viewsets import VersionedViewSet
from aftersales.http import StaffApiRequest
from followups.models import Invitation, InvitationAnswer
from followups.services import invitations


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    answer = serializers.ChoiceField(InvitationAnswer.choices, allow_blank=True)

    class Meta:
        model = Invitation
        fields = [
            "id",
            "campaign",
            "customer",
            "told_on",
            "answer",
            "answered_on",
            "wants_letter",
            "guests",
            "attended_on",
            "walked_in",
            "version",
        ]
        read_only_fields = fields


class InvitationAnswerInput(StrictInput):
    answer = serializers.ChoiceField(
        InvitationAnswer.choices, allow_blank=True, help_text="empty: told, and said neither"
    )
    guests = serializers.IntegerField(default=0, min_value=0, max_value=invitations.MOST_GUESTS)
    wants_letter = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="null: not asked"
    )


class InvitationFilters(django_filters.FilterSet):
    campaign = IdFilter()
    customer = IdFilter()
    answer = django_filters.ChoiceFilter(choices=InvitationAnswer.choices)


class InvitationViewSet(ListModelMixin, VersionedViewSet):
    """Invitations; the decision of a campaign writes them."""

    queryset = Invitation.objects.all()
    serializer_class = InvitationSerializer
    filterset_class = InvitationFilters

    @extend_schema(request=InvitationAnswerInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def answer(self, request: StaffApiRequest, pk: int) -> Response:
        """Note that the customer was told today, and what he said to it."""
        invitation = self.get_object()
        said = self.sent(InvitationAnswerInput)
        invitations.answer_invitation(invitation.pk, told_on=days.today(), by=request.user, **said)
        return self.saved(invitation.pk)
