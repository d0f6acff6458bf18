"""The call desk: one customer, everything due for him, and what comes of the call."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aftersales.http import StaffRequest
from aftersales.refusals import Refusal
from customers.models import Customer
from followups.calling.desk import Desk
from followups.forms.talk import CallForm, SkipForm, restored, typed
from followups.services import calls
from followups.services.claims import ClaimLost
from followups.views.queue import take_next


@require_safe
def desk(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show the call sheet to whoever holds the customer; to others, why they can't call him."""
    customer = customer_of(request, customer_id)
    if customer.merged_into_id:
        return redirect("followups:desk", customer.merged_into_id)
    shown = Desk(customer, user=request.user, now=timezone.now())
    form = call_form(shown) if shown.is_mine else None
    return desk_page(request, shown, form)


@require_POST
def record(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Record the call and go on to the next customer, or back to the queue."""
    shown = Desk(customer_of(request, customer_id), user=request.user, now=timezone.now())
    form = call_form(shown, request.POST)
    if not form.is_valid():
        return desk_page(request, shown, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        call = calls.record_call(
            customer_id,
            number=form.cleaned_data["number"],
            told=form.told,
            by=request.user,
            now=shown.now,
        )
    except ValidationError as error:
        form.refuse(error)
        return desk_page(request, shown, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    except ClaimLost as refusal:
        fields = typed(request.POST)
        calls.save_draft(customer_id, by=request.user, fields=fields, now=shown.now)
        form.add_error(None, str(refusal))
        return desk_page(request, shown, form, HTTPStatus.CONFLICT, is_lost=True)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return desk_page(request, shown, form, HTTPStatus.CONFLICT)
    messages.success(request, _("Call %(number)s is in the register.") % {"number": call.record_no})
    return take_next(request) if "next" in request.POST else redirect("followups:queue")


def customer_of(request: StaffRequest, customer_id: int) -> Customer:
    """Return a customer with his numbers, if the person may see him."""
    visible = Customer.objects.visible_to(request.user).prefetch_related("phones")
    return get_object_or_404(visible, pk=customer_id)


def call_form(shown: Desk, data: Any = None) -> CallForm:
    """Return the form of a call, with what was typed before if it is drawn afresh."""
    initial: dict[str, Any] = {"started_at": shown.now}
    if shown.draft:
        initial |= restored(shown.draft.fields)
    if shown.claim:
        initial["number"] = shown.claim.number
    return CallForm(
        data,
        agenda=shown.agenda,
        due=shown.due,
        briefing=shown.briefing,
        phones=list(shown.customer.phones.all()),
        to_dial=shown.to_dial,
        initial=initial,
    )


def desk_page(
    request: StaffRequest,
    shown: Desk,
    form: CallForm | None,
    status: int = HTTPStatus.OK,
    **context: Any,
) -> HttpResponse:
    """Draw the desk; without a form it is looked at only."""
    if form and "skip" not in context and shown.claim:
        known = {"number": shown.claim.number, "until": shown.tomorrow}
        context["skip"] = SkipForm(now=shown.now, initial=known)
    context |= {"desk": shown, "form": form}
    return render(request, "followups/desk.html", context, status=status)
