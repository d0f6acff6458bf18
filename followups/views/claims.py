"""Holding a customer while one calls him: taken, kept, left, put off, taken back."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aftersales.http import StaffRequest
from aftersales.once import OnceForm
from aftersales.refusals import Refusal
from followups.calling.desk import Desk
from followups.forms.talk import SkipForm, typed
from followups.models import Claim
from followups.services import calls, claims
from followups.services.claims import OutcomeMissing
from followups.views.desk import call_form, customer_of, desk_page


@require_POST
def claim(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Take a customer to call him; whom one held before is left without an outcome."""
    customer_of(request, customer_id)
    now = timezone.now()
    others = Claim.objects.held(now).filter(claimed_by=request.user)
    for held in others.exclude(customer=customer_id):
        try:
            claims.leave(held.customer_id, number=held.number, by=request.user, now=now)
        except OutcomeMissing as refusal:
            messages.error(request, str(refusal))
            return redirect("followups:desk", held.customer_id)
    try:
        claims.claim(customer_id, by=request.user, now=now)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("followups:desk", customer_id)


@require_POST
def heartbeat(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Keep the customer for another lease; say so if he is lost."""
    customer_of(request, customer_id)
    number = _number(request)
    try:
        claims.renew(customer_id, number=number, by=request.user, now=timezone.now())
    except Refusal as refusal:
        context = {"refusal": refusal, "customer_id": customer_id}
        status = HTTPStatus.CONFLICT
        return render(request, "followups/desk/_lost.html", context, status=status)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_POST
def save_draft(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Keep what was typed so far."""
    customer_of(request, customer_id)
    now, form = timezone.now(), OnceForm(request.POST)
    calls.save_draft(
        customer_id,
        by=request.user,
        fields=typed(request.POST),
        now=now,
        operation=form.cleaned_data["operation"] if form.is_valid() else None,
    )
    return render(request, "followups/desk/_draft_saved.html", {"saved_at": now})


@require_POST
def leave(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Give the customer back without an outcome, which is allowed once."""
    customer_of(request, customer_id)
    try:
        claims.leave(customer_id, number=_number(request), by=request.user, now=timezone.now())
    except OutcomeMissing as refusal:
        messages.error(request, str(refusal))
        return redirect("followups:desk", customer_id)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("followups:queue")


@require_POST
def skip(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Put the customer off until later, with a reason."""
    shown = Desk(customer_of(request, customer_id), user=request.user, now=timezone.now())
    form = SkipForm(request.POST, now=shown.now)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return desk_page(request, shown, call_form(shown), status, skip=form)
    try:
        claims.skip(customer_id, by=request.user, now=shown.now, **form.cleaned_data)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s was put off.") % {"name": shown.customer})
    return redirect("followups:queue")


@require_POST
def take_back(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Take the customer from whoever is calling him."""
    customer_of(request, customer_id)
    if Claim.objects.held(timezone.now()).filter(customer=customer_id).exists():
        claims.take_back(customer_id)
        messages.success(request, _("Nobody holds this customer any more."))
    return redirect("followups:desk", customer_id)


def _number(request: StaffRequest) -> int:
    """Return the number of the claim that the page has; 0 is nobody's."""
    sent = request.POST.get("number", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 0
