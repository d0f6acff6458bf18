"""`/api/v1/complaints/`: the handling reports of complaints (form F14)."""

from __future__ import annotations

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from aftersales.api.filters import IdFilter, YesNoFilter
from aftersales.api.idempotency import idempotent
from aftersales.api.serializers import PersonSerializer, StrictInput, VersionedInput, VisibleKey
from aftersales.api.viewsets import VersionedViewSet
from aftersales.http import StaffApiRequest
from followups.matters.complaint_codes import CATEGORY_CHOICES
from followups.models import Complaint, ComplaintLevel, Department, MatterState, Remedy
from followups.models.complaint import ComplaintQuerySet
from followups.services import complaints
from followups.services.complaints import REPORT


class ComplaintSerializer(serializers.ModelSerializer[Complaint]):
    customer = serializers.IntegerField(source="matter.customer_id")
    state = serializers.ChoiceField(choices=MatterState.choices, source="matter.state")
    category = serializers.ChoiceField(choices=CATEGORY_CHOICES, allow_blank=True)
    department = serializers.ChoiceField(choices=Department.choices, allow_blank=True)
    remedy = serializers.ChoiceField(choices=Remedy.choices, allow_blank=True)
    extended_by = PersonSerializer(allow_null=True)

    class Meta:
        model = Complaint
        fields = [
            "id",
            "matter",
            "customer",
            "state",
            *REPORT,
            "close_by",
            "extended_because",
            "extended_by",
            "repeats",
            "version",
        ]
        read_only_fields = fields


class ComplaintChanges(VersionedInput, StrictInput, serializers.ModelSerializer[Complaint]):
    category = serializers.ChoiceField(choices=CATEGORY_CHOICES, allow_blank=True, required=False)
    repeats = VisibleKey(
        Complaint,
        required=False,
        allow_null=True,
        help_text="an earlier complaint of the same customer, or about the same car",
    )

    class Meta:
        model = Complaint
        fields = [*REPORT, "repeats", "version"]


class ExtendInput(VersionedInput):
    close_by = serializers.DateField(help_text="later than the day it has")
    reason = serializers.CharField(max_length=250)


class ComplaintFilters(django_filters.FilterSet):
    matter = IdFilter()
    customer = IdFilter("matter__customer")
    level = django_filters.ChoiceFilter(choices=ComplaintLevel.choices)
    category = django_filters.ChoiceFilter(choices=CATEGORY_CHOICES)
    department = django_filters.ChoiceFilter(choices=Department.choices)
    open = YesNoFilter(method="openness")
    close_from = django_filters.DateFilter("close_by", "gte")
    close_until = django_filters.DateFilter("close_by", "lte")

    def openness(self, found: ComplaintQuerySet, _name: str, asked: bool) -> ComplaintQuerySet:
        closed = {"matter__state": MatterState.CLOSED}
        return found.exclude(**closed) if asked else found.filter(**closed)


class ComplaintViewSet(ListModelMixin, VersionedViewSet):
    """Complaints: what is found and done about them, beside the life of their matters."""

    queryset = Complaint.objects.select_related("matter", "extended_by")
    serializer_class = ComplaintSerializer
    filterset_class = ComplaintFilters
    orderings = {"id": "id", "close_by": "close_by"}

    @extend_schema(request=ComplaintChanges)
    def partial_update(self, request: StaffApiRequest, pk: int) -> Response:
        """Fill in the handling report, or link what it repeats."""
        complaint = self.get_object()
        changes = self.sent(ComplaintChanges, complaint)
        version = changes.pop("version")
        complaints.fill(complaint.pk, by=request.user, version=version, changes=changes)
        return self.saved(complaint.pk)

    @extend_schema(request=ExtendInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def extend(self, request: StaffApiRequest, pk: int) -> Response:
        """Give a complaint more days, with the reason."""
        complaint, said = self.get_object(), self.sent(ExtendInput)
        complaints.extend(
            complaint.pk,
            by=request.user,
            version=said["version"],
            close_by=said["close_by"],
            reason=said["reason"],
        )
        return self.saved(complaint.pk)
