"""Calls that come in: who it is, what it is about, and what is owed to him anyway."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersales.http import StaffRequest
from aftersales.refusals import Refusal
from customers.forms.customer_choice import customers_like
from customers.models import Customer
from customers.phones import parse
from followups.calling.desk import Desk
from followups.forms.inbound import CallerForm
from followups.forms.talk import InboundForm, restored, typed
from followups.services import calls, claims
from followups.services.claims import ClaimLost
from followups.views.desk import customer_of

NUMBER = re.compile(r"[\d\s().+-]+")


@require_http_methods(["GET", "HEAD", "POST"])
def inbound(request: StaffRequest) -> HttpResponse:
    """Find who is calling; it is posted, so that no name or number stands in an address."""
    form = CallerForm(request.POST or None)
    who = form.cleaned_data["who"] if form.is_valid() else ""
    return _found(request, form, who)


@require_safe
def pop(request: StaffRequest) -> HttpResponse:
    """Answer a telephone system that knows the number of whoever is calling."""
    phone = request.GET.get("phone", "").strip()[:40]
    return _found(request, CallerForm(initial={"who": phone}), phone)


@require_http_methods(["GET", "HEAD", "POST"])
def inbound_desk(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show the sheet of a call that came in, and record it."""
    customer = customer_of(request, customer_id)
    if customer.merged_into_id:
        return redirect("followups:inbound-desk", customer.merged_into_id)
    shown = Desk(customer, user=request.user, now=timezone.now(), is_inbound=True)
    if request.method != "POST":
        return _page(request, shown, _form(shown, phone=request.GET.get("phone", "")))
    form = _form(shown, request.POST)
    if not form.is_valid():
        return _page(request, shown, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _record(request, shown, form)


@require_POST
def claim_inbound(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Take the customer who is calling, to settle what is owed to him as well."""
    customer_of(request, customer_id)
    try:
        claims.claim_for_inbound(customer_id, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("followups:inbound-desk", customer_id)


def _found(request: StaffRequest, form: CallerForm, who: str) -> HttpResponse:
    found = customers_like(who, user=request.user) if who else []
    if len(found) == 1:
        return redirect(_desk_address(found[0], who))
    is_number = NUMBER.fullmatch(who) is not None
    context = {"form": form, "who": who, "is_number": is_number, "found": found}
    return render(request, "followups/inbound.html", context)


def _desk_address(customer: Customer, who: str) -> str:
    """Return the address of the desk, with the key of the number if one was typed."""
    address = reverse("followups:inbound-desk", args=[customer.pk])
    number = parse(who).e164
    phone = customer.phones.filter(e164=number).first() if number else None
    return f"{address}?phone={phone.pk}" if phone else address


def _record(request: StaffRequest, shown: Desk, form: InboundForm) -> HttpResponse:
    try:
        call = calls.record_inbound(
            shown.customer.pk,
            told=form.told,
            by=request.user,
            now=shown.now,
            number=form.cleaned_data["number"],
        )
    except ValidationError as error:
        form.refuse(error)
        return _page(request, shown, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    except Refusal as refusal:
        if isinstance(refusal, ClaimLost):
            fields = typed(request.POST)
            calls.save_draft(shown.customer.pk, by=request.user, fields=fields, now=shown.now)
        form.add_error(None, str(refusal))
        return _page(request, shown, form, HTTPStatus.CONFLICT)
    messages.success(request, _("Call %(number)s is in the register.") % {"number": call.record_no})
    may_call = request.user.has_perm("followups.view_queue")
    return redirect("followups:queue" if may_call else "followups:inbound")


def _form(shown: Desk, data: QueryDict | None = None, *, phone: str = "") -> InboundForm:
    numbers = [each.typed for each in shown.customer.phones.all() if str(each.pk) == phone]
    initial: dict[str, Any] = {"started_at": shown.now, "phone_used": "".join(numbers)}
    if shown.draft:
        initial |= restored(shown.draft.fields)
    if shown.is_mine and shown.claim:
        initial["number"] = shown.claim.number
    # What one doesn't hold, one can't settle.
    held = shown.is_mine or data is not None
    return InboundForm(
        data,
        agenda=shown.agenda if held else [],
        due=shown.due if shown.is_mine else [],
        briefing=shown.briefing,
        initial=initial,
    )


def _page(
    request: StaffRequest, shown: Desk, form: InboundForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    return render(
        request, "followups/inbound_desk.html", {"desk": shown, "form": form}, status=status
    )
