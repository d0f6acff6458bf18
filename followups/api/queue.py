"""`/api/v1/queue/`: who is to be called next, taken by one client at a time."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import (
    extend_schema,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from aftersales import days
from aftersales.api.idempotency import idempotent
from aftersales.api.serializers import PersonSerializer, StrictInput
from aftersales.api.viewsets import ObjectViewSet
from aftersales.http import StaffApiRequest
from customers.api.customers import PhoneSerializer
from customers.models import Customer
from followups.api.calls import CALLS_IN_FULL, CallDetailSerializer
from followups.api.follow_ups import FollowUpSerializer
from followups.api.told import LARGEST_NUMBER, CallInput, told
from followups.calling import queue
from followups.calling.contact import Obstacle, Reason
from followups.calling.desk import Desk
from followups.calling.queue import Entry
from followups.models import Claim, Policy
from followups.services import calls, claims


class ObstacleSerializer(serializers.Serializer[Obstacle]):
    reason = serializers.SerializerMethodField()
    rule = serializers.CharField()
    text = serializers.CharField()
    until = serializers.DateTimeField(
        allow_null=True, help_text="when he may be called; null: not by waiting"
    )

    @extend_schema_field(serializers.ChoiceField([reason.name.lower() for reason in Reason]))
    def get_reason(self, found: Obstacle) -> str:
        return found.reason.name.lower()


class ClaimSerializer(serializers.ModelSerializer[Claim]):
    held_by = PersonSerializer(source="claimed_by")
    since = serializers.DateTimeField(source="claimed_at")

    class Meta:
        model = Claim
        fields = ["number", "held_by", "since", "leased_until"]
        read_only_fields = fields


class CustomerAtDeskSerializer(serializers.ModelSerializer[Customer]):
    phones = PhoneSerializer(many=True)

    class Meta:
        model = Customer
        fields = ["id", "file_no", "name", "contact_name", "title", "language", "phones"]
        read_only_fields = fields


class AtDeskSerializer(serializers.Serializer[Any]):
    """A customer with what is owed to him by telephone, and whether he can be called now."""

    customer = CustomerAtDeskSerializer()
    agenda = FollowUpSerializer(many=True)
    obstacle = ObstacleSerializer(allow_null=True)
    claim = serializers.SerializerMethodField(help_text="null: nobody holds him")

    @extend_schema_field(ClaimSerializer(allow_null=True))
    def get_claim(self, standing: Desk | Entry) -> Any:
        is_held = standing.claim is not None and standing.claim.is_held(self.context["now"])
        return ClaimSerializer(standing.claim).data if is_held else None


class DeskSerializer(AtDeskSerializer):
    """As the call desk needs him."""

    number_to_dial = serializers.CharField(source="to_dial.e164", default=None, allow_null=True)


class EntrySerializer(AtDeskSerializer):
    """With his place in the queue."""

    reason = serializers.SerializerMethodField(help_text="why he stands here")
    days_tried = serializers.IntegerField(source="attempts")
    due_on = serializers.DateField()

    def get_reason(self, entry: Entry) -> str:
        return entry.reason(today=days.local_date(self.context["now"]))


@extend_schema_serializer(many=False)
class QueueSerializer(serializers.Serializer[Any]):
    due = serializers.IntegerField(help_text="customers for whom something is due")
    callable = serializers.IntegerField(help_text="those of them who can be called now")
    results = EntrySerializer(many=True, help_text="the first 50")


class HeldInput(StrictInput):
    number = serializers.IntegerField(
        min_value=1, max_value=LARGEST_NUMBER, help_text="of your claim"
    )


class SkipInput(HeldInput):
    reason = serializers.CharField(max_length=250)
    until = serializers.DateTimeField()


class OutboundInput(CallInput, HeldInput):
    class Meta(CallInput.Meta):
        fields = [*CallInput.Meta.fields, "number"]


class QueueViewSet(ObjectViewSet):
    """Whom you are to call: the entries of your queue, and the customer you hold."""

    queryset = Customer.objects.prefetch_related("phones")
    serializer_class = DeskSerializer
    pagination_class = None

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "now": self.now}

    def shown(self, row: Customer, status: int = HTTPStatus.OK) -> Response:
        return Response(self._at_desk(row), status)

    def current(self) -> Any:
        return self._at_desk(self.get_object()) if self.detail else None

    def _at_desk(self, customer: Customer) -> Any:
        desk = Desk(customer, user=self.request.user, now=self.now)
        return DeskSerializer(desk, context=self.get_serializer_context()).data

    @extend_schema(responses=QueueSerializer)
    def list(self, request: StaffApiRequest) -> Response:
        """List your queue and that of those you stand in for, the next one first."""
        page = queue.page_of(request.user, policy=Policy.objects.current(), now=self.now)
        answer = {
            "due": page.load.due,
            "callable": page.load.callable,
            "results": page.entries,
        }
        return Response(QueueSerializer(answer, context=self.get_serializer_context()).data)

    def retrieve(self, request: StaffApiRequest, pk: int) -> Response:
        """Show a customer as the call desk needs him: agenda, obstacle, who holds him."""
        return self.shown(self.get_object())

    @extend_schema(
        request=None, responses={HTTPStatus.OK: DeskSerializer, HTTPStatus.NO_CONTENT: None}
    )
    @action(detail=False, methods=["post"], url_path="next")
    @idempotent
    def take_next(self, request: StaffApiRequest) -> Response:
        """Go on with whom you hold, else take whose turn it is; 204 when nobody is to be called."""
        user, now = request.user, self.now
        if held := Claim.objects.held_by(user, now):
            claims.renew(held.customer_id, number=held.number, by=user, now=now)
        elif (held := claims.claim_next(by=user, now=now)) is None:
            return Response(status=HTTPStatus.NO_CONTENT)
        return self.saved(held.customer_id)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    @idempotent
    def claim(self, request: StaffApiRequest, pk: int) -> Response:
        """Take a customer to call him."""
        customer = self.get_object()
        claims.claim(customer.pk, by=request.user, now=self.now)
        return self.shown(customer)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="claim-inbound")
    @idempotent
    def claim_inbound(self, request: StaffApiRequest, pk: int) -> Response:
        """Take a customer who is on the phone: no hours hold him off."""
        customer = self.get_object()
        claims.claim_for_inbound(customer.pk, by=request.user, now=self.now)
        return self.shown(customer)

    @extend_schema(request=HeldInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def heartbeat(self, request: StaffApiRequest, pk: int) -> Response:
        """Hold a customer for another five minutes."""
        customer = self.get_object()
        number = self.sent(HeldInput)["number"]
        claims.renew(customer.pk, number=number, by=request.user, now=self.now)
        return self.shown(customer)

    @extend_schema(request=HeldInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def release(self, request: StaffApiRequest, pk: int) -> Response:
        """Give a customer back without an outcome: once, then he comes back to you first."""
        customer = self.get_object()
        number = self.sent(HeldInput)["number"]
        claims.leave(customer.pk, number=number, by=request.user, now=self.now)
        return self.shown(customer)

    @extend_schema(request=SkipInput)
    @action(detail=True, methods=["post"])
    @idempotent
    def skip(self, request: StaffApiRequest, pk: int) -> Response:
        """Put a customer off without calling him, with a reason."""
        customer = self.get_object()
        said = self.sent(SkipInput)
        claims.skip(customer.pk, by=request.user, now=self.now, **said)
        return self.shown(customer)

    @extend_schema(request=OutboundInput, responses={HTTPStatus.CREATED: CallDetailSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def call(self, request: StaffApiRequest, pk: int) -> Response:
        """Record the call you made to a customer you hold, and set him free."""
        customer = self.get_object()
        said = self.sent(OutboundInput)
        line = calls.record_call(
            customer.pk,
            number=said["number"],
            told=told(said, request=request, now=self.now),
            by=request.user,
            now=self.now,
        )
        written = CALLS_IN_FULL.get(pk=line.pk)
        context = self.get_serializer_context()
        return Response(CallDetailSerializer(written, context=context).data, HTTPStatus.CREATED)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="take-back")
    @idempotent
    def take_back(self, request: StaffApiRequest, pk: int) -> Response:
        """Take a customer from whoever holds him; what he then records is refused."""
        customer = self.get_object()
        claims.take_back(customer.pk)
        return self.shown(customer)
