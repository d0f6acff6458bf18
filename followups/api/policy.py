"""`/api/v1/policy/`: when calls are due, and when they may be made."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from aftersales import days
from aftersales.api.serializers import StrictInput, VersionedInput
from aftersales.api.viewsets import VersionedViewSet
from aftersales.http import StaffApiRequest
from followups.models import Policy
from followups.services.policy import change_policy

NUMBERS = [field.name for field in Policy._meta.fields if field.name not in {"id", "version"}]


class PolicySerializer(serializers.ModelSerializer[Policy]):
    class Meta:
        model = Policy
        fields = [*NUMBERS, "version"]
        read_only_fields = fields


class PolicyChanges(VersionedInput, StrictInput, serializers.ModelSerializer[Policy]):
    class Meta:
        model = Policy
        fields = [*NUMBERS, "version"]


class PolicyViewSet(VersionedViewSet):
    """The numbers of the regulation as this shop has set them; there is one policy."""

    queryset = Policy.objects.all()
    serializer_class = PolicySerializer

    def get_object(self) -> Policy:
        return Policy.objects.current()

    def current(self) -> Any:
        return PolicySerializer(self.get_object()).data

    def retrieve(self, request: StaffApiRequest, **address: int) -> Response:
        """Show the numbers in force."""
        return self.shown(self.get_object())

    @extend_schema(request=PolicyChanges)
    def partial_update(self, request: StaffApiRequest) -> Response:
        """Change some numbers; windows that have opened stay as they are."""
        changes = self.sent(PolicyChanges, self.get_object())
        version = changes.pop("version")
        change_policy(by=request.user, version=version, changes=changes, today=days.today())
        return self.shown(self.get_object())
