"""`/api/v1/customers/`: customer files and their telephone numbers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from aftersales import days
from aftersales.api.filters import YesNoFilter
from aftersales.api.idempotency import idempotent
from aftersales.api.serializers import PersonSerializer, StrictInput, VersionedInput
from aftersales.api.viewsets import VersionedViewSet
from aftersales.http import StaffApiRequest
from customers import rules
from customers.forms.customer import FEWEST_DIGITS
from customers.forms.new_file import MOST_PHONES
from customers.models import ContactRefusal, Customer, CustomerKind, NextTopic, Phone
from customers.services import files

WRITTEN = [
    "kind",
    "name",
    "contact_name",
    "title",
    "birthday",
    "language",
    "address",
    "postal_code",
    "district",
    "email",
    "convenient_from",
    "convenient_until",
    "convenient_weekdays",
    "wished_services",
    "next_topic",
    "next_talking_points",
    "next_contact_on",
    "bag_location",
    "is_fleet",
    "tags",
    "remarks",
]


class PhoneSerializer(serializers.ModelSerializer[Phone]):
    class Meta:
        model = Phone
        fields = ["id", "typed", "e164", "kind", "is_primary", "is_bad", "version"]
        read_only_fields = fields


class DoNotContactSerializer(serializers.ModelSerializer[ContactRefusal]):
    class Meta:
        model = ContactRefusal
        fields = ["purpose", "channel", "reason", "refused_on"]
        read_only_fields = fields


class CustomerSerializer(serializers.ModelSerializer[Customer]):
    phones = PhoneSerializer(many=True)
    do_not_contact = DoNotContactSerializer(many=True, source="standing_refusals")
    tracker = PersonSerializer(allow_null=True)
    # These may be empty, which the fields of the model do not say of answers.
    email = serializers.CharField()
    next_topic = serializers.ChoiceField(choices=NextTopic.choices, allow_blank=True)

    class Meta:
        model = Customer
        fields = [
            "id",
            "file_no",
            *WRITTEN,
            "phones",
            "do_not_contact",
            "contact_verified_on",
            "tracker",
            "opened_on",
            "merged_into",
            "version",
        ]
        read_only_fields = fields


class PhoneInput(StrictInput, serializers.ModelSerializer[Phone]):
    class Meta:
        model = Phone
        fields = ["typed", "kind", "is_primary"]

    def validate_typed(self, typed: str) -> str:
        if sum(character.isdecimal() for character in typed) < FEWEST_DIGITS:
            raise serializers.ValidationError(_("A phone number has at least three digits."))
        return typed


class CustomerInput(StrictInput, serializers.ModelSerializer[Customer]):
    class Meta:
        model = Customer
        fields = WRITTEN

    def validate_tags(self, tags: list[str]) -> list[str]:
        if rules.tags("\n".join(tags)) != tags:
            raise serializers.ValidationError(_("A tag has no commas and stands here once."))
        return tags

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        begin, end = (
            attrs.get(name, getattr(self.instance, name, None))
            for name in ("convenient_from", "convenient_until")
        )
        if (begin is None) != (end is None) or (begin and begin >= end):
            raise serializers.ValidationError(
                {"convenient_until": _("Give both times, the later one here, or neither.")}
            )
        return attrs


class NewCustomerInput(CustomerInput):
    phones = serializers.ListField(child=PhoneInput(), required=False, max_length=MOST_PHONES)

    class Meta(CustomerInput.Meta):
        fields = [*WRITTEN, "phones"]


class CustomerChanges(VersionedInput, CustomerInput):
    class Meta(CustomerInput.Meta):
        fields = [*WRITTEN, "version"]


class CustomerFilters(django_filters.FilterSet):
    file_no = django_filters.CharFilter()
    kind = django_filters.ChoiceFilter(choices=CustomerKind.choices)
    district = django_filters.CharFilter()
    is_fleet = YesNoFilter()
    phone_ending = django_filters.CharFilter(method="with_phone")
    opened_from = django_filters.DateFilter("opened_on", "gte")
    opened_until = django_filters.DateFilter("opened_on", "lte")

    def with_phone(
        self, customers: QuerySet[Customer], _name: str, digits: str
    ) -> QuerySet[Customer]:
        return customers.filter(pk__in=Phone.objects.ending_in(digits).values("customer"))


class CustomerViewSet(ListModelMixin, VersionedViewSet):
    """Customer files (form F1): read them, open new ones, correct them."""

    queryset = Customer.objects.select_related("tracker").prefetch_related(
        "phones",
        Prefetch("refusals", ContactRefusal.objects.standing(), to_attr="standing_refusals"),
    )
    serializer_class = CustomerSerializer
    filterset_class = CustomerFilters
    orderings = {"id": "id", "name": "sort_key", "opened_on": "opened_on"}

    def get_queryset(self) -> Any:
        """Leave files out of lists that were merged into others; they can still be read."""
        visible = super().get_queryset()
        return visible if self.detail else visible.current()

    @extend_schema(request=NewCustomerInput, responses={HTTPStatus.CREATED: CustomerSerializer})
    @idempotent
    def create(self, request: StaffApiRequest) -> Response:
        """Open a customer file."""
        fields = self.sent(NewCustomerInput)
        phones = [files.PhoneEntry(**phone) for phone in fields.pop("phones", [])]
        customer = files.open_file(
            by=request.user, today=days.today(), fields=fields, phones=phones
        )
        return self.saved(customer.pk, HTTPStatus.CREATED)

    @extend_schema(request=CustomerChanges)
    def partial_update(self, request: StaffApiRequest, pk: int) -> Response:
        """Correct some fields of a file, unless somebody else changed it since you read it."""
        customer = self.get_object()
        changes = self.sent(CustomerChanges, customer)
        version = changes.pop("version")
        files.update_file(customer.pk, by=request.user, version=version, changes=changes)
        return self.saved(customer.pk)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="verify-contact")
    @idempotent
    def verify_contact(self, request: StaffApiRequest, pk: int) -> Response:
        """Note that address and numbers were found right today."""
        customer = self.get_object()
        files.verify_contact(customer.pk, by=request.user, today=days.today())
        return self.saved(customer.pk)


class PhoneChanges(VersionedInput, PhoneInput):
    class Meta:
        model = Phone
        fields = ["typed", "kind", "is_bad", "version"]


class PhoneViewSet(VersionedViewSet):
    """The telephone numbers of one customer; the file itself lists them."""

    queryset = Phone.objects.all()
    serializer_class = PhoneSerializer

    def get_queryset(self) -> Any:
        return self.rows().filter(customer=self._customer())

    def _customer(self) -> Customer:
        visible = Customer.objects.visible_to(self.request.user)
        return get_object_or_404(visible, pk=self.kwargs["customer_id"])

    @extend_schema(request=PhoneInput, responses={HTTPStatus.CREATED: PhoneSerializer})
    @idempotent
    def create(self, request: StaffApiRequest, customer_id: int) -> Response:
        """Add a number to a file."""
        customer = self._customer()
        entry = files.PhoneEntry(**self.sent(PhoneInput))
        phone = files.add_phone(customer.pk, by=request.user, entry=entry)
        return self.saved(phone.pk, HTTPStatus.CREATED)

    @extend_schema(request=PhoneChanges)
    def partial_update(self, request: StaffApiRequest, customer_id: int, pk: int) -> Response:
        """Correct a number, say what kind it is, or that it does not work."""
        phone = self.get_object()
        now = {"typed": phone.typed, "kind": phone.kind, "is_bad": phone.is_bad}
        changes = self.sent(PhoneChanges, phone)
        files.change_phone(phone.pk, by=request.user, **now | changes)
        return self.saved(phone.pk)

    def destroy(self, request: StaffApiRequest, customer_id: int, pk: int) -> Response:
        """Take a number out of the file."""
        files.remove_phone(self.get_object().pk, by=request.user)
        return Response(status=HTTPStatus.NO_CONTENT)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="make-primary")
    @idempotent
    def make_primary(self, request: StaffApiRequest, customer_id: int, pk: int) -> Response:
        """Make a number the first one to call."""
        phone = files.make_primary(self.get_object().pk, by=request.user)
        return self.saved(phone.pk)
