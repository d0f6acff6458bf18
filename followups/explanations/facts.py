"""What happened with one customer that makes follow-ups or makes none."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from django.db.models import Q

from aftersales.models import User
from customers.models import Consultation, ContactRefusal, Customer
from followups.calling.contact import refuses_calls
from followups.models import (
    UNSOLVED,
    Claim,
    FileCheck,
    FollowUp,
    Kind,
    Matter,
    ReminderRule,
    Skip,
)
from followups.models.ending import TAKEN_BACK
from followups.sweeps.running import NOT_RETAIL
from workshop.models import RepairOrder
from workshop.states import OrderState


class Facts:
    """The visits of one customer, the follow-ups that stand, and who holds him.

    It says of what a visit makes what the sweeps say of all visits at once.
    """

    def __init__(self, customer: Customer, *, go_live: datetime) -> None:
        self.customer, self.go_live = customer, go_live

    @cached_property
    def follow_ups(self) -> list[FollowUp]:
        """All that were ever written, the newest fact first."""
        return list(
            FollowUp.objects.filter(customer=self.customer)
            .with_causes()
            .select_related("customer", "owner", "promised_by", "closed_by")
            .order_by("-fact_on", "-pk")
        )

    @cached_property
    def claim(self) -> Claim | None:
        return Claim.objects.select_related("claimed_by").filter(customer=self.customer).first()

    @property
    def orders_without_call(self) -> list[RepairOrder]:
        """Orders that were here since go-live and have no first call that stands."""
        called = self._called("order")
        since = (
            Q(gate_out_at__gte=self.go_live)
            | Q(gate_out_at=None, cancelled_at=None)
            | Q(gate_out_at=None, cancelled_at__gte=self.go_live)
        )
        orders = RepairOrder.objects.filter(since, customer=self.customer)
        return list(orders.exclude(pk__in=called).order_by("-checked_in_at", "-pk"))

    @property
    def consultations_without_call(self) -> list[Consultation]:
        talks = Consultation.objects.filter(customer=self.customer, ended_at__gte=self.go_live)
        return list(talks.exclude(pk__in=self._called("consultation")))

    @property
    def visits_before_go_live(self) -> int:
        left = RepairOrder.objects.filter(customer=self.customer).exclude(kind__in=NOT_RETAIL)
        talks = Consultation.objects.filter(customer=self.customer, ended_at__lt=self.go_live)
        return left.filter(gate_out_at__lt=self.go_live).count() + talks.count()

    @cached_property
    def missing(self) -> str:
        """What the customer's file lacks, in words."""
        return ", ".join(str(need.label) for need in self.customer.missing())

    @property
    def owes_file(self) -> bool:
        """Whether he came since his file was last seen complete, and since go-live."""
        checked = FileCheck.objects.filter(customer=self.customer).first()
        since = self.go_live
        came = RepairOrder.objects.filter(customer=self.customer, authorized_at__gte=since)
        came = came.exclude(kind__in=NOT_RETAIL).exclude(state=OrderState.CANCELLED)
        talks = Consultation.objects.filter(customer=self.customer, ended_at__gte=since)
        if checked is not None:
            came = came.filter(authorized_at__gt=checked.settled_until)
            talks = talks.filter(ended_at__gt=checked.settled_until)
        return came.exists() or talks.exists()

    @property
    def unsolved_matters(self) -> list[Matter]:
        matters = Matter.objects.filter(customer=self.customer, state__in=UNSOLVED)
        return list(matters.order_by("report_by", "pk"))

    @property
    def reminders_made(self) -> set[str]:
        """The kinds of reminders that are switched on."""
        return set(ReminderRule.objects.filter(is_on=True).values_list("kind", flat=True))

    def refusal_of(self, purpose: str) -> ContactRefusal | None:
        """Return what forbids calls for this purpose."""
        refused = ContactRefusal.objects.filter(refuses_calls(purpose), customer=self.customer)
        return refused.order_by("pk").first()

    def skip_until(self, moment: datetime | None) -> Skip | None:
        """Return who put him off until then instead of calling."""
        if moment is None:
            return None
        skips = Skip.objects.filter(customer=self.customer, until=moment)
        return skips.select_related("skipped_by").first()

    @staticmethod
    def person(user_id: int | None) -> User | None:
        return None if user_id is None else User.objects.get(pk=user_id)

    def _called(self, cause: str) -> set[int]:
        return {
            getattr(item, f"{cause}_id")
            for item in self.follow_ups
            if item.kind == Kind.FIRST_CALL and item.ending not in TAKEN_BACK
        } - {None}
