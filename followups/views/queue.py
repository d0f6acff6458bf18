"""The queue of calls, and the way to the customer whose turn it is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from aftersales import days
from aftersales.http import StaffRequest
from followups.calling import queue
from followups.calling.proxies import people_worked_for
from followups.models import Call, Claim, FollowUp, Policy
from followups.services import claims

DONE_SHOWN = 200


class Tab(models.TextChoices):
    MINE = "mine", pgettext_lazy("queue", "Mine")
    TEAM = "team", pgettext_lazy("queue", "Team")
    LATE = "late", pgettext_lazy("queue", "Late")
    DONE = "done", pgettext_lazy("queue", "Done today")


@require_safe
def show_queue(request: StaffRequest) -> HttpResponse:
    """Show who is to be called: by oneself, by the team, too late; or whom one called today."""
    asked = request.GET.get("tab", "")
    tab = Tab(asked) if asked in Tab.values else Tab.MINE
    context = {"tab": tab, "tabs": Tab, "today": days.today()}
    context |= _done_today(request) if tab == Tab.DONE else _due(request, tab)
    return render(request, "followups/queue.html", context)


@require_POST
def take_next(request: StaffRequest) -> HttpResponse:
    """Lead to the customer whom one is calling, else to the next one."""
    now = timezone.now()
    held = Claim.objects.held_by(request.user, now)
    if held is None:
        held = claims.claim_next(by=request.user, now=now)
    if held is None:
        messages.info(request, _("Nobody is to be called just now."))
        return redirect("followups:queue")
    return redirect("followups:desk", held.customer_id)


def _due(request: StaffRequest, tab: Tab) -> dict[str, Any]:
    now, user = timezone.now(), request.user
    today = days.local_date(now)
    policy = Policy.objects.current()
    people = people_worked_for(user, today)
    due = FollowUp.objects.due(today=today, now=now)
    if tab == Tab.TEAM:
        listed = due.visible_to(user)
    else:
        listed = due.filter(responsible__in=[person.pk for person in people])
    if tab == Tab.LATE:
        listed = listed.late(today)
    page = queue.page(listed, due=due, user=user, policy=policy, now=now)
    return {
        "entries": page.entries,
        "load": page.load,
        "policy": policy,
        "stands_in_for": [person for person in people if person != user],
        "is_away": user not in people,
        "now": now,
    }


def _done_today(request: StaffRequest) -> dict[str, Any]:
    since = days.start_of_day(days.today())
    calls = Call.objects.filter(handler=request.user, started_at__gte=since, corrects=None)
    latest = calls.select_related("customer", "on_behalf_of").order_by("-started_at", "-pk")
    return {"calls": latest[:DONE_SHOWN]}
