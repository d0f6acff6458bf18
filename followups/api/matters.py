"""`/api/v1/matters/`: what customers want or complain about, and what becomes of it."""

from __future__ import annotations

from http import HTTPStatus

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from aftersales import days
from aftersales.api.filters import IdFilter, YesNoFilter
from aftersales.api.idempotency import idempotent
from aftersales.api.serializers import PersonSerializer, StrictInput, VersionedInput, VisibleKey
from aftersales.api.viewsets import VersionedViewSet
from aftersales.http import StaffApiRequest
from aftersales.models import User
from customers.models import Consultation, Customer, Vehicle
from followups.models import Department, HeardThrough, Matter, MatterKind, MatterState
from followups.models.matter import MatterQuerySet
from followups.services import hearing, matters
from followups.services.matters import CHANGE, Word

# What is heard at the shop; a score speaks for itself when its call is recorded.
KINDS = [(kind.value, kind.label) for kind in MatterKind if kind != MatterKind.LOW_SCORE]


class MatterSerializer(serializers.ModelSerializer[Matter]):
    department = serializers.ChoiceField(choices=Department.choices, allow_blank=True)
    told_through = serializers.ChoiceField(choices=HeardThrough.choices, allow_blank=True)
    owner = PersonSerializer()
    closed_by = PersonSerializer(allow_null=True)

    class Meta:
        model = Matter
        fields = [
            "id",
            "record_no",
            "kind",
            "customer",
            "vehicle",
            "call",
            "consultation",
            "heard_through",
            "text",
            "heard_on",
            "report_by",
            "department",
            "owner",
            "state",
            "study",
            "reported_on",
            "solution",
            "solved_at",
            "answer",
            "answered_on",
            "told_through",
            "told_in",
            "satisfied",
            "reopened",
            "closed_on",
            "closed_by",
            "version",
        ]
        read_only_fields = fields


class MatterInFullSerializer(MatterSerializer):
    """With who reported and solved it, and the handling report of a complaint."""

    reported_by = PersonSerializer(
        allow_null=True, help_text="null with a `reported_on`: it was reported by itself"
    )
    solved_by = PersonSerializer(allow_null=True)
    complaint = serializers.IntegerField(source="complaint.pk", default=None, allow_null=True)

    class Meta(MatterSerializer.Meta):
        fields = [*MatterSerializer.Meta.fields, "reported_by", "solved_by", "complaint"]
        read_only_fields = fields


class OwnerKey(serializers.PrimaryKeyRelatedField[User]):
    """Somebody who works on matters."""

    def get_queryset(self) -> QuerySet[User]:
        people: QuerySet[User] = User.objects.with_permission(CHANGE)
        return people


class NewMatterInput(StrictInput):
    customer = VisibleKey(Customer)
    kind = serializers.ChoiceField(choices=KINDS)
    text = serializers.CharField(help_text="in the customer's words")
    heard_through = serializers.ChoiceField(choices=HeardThrough.choices, default=HeardThrough.API)
    department = serializers.ChoiceField(choices=Department.choices, required=False)
    owner = OwnerKey(
        required=False,
        pk_field=serializers.IntegerField(),
        help_text="default: you, or the customer's tracking salesman",
    )
    vehicle = VisibleKey(Vehicle, required=False, allow_null=True)
    consultation = VisibleKey(Consultation, required=False, allow_null=True)


class StudyInput(VersionedInput):
    study = serializers.CharField(help_text="what was found out")


class SolutionInput(VersionedInput):
    solution = serializers.CharField(help_text="what the customer is to be told, today")


class ReportInput(VersionedInput):
    """Which version was read; nothing else."""


class TellInput(VersionedInput):
    answer = serializers.CharField(help_text="what the customer was told")
    answered_on = serializers.DateField(required=False, help_text="default: today")
    told_through = serializers.ChoiceField(choices=HeardThrough.choices, default=HeardThrough.CALL)
    satisfied = serializers.BooleanField(
        allow_null=True,
        default=None,
        help_text="true closes the matter, false opens it again, null: not asked yet",
    )


class PassOnInput(VersionedInput):
    owner = OwnerKey(pk_field=serializers.IntegerField())
    department = serializers.ChoiceField(
        choices=Department.choices, allow_blank=True, required=False
    )


class MatterFilters(django_filters.FilterSet):
    customer = IdFilter()
    owner = IdFilter()
    kind = django_filters.ChoiceFilter(choices=MatterKind.choices)
    state = django_filters.ChoiceFilter(choices=MatterState.choices)
    department = django_filters.ChoiceFilter(choices=Department.choices)
    late = YesNoFilter(method="lateness")
    report_from = django_filters.DateFilter("report_by", "gte")
    report_until = django_filters.DateFilter("report_by", "lte")

    def lateness(self, found: MatterQuerySet, _name: str, asked: bool) -> QuerySet[Matter]:
        late = found.late(days.today())
        return late if asked else found.exclude(pk__in=late.values("pk"))


class MatterViewSet(ListModelMixin, VersionedViewSet):
    """Matters: heard, studied, solved or reported, told, closed with the customer's word."""

    queryset = Matter.objects.select_related(
        "owner", "closed_by", "reported_by", "solved_by", "complaint"
    )
    serializer_class = MatterInFullSerializer
    filterset_class = MatterFilters
    orderings = {"id": "id", "report_by": "report_by"}

    @extend_schema(request=NewMatterInput, responses={HTTPStatus.CREATED: MatterInFullSerializer})
    @idempotent
    def create(self, request: StaffApiRequest) -> Response:
        """Open a matter that was heard elsewhere than in a call."""
        said = self.sent(NewMatterInput)
        opened = hearing.open_matter(
            said["customer"].pk,
            heard=hearing.Heard(
                said["kind"],
                said["text"],
                through=said["heard_through"],
                department=said.get("department", ""),
                owner=said.get("owner"),
                vehicle=said.get("vehicle"),
                consultation=said.get("consultation"),
            ),
            by=request.user,
            now=timezone.now(),
        )
        return self.saved(opened.pk, HTTPStatus.CREATED)

    @extend_schema(request=StudyInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def study(self, request: StaffApiRequest, pk: int) -> Response:
        """Note what was found out so far; an earlier note is written over."""
        matter, said = self.get_object(), self.sent(StudyInput)
        matters.study(matter.pk, by=request.user, version=said["version"], text=said["study"])
        return self.saved(matter.pk)

    @extend_schema(request=SolutionInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def solve(self, request: StaffApiRequest, pk: int) -> Response:
        """Write down the solution you found; the customer is owed an answer today."""
        matter, said = self.get_object(), self.sent(SolutionInput)
        version, text = said["version"], said["solution"]
        matters.solve(matter.pk, by=request.user, version=version, text=text, now=timezone.now())
        return self.saved(matter.pk)

    @extend_schema(request=ReportInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def report(self, request: StaffApiRequest, pk: int) -> Response:
        """Report a matter to the supervisor before it is reported by itself."""
        matter, said = self.get_object(), self.sent(ReportInput)
        matters.report(matter.pk, by=request.user, version=said["version"], today=days.today())
        return self.saved(matter.pk)

    @extend_schema(request=SolutionInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def instruct(self, request: StaffApiRequest, pk: int) -> Response:
        """Write the supervisor's instruction; the customer is owed an answer today."""
        matter, said = self.get_object(), self.sent(SolutionInput)
        version, text = said["version"], said["solution"]
        matters.instruct(matter.pk, by=request.user, version=version, text=text, now=timezone.now())
        return self.saved(matter.pk)

    @extend_schema(request=TellInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def tell(self, request: StaffApiRequest, pk: int) -> Response:
        """Write down what the customer was told; only his word closes a matter."""
        matter, said = self.get_object(), self.sent(TellInput)
        word = Word(
            said["answer"],
            said["satisfied"],
            through=said["told_through"],
            on=said.get("answered_on"),
        )
        matters.tell(
            matter.pk, word=word, by=request.user, now=timezone.now(), version=said["version"]
        )
        return self.saved(matter.pk)

    @extend_schema(request=PassOnInput)
    @action(detail=True, methods=["post"], url_path="pass-on")
    @idempotent
    def pass_on(self, request: StaffApiRequest, pk: int) -> Response:
        """Give a matter to somebody else, or to another department."""
        matter, said = self.get_object(), self.sent(PassOnInput)
        matters.assign(
            matter.pk,
            by=request.user,
            version=said["version"],
            owner=said["owner"],
            department=said.get("department", matter.department),
        )
        return self.saved(matter.pk)
