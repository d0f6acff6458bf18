"""When the sweeps ran, and what they did."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from aftersales.http import StaffRequest
from followups.models import SweepRun
from followups.sweeps import SWEEPS

NAMES = {
    "sweep_customer_files": _("Customer files"),
    "sweep_first_calls": _("First calls"),
    "sweep_second_calls": _("Second calls"),
    "sweep_matters": _("Matters that nobody solved"),
    "sweep_answers": _("Answers to customers"),
    "sweep_reminders": _("Reminders"),
    "sweep_campaign_notices": _("Campaign notices"),
    "sweep_campaign_letters": _("Campaign letters"),
    "sweep_campaign_reminders": _("Reminders of campaigns"),
    "expire_claims": _("Call desks that went silent"),
}
# A new count shows under its own name until it has a word here.
COUNTED = {
    "created": pgettext_lazy("sweep", "written"),
    "moved": pgettext_lazy("sweep", "moved"),
    "complete": pgettext_lazy("sweep", "complete"),
    "cancelled": pgettext_lazy("sweep", "cancelled"),
    "superseded": pgettext_lazy("sweep", "superseded"),
    "unreachable": pgettext_lazy("sweep", "unreachable"),
    "assigned": pgettext_lazy("sweep", "assigned"),
    "reported": pgettext_lazy("sweep", "reported"),
    "settled": pgettext_lazy("sweep", "settled otherwise"),
    "changed": pgettext_lazy("sweep", "changes to tell"),
    "told": pgettext_lazy("sweep", "told otherwise"),
    "expired": pgettext_lazy("sweep", "over, or freed"),
    "met": pgettext_lazy("sweep", "goal met"),
    "lapsed": pgettext_lazy("sweep", "time over"),
}


@require_safe
def sweeps(request: StaffRequest) -> HttpResponse:
    """Show the last run of each sweep; one that never ran says so."""
    runs = {run.name: run for run in SweepRun.objects.all()}
    context = {"sweeps": [(name, NAMES.get(name, name), runs.get(name)) for name in SWEEPS]}
    for run in runs.values():
        run.counts = {str(COUNTED.get(name, name)): count for name, count in run.counts.items()}
    return render(request, "followups/sweeps.html", context)
