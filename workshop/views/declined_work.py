"""Recommended work that the customer declined, on the page of its order."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aftersales import days
from aftersales.http import StaffRequest
from aftersales.refusals import Refusal
from workshop.forms.declined_work import DeclinedWorkForm
from workshop.models import DeclinedWork
from workshop.services import declined_work as work
from workshop.views.orders import explain, order_of

# A customer who declines today is asked again in about three months.
ASK_AGAIN = 90


@require_http_methods(["GET", "HEAD", "POST"])
def note_declined_work(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask what was declined and when to ask again, and note it."""
    shown, today = order_of(request, pk), days.today()
    initial = {"remind_on": today + timedelta(ASK_AGAIN)}
    form = DeclinedWorkForm(request.POST or None, initial=initial)

    def note() -> str:
        said = {name: form.cleaned_data[name] for name in form.Meta.fields}
        work.note_declined_work(pk, by=request.user, today=today, **said)
        return f"{shown.get_absolute_url()}#declined-work"

    if form.is_valid():
        try:
            if address := form.save_once(by=request.user, save=note):
                return redirect(address)
        except (ValidationError, Refusal) as refusal:
            explain(form, refusal)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"order": shown, "form": form, "section": "workshop/order/_declined_work_form.html"}
    return render(request, "workshop/order/section_page.html", context, status=status)


@require_POST
def settle_declined_work(request: StaffRequest, pk: int) -> HttpResponse:
    """Note that declined work was done after all, or became pointless."""
    declined = get_object_or_404(
        DeclinedWork.objects.visible_to(request.user).select_related("order"), pk=pk
    )
    try:
        work.settle_declined_work(pk, by=request.user, now=timezone.now())
        messages.success(request, _("“%(work)s” is settled.") % {"work": declined.work})
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{declined.order.get_absolute_url()}#declined-work")
