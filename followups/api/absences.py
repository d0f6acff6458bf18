"""`/api/v1/absences/`: who is away from when to when, and who stands in."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from aftersales.api.filters import IdFilter
from aftersales.api.idempotency import idempotent
from aftersales.api.serializers import PersonSerializer, StrictInput, VersionedInput
from aftersales.api.viewsets import VersionedViewSet
from aftersales.http import StaffApiRequest
from followups.models import Absence
from followups.models.absence import AbsenceQuerySet
from followups.services import absences
from followups.services.owners import trackers


class AbsenceSerializer(serializers.ModelSerializer[Absence]):
    person = PersonSerializer()
    proxy = PersonSerializer()
    entered_by = PersonSerializer()

    class Meta:
        model = Absence
        fields = [
            "id",
            "person",
            "first_day",
            "last_day",
            "proxy",
            "reason",
            "entered_by",
            "withdrawn_at",
            "version",
        ]
        read_only_fields = fields


def _tracker() -> Any:
    return serializers.PrimaryKeyRelatedField(
        queryset=trackers(), pk_field=serializers.IntegerField()
    )


class AbsenceInput(StrictInput):
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    proxy = _tracker()


class NewAbsenceInput(AbsenceInput):
    person = _tracker()
    reason = serializers.CharField(required=False, allow_blank=True, max_length=100)


class AbsenceChanges(VersionedInput, AbsenceInput):
    """Other days, or somebody else who stands in."""


class WithdrawInput(VersionedInput):
    """Which version was read; nothing else."""


class AbsenceFilters(django_filters.FilterSet):
    person = IdFilter()
    proxy = IdFilter()
    day = django_filters.DateFilter(method="on_day")

    def on_day(self, found: AbsenceQuerySet, _name: str, day: date) -> QuerySet[Absence]:
        return found.on(day)


class AbsenceViewSet(ListModelMixin, VersionedViewSet):
    """Absences: both days belong to them."""

    queryset = Absence.objects.select_related("person", "proxy", "entered_by")
    serializer_class = AbsenceSerializer
    filterset_class = AbsenceFilters
    orderings = {"id": "id", "first_day": "first_day"}

    @extend_schema(request=NewAbsenceInput, responses={HTTPStatus.CREATED: AbsenceSerializer})
    @idempotent
    def create(self, request: StaffApiRequest) -> Response:
        """Enter who is away and who stands in."""
        absence = absences.enter_absence(by=request.user, **self.sent(NewAbsenceInput))
        return self.saved(absence.pk, HTTPStatus.CREATED)

    @extend_schema(request=AbsenceChanges)
    def partial_update(self, request: StaffApiRequest, pk: int) -> Response:
        """Change the days, or who stands in."""
        absence = self.get_object()
        now = {name: getattr(absence, name) for name in ("first_day", "last_day", "proxy")}
        changes = self.sent(AbsenceChanges, absence)
        absences.change_absence(absence.pk, by=request.user, **now | changes)
        return self.saved(absence.pk)

    @extend_schema(request=WithdrawInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: StaffApiRequest, pk: int) -> Response:
        """Take an absence back: the person is here after all."""
        absence = self.get_object()
        version = self.sent(WithdrawInput)["version"]
        absences.withdraw_absence(absence.pk, by=request.user, version=version, now=timezone.now())
        return self.saved(absence.pk)
