"""Webhooks, for administrators: made, tried, switched off, and what each was told."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersales.changes import changes
from aftersales.http import StaffRequest
from aftersales.lists import Column, Listing, ListPage
from aftersales.refusals import Refusal
from followups.filters.webhooks import DeliveryFilters
from followups.forms.webhooks import WebhookForm
from followups.models import DeliveryState, EventKind, Webhook, WebhookDelivery
from followups.services import webhooks as services
from workshop.views.orders import explain

CHANGES_SHOWN = 50


def _counted(count: int) -> str:
    return ngettext("%(count)s delivery", "%(count)s deliveries", count) % {"count": f"{count:,}"}


DELIVERIES = Listing(
    route="followups:deliveries",
    columns=(
        Column("event", gettext_lazy("Event")),
        Column("webhook", gettext_lazy("Webhook")),
        Column("object", gettext_lazy("About no.")),
        # They are numbered as they happen.
        Column("happened", gettext_lazy("Happened"), order_by="id"),
        Column("state", gettext_lazy("State")),
        Column("attempts", gettext_lazy("Tries"), is_numeric=True),
        Column("answer", gettext_lazy("Answer")),
        Column("replay", ""),
        Column("number", gettext_lazy("Delivery"), shown=False),
    ),
    filters=DeliveryFilters,
    order="-happened",
    counted=_counted,
)


@require_safe
def webhooks(request: StaffRequest) -> HttpResponse:
    """List the webhooks with how they fare."""
    waiting = Count("deliveries", filter=Q(deliveries__state=DeliveryState.PENDING))
    given_up = Count("deliveries", filter=Q(deliveries__state=DeliveryState.GIVEN_UP))
    rows = Webhook.objects.annotate(waiting=waiting, given_up=given_up)
    context = {"rows": [(row, _wants(row)) for row in rows]}
    return render(request, "followups/webhooks/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create_webhook(request: StaffRequest) -> HttpResponse:
    """Make a webhook and show its secret, this once."""
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        try:
            webhook = services.create(**form.cleaned_data, by=request.user)
        except ValidationError as refusal:
            explain(form, refusal)
        else:
            return render(request, "followups/webhooks/secret.html", {"webhook": webhook})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "followups/webhooks/create.html", {"form": form}, status=status)


@require_safe
def webhook(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a webhook, who changed it, and when it is tried again."""
    shown = get_object_or_404(Webhook.objects.select_related("created_by"), pk=pk)
    context = {
        "webhook": shown,
        "wants": _wants(shown),
        "now": timezone.now(),
        "history": changes(Webhook, Q(pgh_obj=pk), limit=CHANGES_SHOWN),
    }
    return render(request, "followups/webhooks/webhook.html", context)


@require_safe
def deliveries(request: StaffRequest) -> HttpResponse:
    """List what other systems were told, the newest first."""
    page = ListPage(DELIVERIES, WebhookDelivery.objects.select_related("webhook"), request)
    template = "lists/_filters.html" if request.htmx else "followups/webhooks/deliveries.html"
    return render(request, template, {"page": page})


@require_POST
def test_webhook(request: StaffRequest, pk: int) -> HttpResponse:
    """Let a webhook be told something about nothing."""
    shown = get_object_or_404(Webhook, pk=pk)
    services.test(pk)
    messages.success(request, _("The test is on its way; its answer shows here within a minute."))
    return redirect(_deliveries_of(shown))


@require_POST
def switch_webhook(request: StaffRequest, pk: int) -> HttpResponse:
    """Switch a webhook on or off."""
    get_object_or_404(Webhook, pk=pk)
    is_active = request.POST.get("active") == "yes"
    shown = services.switch(pk, is_active=is_active, by=request.user)
    said = _("The webhook is switched on.") if is_active else _("The webhook is switched off.")
    messages.success(request, said)
    return redirect(shown)


@require_POST
def replay_delivery(request: StaffRequest, pk: int) -> HttpResponse:
    """Send a delivery again."""
    delivery = get_object_or_404(WebhookDelivery.objects.select_related("webhook"), pk=pk)
    try:
        services.replay(pk, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It will be sent again."))
    return redirect(_deliveries_of(delivery.webhook))


def _deliveries_of(webhook: Webhook) -> str:
    return reverse("followups:deliveries", query={"webhook": webhook.pk})


def _wants(webhook: Webhook) -> list[str]:
    return [str(EventKind(event).label) for event in webhook.wants]
