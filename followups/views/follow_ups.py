"""The list of follow-ups, and the page of one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from aftersales import days
from aftersales.changes import changes
from aftersales.exports import export
from aftersales.http import StaffRequest
from aftersales.lists import Column, Listing, ListPage
from aftersales.models import User
from customers import people
from followups.calling.proxies import stand_ins
from followups.calling.waiting import Waiting, can_wait, why_waiting
from followups.filters.follow_ups import FollowUpFilters
from followups.models import Call, FollowUp, FollowUpQuerySet, Kind, Policy, State
from followups.reminders.forecasts import forecast_of
from followups.reminders.mileage import Forecast
from followups.resources.follow_ups import FollowUpResource

CHANGES_SHOWN = 50


def _follow_ups(count: int) -> str:
    return ngettext("%(count)s follow-up", "%(count)s follow-ups", count) % {"count": f"{count:,}"}


FOLLOW_UPS = Listing(
    route="followups:follow-ups",
    export_route="followups:export-follow-ups",
    columns=(
        Column("customer", _("Customer")),
        Column("kind", _("Kind")),
        Column("about", _("About")),
        Column("fact", _("Day of the fact"), order_by="fact_on", shown=False),
        Column("window", _("Window"), order_by="opens_on", shown=False),
        Column("due", _("Due"), order_by="due_on"),
        Column("owner", _("Tracking salesman")),
        Column("attempts", _("Attempts"), order_by="attempts", is_numeric=True),
        Column("state", _("State")),
        Column("closed", _("Ended"), "closed_at", may_be_empty=True, shown=False),
    ),
    filters=FollowUpFilters,
    order="due",
    counted=_follow_ups,
)


def with_row(found: FollowUpQuerySet) -> FollowUpQuerySet:
    """Load what a row shows."""
    shown: Any = found.with_causes().select_related("customer", "owner", "promised_by", "closed_by")
    return shown.annotate(phone_tail=people.phone_tail("customer"))  # type: ignore[no-any-return]


def acting(today: date) -> dict[int | None, User]:
    """Return person → who stands in for him today."""
    proxies = stand_ins(today)
    found = User.objects.in_bulk(set(proxies.values()))
    return {person: found[proxy] for person, proxy in proxies.items()}


def say_whose(rows: Iterable[Any], *, today: date) -> None:
    """Add to each row who stands in for its owner."""
    proxies = acting(today)
    for row in rows:
        row.proxy = proxies.get(row.owner_id)


@require_safe
def follow_ups(request: StaffRequest) -> HttpResponse:
    """List what is and was owed to customers."""
    page = ListPage(FOLLOW_UPS, with_row(FollowUp.objects.visible_to(request.user)), request)
    if request.htmx:
        return render(request, "lists/_filters.html", {"page": page})
    today = days.today()
    say_whose(page.page.rows, today=today)
    context = {"page": page, "today": today}
    return render(request, "followups/follow_ups.html", context)


@require_safe
def export_follow_ups(request: StaffRequest, file_format: str) -> HttpResponseBase:
    """Hand out the list of follow-ups, all of it, as a file."""
    page = ListPage(FOLLOW_UPS, with_row(FollowUp.objects.visible_to(request.user)), request)
    return export(page, FollowUpResource(), file_format=file_format, by=request.user)


@require_safe
def follow_up(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one follow-up: from what, until when, whose, the calls about it, and its history."""
    shown = get_object_or_404(with_row(FollowUp.objects.visible_to(request.user)), pk=pk)
    now = timezone.now()
    today = days.local_date(now)
    calls = (
        Call.objects.visible_to(request.user)
        .filter(agenda__follow_up=shown)
        .select_related("handler")
        .order_by("-started_at", "-pk")
    )
    context = {
        "item": shown,
        "proxy": acting(today).get(shown.owner_id),
        "second_call": shown.second_calls.order_by("-pk").first(),
        "calls": calls,
        "waiting": _waiting(shown, now=now),
        "forecast": _forecast(shown, today=today),
        "history": changes(FollowUp, Q(pgh_obj=pk), limit=CHANGES_SHOWN),
        "today": today,
    }
    return render(request, "followups/follow_up.html", context)


def _waiting(item: FollowUp, *, now: datetime) -> Waiting | None:
    """Return why the customer isn't called about it for the moment, if he isn't."""
    if item.state != State.OPEN or not can_wait(item):
        return None
    return why_waiting(item.customer, policy=Policy.objects.current(), now=now)


def _forecast(item: FollowUp, *, today: date) -> Forecast | None:
    if item.kind != Kind.MAINTENANCE or item.vehicle is None:
        return None
    return forecast_of(item.vehicle, today=today)
