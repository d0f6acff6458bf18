"""What came of a campaign."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from aftersales import days
from aftersales.http import StaffRequest
from followups.campaigns.results import results
from followups.models import Campaign, CampaignState
from reports import charts


@require_safe
def campaign_results(request: StaffRequest, pk: int) -> HttpResponse:
    """Show who was reached, accepted and came, and their orders against those not invited."""
    decided = Campaign.objects.visible_to(request.user).filter(state=CampaignState.DECIDED)
    shown, today = get_object_or_404(decided, pk=pk), days.today()
    found = results(shown)
    labeled = (
        (_("Invited"), found.invited),
        (_("Told"), found.told),
        (pgettext("invitation", "Will come"), found.accepted),
        (_("Came"), found.came),
        (_("Not invited"), found.others),
    )
    most = max(1, *(round(part.share) for _label, part in labeled))
    context = {
        "campaign": shown,
        "today": today,
        "results": found,
        "is_running": found.last >= today,
        "funnel": [
            (label, part, charts.bar([("mean", part.customers)], most=found.invited.customers))
            for label, part in labeled[:4]
        ],
        "rows": [
            (label, part, charts.bar([("mean", round(part.share))], most=most))
            for label, part in labeled
        ],
    }
    return render(request, "reports/campaign_results.html", context)
