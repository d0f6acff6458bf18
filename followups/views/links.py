"""Links for customers, as those who make them see them: made, listed, revoked."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aftersales import days
from aftersales.http import StaffRequest
from aftersales.refusals import Refusal
from customers.models import Customer
from followups.forms.links import SHOW, NewLinkForm
from followups.models import PublicLink
from followups.services import links as services
from followups.services.link_messages import send
from workshop.views.orders import explain


@require_http_methods(["GET", "HEAD", "POST"])
def links(request: StaffRequest, pk: int) -> HttpResponse:
    """List the links of a customer; make a new one, and show its address once or send it."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    now = timezone.now()
    form = NewLinkForm(request.POST or None, customer=customer, today=days.local_date(now))
    context = {"customer": customer, "form": form}
    if form.is_valid():
        channel = form.cleaned_data["channel"]
        try:
            with transaction.atomic():
                issued = services.issue(
                    customer,
                    purpose=form.cleaned_data["purpose"],
                    invitation=form.cleaned_data["invitation"],
                    by=request.user,
                    now=now,
                )
                if channel != SHOW:
                    send(issued, channel=channel, now=now)
        except (ValidationError, Refusal) as refusal:
            explain(form, refusal)
        else:
            if channel == SHOW:
                return render(
                    request, "followups/links/link.html", {"customer": customer, "issued": issued}
                )
            messages.success(request, _("The message with the link lies in the outbox."))
            return redirect("followups:links", pk)
    context["rows"] = PublicLink.objects.filter(customer=customer).with_states(now)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "followups/links/list.html", context, status=status)


@require_POST
def revoke_link(request: StaffRequest, pk: int) -> HttpResponse:
    """End a link."""
    visible = Customer.objects.visible_to(request.user)
    link = get_object_or_404(PublicLink.objects.filter(customer__in=visible), pk=pk)
    try:
        services.revoke(pk, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The link is revoked."))
    return redirect("followups:links", link.customer_id)
