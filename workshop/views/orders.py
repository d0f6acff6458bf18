"""One repair order: opened, shown, corrected in groups of fields, and moved along."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from aftersales.changes import changes
from aftersales.http import StaffRequest
from aftersales.refusals import ChangedMeanwhile, Refusal
from customers import people
from customers.services.vehicles import ImplausibleMileage
from customers.views.conflicts import compared
from workshop.forms.orders import GROUPS, CancelForm, ReleaseForm, UndoReleaseForm
from workshop.models import RepairOrder
from workshop.services import orders
from workshop.services.order_values import AMOUNTS

CHANGES_SHOWN = 50


@require_safe
def order(request: StaffRequest, pk: int) -> HttpResponse:
    """Show an order with its customer, its vehicle, and what can be done next."""
    shown = order_of(request, pk)
    context = {"order": shown, "declined": shown.declined_work.select_related("entered_by")}
    return render(request, "workshop/order.html", context)


@require_safe
def order_history(request: StaffRequest, pk: int) -> HttpResponse:
    """Show who changed what about an order."""
    shown = order_of(request, pk)
    history = changes(RepairOrder, Q(pgh_obj=pk), limit=CHANGES_SHOWN)
    return render(request, "workshop/order_history.html", {"order": shown, "history": history})


@require_safe
def order_group(request: StaffRequest, pk: int, group: str) -> HttpResponse:
    """Show a group of fields, as after “Cancel”."""
    if group not in GROUPS:
        raise Http404
    return _section(request, order_of(request, pk), f"workshop/order/_{group}.html", {})


@require_http_methods(["GET", "HEAD", "POST"])
def edit_order(request: StaffRequest, pk: int, group: str) -> HttpResponse:
    """Correct a group of fields in its place."""
    if group not in GROUPS:
        raise Http404
    shown, now = order_of(request, pk), timezone.now()
    # The form writes what was typed into its instance; the page still shows the saved one.
    form = GROUPS[group](
        request.POST or None,
        instance=copy(shown),
        initial={"version": shown.version},
        by=request.user,
        now=now,
    )
    context: dict[str, Any] = {"form": form, "group": group}
    if form.is_valid():
        try:
            orders.update_order(
                pk,
                by=request.user,
                version=form.cleaned_data["version"],
                changes=form.changes,
                mileage_reason=form.cleaned_data.get("mileage_reason", ""),
                now=now,
            )
        except ChangedMeanwhile as conflict:
            context |= compared(form, form.changes, conflict)
            return _section(
                request, shown, "workshop/order/_group_form.html", context, HTTPStatus.CONFLICT
            )
        except (ValidationError, Refusal) as refusal:
            explain(form, refusal)
        else:
            return _changed(request, pk, group)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return _section(request, shown, "workshop/order/_group_form.html", context, status)


@require_POST
def authorize(request: StaffRequest, pk: int) -> HttpResponse:
    """Record that the customer has just signed the order."""
    shown, now = order_of(request, pk), timezone.now()
    try:
        orders.authorize(pk, by=request.user, at=now, now=now)
    except (ValidationError, Refusal) as refusal:
        messages.error(request, str(refusal))
    return redirect(shown)


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the car leave: when, with which mileage, and who pays how much."""
    shown, now = order_of(request, pk), timezone.now()
    form = ReleaseForm(
        request.POST or None,
        instance=copy(shown),
        initial={"gate_out_at": now},
        by=request.user,
        now=now,
    )

    def let_go() -> None:
        orders.release(
            pk,
            by=request.user,
            at=form.cleaned_data["gate_out_at"],
            mileage_out=form.cleaned_data["mileage_out"],
            amounts={payer: form.cleaned_data[payer] for payer in AMOUNTS},
            mileage_reason=form.cleaned_data["mileage_reason"],
            now=now,
        )

    return _ask_and_move(request, shown, form, let_go, "workshop/order/_release_form.html")


@require_http_methods(["GET", "HEAD", "POST"])
def undo_release(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a release back with a reason."""
    shown, now = order_of(request, pk), timezone.now()
    form = UndoReleaseForm(request.POST or None)

    def take_back() -> None:
        orders.undo_release(pk, by=request.user, reason=form.cleaned_data["reason"], now=now)

    return _ask_and_move(request, shown, form, take_back, "workshop/order/_undo_release_form.html")


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Cancel the order with a reason."""
    shown, now = order_of(request, pk), timezone.now()
    form = CancelForm(request.POST or None)

    def give_up() -> None:
        orders.cancel(pk, by=request.user, reason=form.cleaned_data["reason"], now=now)

    return _ask_and_move(request, shown, form, give_up, "workshop/order/_cancel_form.html")


def order_of(request: StaffRequest, pk: int) -> RepairOrder:
    """Return an order with what its page shows; 404 for a foreign one."""
    visible = RepairOrder.objects.visible_to(request.user)
    with_people = visible.select_related("customer", "vehicle", "advisor", "rework_of")
    return get_object_or_404(with_people.annotate(phone_tail=people.phone_tail("customer")), pk=pk)


def _ask_and_move(
    request: StaffRequest,
    shown: RepairOrder,
    form: forms.BaseForm,
    move: Callable[[], None],
    template: str,
) -> HttpResponse:
    """Ask what the move needs, make it, and lead to the order as it is then."""
    if form.is_valid():
        try:
            move()
        except (ValidationError, Refusal, PermissionDenied) as refusal:
            explain(form, refusal)
        else:
            there = shown.get_absolute_url()
            return HttpResponseClientRedirect(there) if request.htmx else redirect(there)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return _section(request, shown, template, {"form": form}, status)


def explain(form: forms.BaseForm, refusal: Exception) -> None:
    """Say beside the field why not, or above the form if it is about none of its fields."""
    if isinstance(refusal, ValidationError):
        for name, texts in refusal.message_dict.items():
            form.add_error(name if name in form.fields else None, texts)
    elif isinstance(refusal, ImplausibleMileage) and "mileage_reason" in form.fields:
        form.add_error("mileage_reason", str(refusal))
    else:
        form.add_error(None, str(refusal))


def _changed(request: StaffRequest, pk: int, group: str) -> HttpResponse:
    """Answer a change with the group as it is now, and the head of the page with it."""
    shown = order_of(request, pk)
    if not request.htmx:
        return redirect(f"{shown.get_absolute_url()}#{group}")
    context = {"order": shown, "section": f"workshop/order/_{group}.html"}
    return render(request, "workshop/order/_saved.html", context)


def _section(
    request: StaffRequest,
    shown: RepairOrder,
    template: str,
    context: dict[str, Any],
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Answer with a part of the page: htmx puts it in its place, else it gets its own page."""
    context = {"order": shown, **context}
    if not request.htmx:
        context["section"] = template
        template = "workshop/order/section_page.html"
    return render(request, template, context, status=status)
