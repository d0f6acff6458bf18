"""When the sweeps ran, and what they did."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aftersales.http import StaffRequest
from followups.models import SweepRun
from followups.sweeps import SWEEPS


@require_safe
def sweeps(request: StaffRequest) -> HttpResponse:
    """Show the last run of each sweep; one that never ran says so."""
    runs = {run.name: run for run in SweepRun.objects.all()}
    context = {"sweeps": [(name, runs.get(name)) for name in SWEEPS]}
    return render(request, "followups/sweeps.html", context)
