"""Deciding a campaign, calling it off, and who would be left out of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from aftersales import days
from aftersales.http import StaffRequest
from aftersales.refusals import ChangedMeanwhile, Refusal
from followups.campaigns.calling_team import plan_campaign_back
from followups.campaigns.invited import MOST_SHOWN, LeftOut, of_campaign
from followups.forms.campaigns import AudienceForm, CallOffForm, DecideForm
from followups.models import Campaign, CampaignState
from followups.services import campaigns as services
from workshop.views.orders import explain


@require_http_methods(["GET", "HEAD", "POST"])
def decide_campaign(request: StaffRequest, pk: int) -> HttpResponse:
    """Decide a campaign, after showing once more whom it reaches and whether it can be done."""
    shown, now = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk), timezone.now()
    form = DecideForm(request.POST or None, initial={"version": shown.version})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            services.decide_campaign(pk, version=version, by=request.user, now=now)
        except ChangedMeanwhile as conflict:
            form.see(conflict.current.version)
            form.add_error(None, str(conflict))
            status = HTTPStatus.CONFLICT
        except (ValidationError, Refusal) as refusal:
            explain(form, refusal)
        else:
            many = shown.invitations.count()
            text = ngettext(
                "Decided: %(count)s customer is invited.",
                "Decided: %(count)s customers are invited.",
                many,
            )
            messages.success(request, text % {"count": f"{many:,}"})
            return redirect(shown)
    context: dict[str, Any] = {
        "campaign": shown,
        "form": form,
        "narrowed": AudienceForm.in_words(shown.audience),
    }
    if shown.state == CampaignState.DRAFT:
        today = days.local_date(now)
        context["reach"] = reach = of_campaign(shown, now=now).reach()
        if shown.starts_on > today:
            context["plan"] = plan_campaign_back(
                reach.invited, starts_on=shown.starts_on, today=today
            )
    return render(request, "followups/campaigns/decide.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def call_off_campaign(request: StaffRequest, pk: int) -> HttpResponse:
    """Call a campaign off, with a reason."""
    shown = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    form = CallOffForm(request.POST or None, initial={"version": shown.version})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        try:
            services.call_off_campaign(
                pk,
                because=form.cleaned_data["because"],
                version=form.cleaned_data["version"],
                by=request.user,
                now=timezone.now(),
            )
        except ChangedMeanwhile as conflict:
            form.see(conflict.current.version)
            form.add_error(None, str(conflict))
            status = HTTPStatus.CONFLICT
        except (ValidationError, Refusal) as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The campaign is called off."))
            return redirect(shown)
    told = shown.invitations.filter(told_on__isnull=False).exclude(answer="declines").count()
    context = {"campaign": shown, "form": form, "told": told}
    return render(request, "followups/campaigns/call_off.html", context, status=status)


@require_safe
def left_out(request: StaffRequest, pk: int) -> HttpResponse:
    """Name those of the audience who would not be invited for one reason."""
    drafts = Campaign.objects.visible_to(request.user).filter(state=CampaignState.DRAFT)
    shown = get_object_or_404(drafts, pk=pk)
    try:
        reason = LeftOut(request.GET.get("reason", LeftOut.REFUSED))
    except ValueError:
        raise Http404 from None
    found = of_campaign(shown, now=timezone.now()).of(reason)
    context = {"campaign": shown, "reason": reason, "people": found, "most": MOST_SHOWN}
    return render(request, "followups/campaigns/left_out.html", context)
