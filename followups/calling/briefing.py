"""What one should know of a customer before one talks to him: cars, visits, talks, promises."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Case, Q, When

from aftersales.models import User
from customers.models import ContactPurpose, ContactRefusal, Customer, Vehicle, VehicleRelation
from followups.calling.outcomes import OUTCOMES
from followups.models import Call, FollowUp, Matter, MatterKind, MatterState
from followups.services.told import WORDS
from workshop.models import DeclinedWork, RepairOrder

VISITS_SHOWN = 3
CALLS_SHOWN = 2
MATTERS_SHOWN = 5
TALKS = [code for code, outcome in OUTCOMES.items() if outcome.is_talk]


class Briefing:
    """One customer, as far as somebody may see him, and what was said about an agenda."""

    def __init__(self, customer: Customer, *, agenda: list[FollowUp], user: User) -> None:
        self.customer, self.agenda, self.user = customer, agenda, user

    @cached_property
    def vehicles(self) -> list[Vehicle]:
        """The cars that the talk is about, else those he has."""
        about = dict.fromkeys(filter(None, (item.about_vehicle for item in self.agenda)))
        if about:
            return list(about)
        relations = VehicleRelation.objects.current().filter(customer=self.customer)
        latest = relations.select_related("vehicle").order_by("-during")[:2]
        return list(dict.fromkeys(relation.vehicle for relation in latest))

    @cached_property
    def visits(self) -> list[RepairOrder]:
        orders = RepairOrder.objects.visible_to(self.user).filter(customer=self.customer)
        latest = orders.select_related("vehicle", "advisor").order_by("-checked_in_at", "-pk")
        return list(latest[:VISITS_SHOWN])

    @cached_property
    def calls(self) -> list[Call]:
        """The last calls, whatever they were about."""
        theirs = Call.objects.visible_to(self.user).of(self.customer).in_force()
        return list(theirs.select_related("handler").order_by("-started_at", "-pk")[:CALLS_SHOWN])

    @cached_property
    def matters(self) -> list[Matter]:
        """What is open, complaints first, then the most pressing."""
        theirs = Matter.objects.visible_to(self.user).filter(customer=self.customer)
        unsettled = theirs.exclude(state=MatterState.CLOSED).select_related("owner")
        is_milder = Case(When(kind=MatterKind.COMPLAINT, then=0), default=1)
        return list(unsettled.order_by(is_milder, "report_by", "pk")[:MATTERS_SHOWN])

    @cached_property
    def declined_work(self) -> list[DeclinedWork]:
        """What he declined and nobody did since; what matters for safety first."""
        theirs = DeclinedWork.objects.visible_to(self.user).filter(order__customer=self.customer)
        return list(theirs.unsettled().select_related("order__vehicle"))

    @property
    def is_frozen(self) -> bool:
        """A complaint is open: nothing is to be sold (CMP-01)."""
        return any(matter.kind == MatterKind.COMPLAINT for matter in self.matters)

    @cached_property
    def refusals(self) -> list[ContactRefusal]:
        return list(ContactRefusal.objects.standing().filter(customer=self.customer))

    @property
    def may_offer(self) -> bool:
        """The customer hasn't refused promotion (FUP-11)."""
        offers = {ContactPurpose.PROMOTION, ContactPurpose.ALL}
        return not any(refusal.purpose in offers for refusal in self.refusals)

    @cached_property
    def talks(self) -> list[Call]:
        """Earlier talks about what stands on the agenda, the latest first (FUP-10)."""
        visits = {item.visit.pk for item in self.agenda} | {item.pk for item in self.agenda}
        about = Q(agenda__follow_up__in=visits) | Q(corrects__agenda__follow_up__in=visits)
        talks = Call.objects.filter(about, outcome__in=TALKS).in_force()
        return list(
            talks.prefetch_related("matters")
            .select_related("handler")
            .distinct()
            .order_by("-started_at", "-pk")
        )

    @cached_property
    def said(self) -> Mapping[str, tuple[datetime, str]]:
        """Field → when it was talked about last, and what was said."""
        return {
            name: (call.started_at, getattr(call, name))
            for call in reversed(self.talks)
            for name in WORDS
            if name not in {"contact_name", "note"} and getattr(call, name)
        }

    @cached_property
    def answered(self) -> Mapping[str, Any]:
        """Question → what the customer answered in an earlier talk about the same visits."""
        return {key: answer for call in reversed(self.talks) for key, answer in call.scores.items()}

    @cached_property
    def promises(self) -> list[Call]:
        """Talks after which somebody was to study or answer something, the latest first."""
        return [call for call in self.talks if call.to_study or call.matters.all()]
