"""The page on which everybody starts: what he does most, and what waits for him."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, When
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aftersales import days
from aftersales.http import StaffRequest
from aftersales.models import User
from aftersales.navigation import reachable
from customers import people
from customers.models import Customer
from followups import board
from followups.calling import queue
from followups.calling.proxies import works_for
from followups.calling.unreachable import unreachable
from followups.models import FollowUp, Kind, OutboxMessage, Policy
from followups.services.owners import RECEIVE
from reports.periods import Month
from workshop.models import Import, RepairOrder
from workshop.states import OrderState

CARS_SHOWN = 12
FILES_SHOWN = 8
IMPORTS_SHOWN = 4
CALLS_SHOWN = 5


@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """Show what this person may do, and what waits for it."""
    user = request.user
    context = {
        "new_customer_url": reachable("customers:create", request),
        "new_order_url": reachable("workshop:create-order", request),
        "orders_url": reachable("workshop:orders", request),
        "imports_url": reachable("workshop:imports", request),
        "health_url": reachable("health", request),
        "users_url": reachable("users", request),
        "imports": list(Import.objects.visible_to(user).order_by("-pk")[:IMPORTS_SHOWN]),
        **_shop(user),
        **_promises(user, timezone.now()),
        "month_end": _month_end(user, days.today()),
        **_outbox(request),
    }
    return render(request, "home.html", context)


def _month_end(user: User, today: date) -> Month | None:
    """Return the month whose report on complaints is due today (CMP-04)."""
    month = Month.of(today)
    is_due = today == month.last and user.has_perm("followups.view_complaint_statistics")
    return month if is_due else None


def _outbox(request: StaffRequest) -> dict[str, Any]:
    url = reachable("followups:outbox", request)
    return (
        {"outbox_url": url, "to_decide": OutboxMessage.objects.to_decide().count()} if url else {}
    )


def _shop(user: User) -> dict[str, Any]:
    """Return the cars that are here, one's own first, and whose files lack something.

    While the car is here, its owner can be asked (FIL-02).
    """
    orders = RepairOrder.objects.visible_to(user).in_shop()
    cars = (
        orders.select_related("customer", "vehicle", "advisor")
        .annotate(phone_tail=people.phone_tail("customer"))
        .order_by(Case(When(advisor=user, then=0), default=1), "checked_in_at", "pk")
    )
    files = (
        Customer.objects.visible_to(user)
        .incomplete()
        .filter(Exists(orders.filter(customer=OuterRef("pk"))))
        .annotate(plate=people.plate(), phone_tail=people.phone_tail())
        .order_by("sort_key", "pk")
    )
    return {
        "numbers": orders.aggregate(
            here=Count("pk"),
            mine=Count("pk", filter=Q(advisor=user)),
            unauthorized=Count("pk", filter=Q(state=OrderState.CHECKED_IN)),
        ),
        "cars": cars[:CARS_SHOWN],
        "files": files[:FILES_SHOWN],
    }


def _promises(user: User, now: datetime) -> dict[str, Any]:
    """Return what is late and today's load, a person's own queue, or whom to ask while here."""
    today = days.local_date(now)
    found: dict[str, Any] = {"today": today}
    if user.has_perm("followups.view_board"):
        policy = Policy.objects.current()
        found["late"] = FollowUp.objects.late(today).count()
        found["works"] = board.works(policy=policy, now=now)
    if user.has_perm(RECEIVE):
        policy = Policy.objects.current()
        page = queue.page_of(user, policy=policy, now=now, limit=CALLS_SHOWN)
        found["load"] = page.load
        found["entries"] = [(entry, entry.reason(today=today)) for entry in page.entries]
        found["owed_files"] = (
            FollowUp.objects.open()
            .filter(kind=Kind.CUSTOMER_FILE, responsible__in=works_for(user.pk, today))
            .select_related("customer")
            .annotate(plate=people.plate("customer"), phone_tail=people.phone_tail("customer"))
            .order_by("due_on", "pk")[:FILES_SHOWN]
        )
    if user.has_perm("workshop.add_repairorder") and user.has_perm("followups.view_followup"):
        # Few cars are here; of all who were ever unreachable the planner would begin with the rest.
        here = set(
            RepairOrder.objects.visible_to(user).in_shop().values_list("customer", flat=True)
        )
        found["unreached"] = (
            unreachable()
            .filter(customer__in=Customer.objects.visible_to(user).filter(pk__in=here))
            .select_related("customer")
            .annotate(plate=people.plate("customer"), phone_tail=people.phone_tail("customer"))
            .order_by("-closed_at", "-pk")[:FILES_SHOWN]
        )
    return found
