"""The page of one customer: his file (form F1), his vehicles, and everything that happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Case, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aftersales import days
from aftersales.http import StaffRequest
from aftersales.models import User
from customers.models import Consultation, Customer, PhoneKind, Vehicle, VehicleRelation
from customers.models.whole_file import with_whole_file
from followups.calling.unreachable import unreachable
from followups.calling.waiting import can_wait, why_waiting
from followups.models import FollowUp, Matter, MatterState, Policy, PublicLink, State
from reports.entries import Kind
from reports.history import actions, file_changes
from reports.moments import Moment
from reports.timeline import timeline
from workshop.models import DeclinedWork, RepairOrder

CHANGES_A_PAGE = 50
VEHICLES_SHOWN = 3
PROMISES_SHOWN = 6
LINKS_SHOWN = 5
FORMER_SHOWN = 20
ROWS_ON_FORM = 6


@require_safe
def customer_file(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the whole file with the timeline beside it; a merged one leads to its survivor."""
    customer = _whole_file(request, pk)
    if survivor := customer.merged_into:
        messages.info(
            request,
            _("File %(merged)s was merged into this one.") % {"merged": customer.file_no},
        )
        return redirect(survivor)
    vehicles = _by_vehicle(customer.vehicle_relations.all())
    former = VehicleRelation.objects.ended().filter(customer=customer).select_related("vehicle")
    context = {
        "customer": customer,
        "vehicles": vehicles[:VEHICLES_SHOWN],
        "has_more_vehicles": len(vehicles) > VEHICLES_SHOWN,
        "former": former.order_by("-during")[:FORMER_SHOWN],
        "kinds": Kind,
        "page": timeline(customer, user=request.user),
        **_owed(customer, request.user),
        **_links(customer, request.user),
        "matters": Matter.objects.visible_to(request.user)
        .filter(customer=customer)
        .exclude(state=MatterState.CLOSED)
        .order_by("report_by", "pk"),
        "declined": DeclinedWork.objects.visible_to(request.user)
        .unsettled()
        .filter(order__customer=customer)
        .select_related("order__vehicle"),
    }
    return render(request, "reports/customer/file.html", context)


@require_safe
def customer_timeline(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a part of the timeline: of one kind, or older than what is shown."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else ""
    before = Moment.parse(request.GET.get("before", ""))
    page = timeline(customer, user=request.user, kinds=[kind] if kind else [], before=before)
    context = {"customer": customer, "kinds": Kind, "kind": kind, "page": page}
    template = "reports/customer/timeline.html"
    if request.htmx:
        part = "_timeline_entries" if before else "_timeline"
        template = f"reports/customer/{part}.html"
    return render(request, template, context)


@require_safe
def customer_history(request: StaffRequest, pk: int) -> HttpResponse:
    """Show who changed what in the file; also of a file that was merged."""
    customer = get_object_or_404(
        Customer.objects.visible_to(request.user).select_related("merged_into"), pk=pk
    )
    before = Moment.parse(request.GET.get("before", ""))
    found = file_changes(customer, before=before, limit=CHANGES_A_PAGE + 1)
    shown = found[:CHANGES_A_PAGE]
    context = {
        "customer": customer,
        "actions": actions(shown),
        "older": shown[-1].moment if len(found) > CHANGES_A_PAGE else None,
        "is_start": before is None,
    }
    return render(request, "reports/customer/history.html", context)


@require_safe
def customer_form(request: StaffRequest, pk: int) -> HttpResponse:
    """Show form F1 as it is printed on A4 (FRM-01)."""
    customer = _whole_file(request, pk)
    records = (
        RepairOrder.objects.visible_to(request.user)
        .filter(customer=customer)
        .select_related("vehicle", "advisor")
        .order_by("-checked_in_at", "-pk")[:ROWS_ON_FORM]
    )
    vehicles = [vehicle for vehicle, _roles in _by_vehicle(customer.vehicle_relations.all())]
    orders = list(records)
    context = {
        "customer": customer,
        "numbers": _numbers(customer),
        "vehicle": vehicles[0] if vehicles else None,
        "other_vehicles": vehicles[1:],
        "orders": orders,
        "visit": _last_visit(orders, customer.consultations.order_by("-ended_at", "-pk").first()),
    }
    return render(request, "reports/customer/form.html", context)


def _whole_file(request: StaffRequest, pk: int) -> Customer:
    return get_object_or_404(with_whole_file(Customer.objects.visible_to(request.user)), pk=pk)


def _owed(customer: Customer, user: User) -> dict[str, Any]:
    """Return what is and was owed to a customer, what is open first, and whether to ask him."""
    if not user.has_perm("followups.view_followup"):
        return {}
    promises = FollowUp.objects.visible_to(user).filter(customer=customer)
    is_over = Case(When(state=State.OPEN, then=0), default=1)
    latest = promises.select_related("owner", "invitation__campaign")
    comes_on = Case(When(state=State.OPEN, then="opens_on"))
    shown = list(latest.order_by(is_over, comes_on, "-fact_on", "-pk")[:PROMISES_SHOWN])
    now = timezone.now()
    can_be_held_back = any(item.state == State.OPEN and can_wait(item) for item in shown)
    return {
        "promises": shown,
        "waiting": can_be_held_back
        and why_waiting(customer, policy=Policy.objects.current(), now=now),
        "unreached": unreachable().filter(customer=customer).first(),
        "today": days.local_date(now),
    }


def _links(customer: Customer, user: User) -> dict[str, Any]:
    """Return the newest links of a customer, for those who make them."""
    if not user.has_perm("followups.send_link"):
        return {}
    newest = PublicLink.objects.filter(customer=customer)[:LINKS_SHOWN]
    return {"links": newest.with_states(timezone.now())}


def _by_vehicle(
    relations: Iterable[VehicleRelation],
) -> list[tuple[Vehicle, list[VehicleRelation]]]:
    """Return each vehicle once, with everything the customer is to it."""
    roles: dict[Vehicle, list[VehicleRelation]] = defaultdict(list)
    for relation in relations:
        roles[relation.vehicle].append(relation)
    return list(roles.items())


def _numbers(customer: Customer) -> dict[str, Any]:
    """Return the numbers as form F1 asks for them: the mobile one, and the others."""
    numbers = list(customer.phones.all())
    mobile = next((phone for phone in numbers if phone.kind == PhoneKind.MOBILE), None)
    return {"mobile": mobile, "others": [phone for phone in numbers if phone != mobile]}


def _last_visit(
    orders: Sequence[RepairOrder], consultation: Consultation | None
) -> dict[str, Any] | None:
    """Return what form F1 says about the last time that the customer came, for either reason."""
    order = orders[0] if orders else None
    if order and (consultation is None or order.checked_in_at >= consultation.ended_at):
        return {"kind": _("Repair"), "at": order.checked_in_at, "items": order.service_items}
    if consultation:
        topic = consultation.get_topic_display()
        return {"kind": _("Consultation"), "at": consultation.ended_at, "items": topic}
    return None
