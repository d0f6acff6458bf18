"""The outbox: what left by e-mail and text message, and what a person has to decide."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from aftersales.http import StaffRequest
from aftersales.lists import Column, Listing, ListPage
from aftersales.refusals import Refusal
from followups.filters.outbox import OutboxFilters
from followups.models import OutboxChannel, OutboxMessage
from followups.outbox import gateways
from followups.services import outbox as services


def _counted(count: int) -> str:
    return ngettext("%(count)s message", "%(count)s messages", count) % {"count": f"{count:,}"}


OUTBOX = Listing(
    route="followups:outbox",
    columns=(
        Column("recipient", gettext_lazy("Sent to")),
        Column("channel", gettext_lazy("Delivery")),
        Column("subject", gettext_lazy("Subject")),
        Column("state", gettext_lazy("State")),
        # They are numbered as they are written.
        Column("written", gettext_lazy("Written"), order_by="id"),
        Column("attempts", gettext_lazy("Tries"), shown=False, is_numeric=True),
        Column("error", gettext_lazy("What went wrong")),
        Column("letter", gettext_lazy("Letter"), shown=False),
        Column("sent", gettext_lazy("Sent"), shown=False),
    ),
    filters=OutboxFilters,
    order="-written",
    counted=_counted,
)


@require_safe
def outbox(request: StaffRequest) -> HttpResponse:
    """List the messages, the newest first, and say how many wait for a decision."""
    page = ListPage(OUTBOX, OutboxMessage.objects.select_related("customer", "letter"), request)
    if request.htmx:
        return render(request, "lists/_filters.html", {"page": page})
    open_ways = gateways.open_gateways()
    context = {
        "page": page,
        "to_decide": OutboxMessage.objects.to_decide().count(),
        "closed_ways": [way.label for way in OutboxChannel if way not in open_ways],
    }
    return render(request, "followups/outbox/list.html", context)


@require_safe
def message(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a message and what became of it."""
    found = OutboxMessage.objects.select_related("customer", "letter", "settled_by")
    shown = get_object_or_404(found, pk=pk)
    return render(request, "followups/outbox/message.html", {"message": shown})


@require_POST
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """Decide that a message was sent, or have it sent again."""
    shown = get_object_or_404(OutboxMessage, pk=pk)
    was_sent = request.POST.get("decision") == "sent"
    try:
        services.settle(pk, by=request.user, was_sent=was_sent, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("It is noted as sent.") if was_sent else _("It will be sent again.")
        messages.success(request, said)
    return redirect(shown)
