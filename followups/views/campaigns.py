"""Campaigns: listed, planned with a live count and a plan backward, shown, changed."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from aftersales import days
from aftersales.changes import changes
from aftersales.http import StaffRequest
from aftersales.lists import Column, Listing, ListPage
from aftersales.refusals import ChangedMeanwhile, Refusal
from customers.views.conflicts import compared
from followups.campaigns.audience import Audience
from followups.campaigns.calling_team import plan_campaign_back
from followups.campaigns.invited import Invited, of_campaign
from followups.campaigns.progress import progress, with_counts
from followups.filters.campaigns import CampaignFilters
from followups.forms.campaigns import AudienceForm, CampaignForm, DecidedForm, DraftForm
from followups.models import Campaign, CampaignKind, CampaignState
from followups.services import campaigns as services
from workshop.views.orders import explain

CHANGES_SHOWN = 30


def _counted(count: int) -> str:
    return ngettext("%(count)s campaign", "%(count)s campaigns", count) % {"count": f"{count:,}"}


CAMPAIGNS = Listing(
    route="followups:campaigns",
    columns=(
        Column("title", gettext_lazy("Campaign")),
        Column("days", gettext_lazy("Days"), order_by="starts_on"),
        Column("kind", gettext_lazy("Kind")),
        Column("place", gettext_lazy("Place")),
        Column("state", gettext_lazy("State")),
        Column("invited", gettext_lazy("Invited"), is_numeric=True),
        Column("told", gettext_lazy("Told"), is_numeric=True),
        Column("coming", gettext_lazy("Will come"), is_numeric=True),
        Column("came", gettext_lazy("Came"), is_numeric=True),
    ),
    filters=CampaignFilters,
    order="-days",
    counted=_counted,
)


@require_safe
def campaigns(request: StaffRequest) -> HttpResponse:
    """List the campaigns, those that lie furthest ahead first."""
    page = ListPage(CAMPAIGNS, with_counts(Campaign.objects.visible_to(request.user)), request)
    template = "lists/_filters.html" if request.htmx else "followups/campaigns/list.html"
    return render(request, template, {"page": page, "today": days.today()})


@require_safe
def campaign(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a campaign: before the decision whom it would reach, afterwards how far it is."""
    rows = Campaign.objects.visible_to(request.user).select_related("decided_by", "created_by")
    shown, now = get_object_or_404(rows, pk=pk), timezone.now()
    today = days.local_date(now)
    context: dict[str, Any] = {
        "campaign": shown,
        "today": today,
        "narrowed": AudienceForm.in_words(shown.audience),
    }
    if shown.state == CampaignState.DRAFT:
        reach = of_campaign(shown, now=now).reach()
        context |= _foreseen(reach, shown.starts_on, today)
    else:
        context["progress"] = progress(shown)
    context["history"] = changes(Campaign, Q(pgh_obj=pk), limit=CHANGES_SHOWN)
    return render(request, "followups/campaigns/campaign.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_campaign(request: StaffRequest) -> HttpResponse:
    """Plan a campaign; while one types, count whom it reaches and plan the calls backward."""
    form = CampaignForm(request.POST or None)
    audience_form = AudienceForm(request.POST or None, request.FILES or None)
    if "preview" in request.POST:
        return _preview(request, form, audience_form)
    if form.is_bound and form.is_valid() and audience_form.is_valid():
        try:
            planned = services.plan_campaign(
                form.values, audience=audience_form.audience, by=request.user, today=days.today()
            )
        except ValidationError as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The campaign is planned; nobody is called yet."))
            return redirect(planned)
    return _page(request, form, audience_form)


@require_http_methods(["GET", "HEAD", "POST"])
def change_campaign(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a campaign; once it is decided, only what customers are told of it."""
    shown = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    if shown.state != CampaignState.DRAFT:
        return _change_decided(request, shown)
    initial = {"version": shown.version}
    form = DraftForm(request.POST or None, instance=_copy(shown), initial=initial)
    audience_form = AudienceForm(
        request.POST or None,
        request.FILES or None,
        initial=AudienceForm.initial_of(shown.audience),
    )
    if "preview" in request.POST:
        return _preview(request, form, audience_form, campaign=shown)
    more: dict[str, Any] = {"campaign": shown}
    if form.is_bound and form.is_valid() and audience_form.is_valid():
        status, found = _save(request, shown, form, audience_form.audience)
        if status == HTTPStatus.OK:
            return redirect(shown)
        more |= found | {"status": status}
        more.pop("form", None)  # the one that is shown anyway
    return _page(request, form, audience_form, **more)


def _change_decided(request: StaffRequest, shown: Campaign) -> HttpResponse:
    initial = {"version": shown.version}
    form = DecidedForm(request.POST or None, instance=_copy(shown), initial=initial)
    context: dict[str, Any] = {"form": form, "campaign": shown}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        status, found = _save(request, shown, form, None)
        if status == HTTPStatus.OK:
            return redirect(shown)
        context |= found
    return render(request, "followups/campaigns/change.html", context, status=status)


def _save(
    request: StaffRequest, shown: Campaign, form: Any, audience: Audience | None
) -> tuple[HTTPStatus, dict[str, Any]]:
    """Save what was typed; if it was refused, say so in the form."""
    try:
        services.change_campaign(
            shown.pk,
            changes=form.values,
            audience=audience,
            version=form.cleaned_data["version"],
            by=request.user,
            now=timezone.now(),
        )
    except ChangedMeanwhile as conflict:
        return HTTPStatus.CONFLICT, compared(form, form.values, conflict)
    except (ValidationError, Refusal) as refusal:
        explain(form, refusal)
        return HTTPStatus.UNPROCESSABLE_ENTITY, {}
    messages.success(request, _("The campaign is saved."))
    return HTTPStatus.OK, {}


def _page(
    request: StaffRequest,
    form: CampaignForm,
    audience_form: AudienceForm,
    *,
    status: int | None = None,
    **more: Any,
) -> HttpResponse:
    if status is None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "audience_form": audience_form, **more}
    context |= _foresee(form, audience_form)
    return render(request, "followups/campaigns/plan.html", context, status=status)


def _preview(
    request: StaffRequest, form: CampaignForm, audience_form: AudienceForm, **more: Any
) -> HttpResponse:
    """Show what the typed would come to, without saving anything."""
    context = {"audience_form": audience_form, **more, **_foresee(form, audience_form)}
    if request.htmx:
        return render(request, "followups/campaigns/_foreseen.html", context)
    return render(request, "followups/campaigns/plan.html", context | {"form": form})


def _foresee(form: CampaignForm, audience_form: AudienceForm) -> dict[str, Any]:
    now = timezone.now()
    if audience_form.is_bound:
        form.is_valid()
        typed = form.cleaned_data
        if not audience_form.is_valid():
            return {}
        audience = audience_form.audience
    else:
        typed = {name: getattr(form.instance, name) for name in ("kind", "starts_on")}
        audience = Audience.read(form.instance.audience)
    asked = Invited(
        audience,
        kind=typed.get("kind") or CampaignKind.PROMOTION,
        passes_limits=bool(typed.get("passes_limits", form.instance.passes_limits)),
        now=now,
    )
    return _foreseen(asked.reach(), typed.get("starts_on"), days.local_date(now))


def _foreseen(reach: Any, starts_on: date | None, today: date) -> dict[str, Any]:
    if starts_on is None or starts_on <= today:
        return {"reach": reach}
    return {
        "reach": reach,
        "plan": plan_campaign_back(reach.invited, starts_on=starts_on, today=today),
    }


def _copy(shown: Campaign) -> Campaign:
    """Return the campaign for a form to write into; the page still shows the saved one."""
    return Campaign.objects.get(pk=shown.pk)
