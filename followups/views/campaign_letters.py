"""Letters that customers wanted when they were told of a campaign: when they are due."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from aftersales import days
from aftersales.http import StaffRequest
from aftersales.refusals import Refusal
from customers import people
from followups.forms.invitations import PrepareLettersForm
from followups.models import Campaign, FollowUp, FollowUpQuerySet, Kind, LetterKind
from followups.services.letter_batches import prepare_batch

MOST_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
def letters_due(request: StaffRequest) -> HttpResponse:
    """List the letters that are due, by campaign, and prepare those of one together."""
    owed = FollowUp.objects.visible_to(request.user).open().filter(kind=Kind.CAMPAIGN_LETTER)
    today = days.today()
    form = PrepareLettersForm(request.POST or None)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        said = form.cleaned_data
        campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=said["campaign"])
        try:
            batch = prepare_batch(
                kind=LetterKind.INVITATION,
                template_name=said["template_name"],
                channel=said["channel"],
                follow_ups=owed.filter(invitation__campaign=campaign),
                campaign=campaign,
                by=request.user,
                operation=said["operation"],
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(batch)
    shown = owed.select_related("customer", "owner", "invitation__campaign").annotate(
        plate=people.plate("customer"), phone_tail=people.phone_tail("customer")
    )
    context = {
        "form": form,
        "today": today,
        "campaigns": _by_campaign(owed, today),
        "letters": shown.order_by("due_on", "pk")[:MOST_SHOWN],
        "most": MOST_SHOWN,
    }
    return render(request, "followups/campaigns/letters_due.html", context, status=status)


def _by_campaign(owed: FollowUpQuerySet, today: date) -> QuerySet[Campaign]:
    """Return the campaigns with letters due: how many, by when, how many are late."""
    mine = Q(invitations__follow_ups__in=owed)
    return (
        Campaign.objects.filter(mine)
        .annotate(
            many=Count("invitations__follow_ups"),
            first_due=Min("invitations__follow_ups__due_on"),
            first_told=Min("invitations__follow_ups__fact_on"),
            late=Count("pk", filter=Q(invitations__follow_ups__due_on__lt=today)),
        )
        .order_by("first_due", "pk")
    )
