"""`/api/v1/vehicles/`: vehicles, whose they are, and who is on the phone."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, ClassVar

import django_filters
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from aftersales import days
from aftersales.api.idempotency import idempotent
from aftersales.api.serializers import StrictInput, VersionedInput, VisibleKey
from aftersales.api.viewsets import VersionedViewSet
from aftersales.http import StaffApiRequest
from customers.api.customers import CustomerSerializer, CustomerViewSet, PhoneSerializer
from customers.models import Customer, Vehicle, VehicleCategory, VehicleRelation
from customers.search import search
from customers.services import vehicles

MOST_HITS = 10
MOST_VEHICLES = 50

WRITTEN = [
    "vin",
    "plate",
    "unit_no",
    "engine_no",
    "model",
    "category",
    "color",
    "purchased_on",
    "sold_by_us",
    "mileage",
    "mileage_read_on",
    "mileage_reason",
    "maintenance_months",
    "maintenance_km",
    "next_maintenance_on",
    "next_maintenance_km",
    "warranty_ends_on",
    "insurer",
    "policy_ends_on",
    "inspection_due_on",
    "remarks",
]


class HolderSerializer(serializers.ModelSerializer[VehicleRelation]):
    """Who owns, brings or pays for the vehicle now."""

    customer = serializers.IntegerField(source="customer_id")
    file_no = serializers.CharField(source="customer.file_no")
    name = serializers.CharField(source="customer.name")
    phones = PhoneSerializer(many=True, source="customer.phones")
    since = serializers.DateField(source="during.lower", allow_null=True)

    class Meta:
        model = VehicleRelation
        fields = ["relation", "customer", "file_no", "name", "phones", "since"]
        read_only_fields = fields


class VehicleSerializer(serializers.ModelSerializer[Vehicle]):
    customers = HolderSerializer(many=True, source="visible_relations")
    category = serializers.ChoiceField(choices=VehicleCategory.choices, allow_blank=True)
    warnings = serializers.SerializerMethodField(help_text="field → what is odd about it")

    class Meta:
        model = Vehicle
        fields = ["id", *WRITTEN, "customers", "warnings", "version"]
        read_only_fields = fields

    def get_warnings(self, vehicle: Vehicle) -> dict[str, str]:
        return vehicles.warnings(vehicle)


class VehicleInput(StrictInput, serializers.ModelSerializer[Vehicle]):
    """As it is written on the car; the service normalizes VIN and plate and judges them."""

    vin = serializers.CharField(required=False, allow_blank=True, max_length=40)
    plate = serializers.CharField(required=False, allow_blank=True, max_length=40)

    class Meta:
        model = Vehicle
        fields = WRITTEN
        # The service says which vehicle is in the way.
        extra_kwargs: ClassVar[dict[str, Any]] = {"unit_no": {"validators": []}}


class NewVehicleInput(VehicleInput):
    owner = VisibleKey(Customer, required=False, allow_null=True)
    owner_since = serializers.DateField(required=False, allow_null=True)

    class Meta(VehicleInput.Meta):
        fields = [*WRITTEN, "owner", "owner_since"]


class VehicleChanges(VersionedInput, VehicleInput):
    class Meta(VehicleInput.Meta):
        fields = [*WRITTEN, "version"]


class LookupInput(StrictInput):
    q = serializers.CharField(
        max_length=100, help_text=_("A phone number, plate or VIN, or the end of one; or a name.")
    )


class LookupSerializer(serializers.Serializer[Any]):
    """Whom and what the search found; the vehicles of the customers stand beside them."""

    customers = CustomerSerializer(many=True)
    vehicles = VehicleSerializer(many=True)


class VehicleFilters(django_filters.FilterSet):
    vin = django_filters.CharFilter()
    plate = django_filters.CharFilter()
    unit_no = django_filters.CharFilter()
    category = django_filters.ChoiceFilter(choices=VehicleCategory.choices)
    maintenance_from = django_filters.DateFilter("next_maintenance_on", "gte")
    maintenance_until = django_filters.DateFilter("next_maintenance_on", "lte")


class VehicleViewSet(ListModelMixin, VersionedViewSet):
    """Vehicles: read them, add new ones, correct them."""

    serializer_class = VehicleSerializer
    filterset_class = VehicleFilters
    orderings = {"id": "id", "plate": "plate", "next_maintenance_on": "next_maintenance_on"}

    def rows(self) -> Any:
        holders = (
            VehicleRelation.objects.current()
            .filter(customer__in=Customer.objects.visible_to(self.request.user))
            .select_related("customer")
            .prefetch_related("customer__phones")
        )
        return Vehicle.objects.prefetch_related(
            Prefetch("relations", holders, to_attr="visible_relations")
        )

    @extend_schema(request=NewVehicleInput, responses={HTTPStatus.CREATED: VehicleSerializer})
    @idempotent
    def create(self, request: StaffApiRequest) -> Response:
        """Add a vehicle, and its owner if he is known."""
        fields = self.sent(NewVehicleInput)
        owner, since = fields.pop("owner", None), fields.pop("owner_since", None)
        vehicle = vehicles.add_vehicle(
            by=request.user,
            today=days.today(),
            fields=fields,
            owner_id=owner and owner.pk,
            since=since,
        )
        return self.saved(vehicle.pk, HTTPStatus.CREATED)

    @extend_schema(request=VehicleChanges)
    def partial_update(self, request: StaffApiRequest, pk: int) -> Response:
        """Correct some fields of a vehicle, unless somebody else changed it since you read it."""
        vehicle = self.get_object()
        changes = self.sent(VehicleChanges, vehicle)
        version = changes.pop("version")
        vehicles.update_vehicle(
            vehicle.pk, by=request.user, version=version, changes=changes, today=days.today()
        )
        return self.saved(vehicle.pk)

    @extend_schema(parameters=[LookupInput], responses=LookupSerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def lookup(self, request: StaffApiRequest) -> Response:
        """Find who is on the phone or at the gate, best matches first."""
        data = LookupInput(data=request.query_params)
        data.is_valid(raise_exception=True)
        hits = search(data.validated_data["q"], user=request.user, limit=MOST_HITS)
        people = [hit.customer_id for hit in hits if hit.customer_id]
        cars = [hit.vehicle_id for hit in hits if hit.vehicle_id]
        of_people = [hit.customer_id for hit in hits if not hit.vehicle_id]
        theirs = VehicleRelation.objects.current().filter(customer__in=of_people)
        found = self.get_queryset().filter(Q(pk__in=cars) | Q(pk__in=theirs.values("vehicle")))
        answer = {
            "customers": sorted(
                CustomerViewSet.queryset.visible_to(request.user).filter(pk__in=people),
                key=lambda customer: people.index(customer.pk),
            ),
            "vehicles": found.order_by("pk")[:MOST_VEHICLES],
        }
        return Response(LookupSerializer(answer, context=self.get_serializer_context()).data)
