"""Giving follow-ups to somebody else: chosen ones, a whole list, or everything of a person."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from aftersales import days
from aftersales.http import StaffRequest
from aftersales.lists import ListPage
from aftersales.models import User
from aftersales.refusals import Refusal
from followups.forms.owners import ReassignForm, SuccessorForm, TakeOverForm
from followups.models import Absence, FollowUp, FollowUpQuerySet
from followups.services import owners
from followups.views.follow_ups import FOLLOW_UPS


@require_http_methods(["GET", "HEAD", "POST"])
def reassign(request: StaffRequest) -> HttpResponse:
    """Give what an address names to somebody: one follow-up, or all open ones of a list."""
    page = ListPage(FOLLOW_UPS, FollowUp.objects.visible_to(request.user), request)
    chosen = _chosen(request, page)
    count = chosen.count()
    form = ReassignForm(request.POST or None, initial={"count": count})
    if form.is_valid():
        if form.cleaned_data["count"] != count:
            form.add_error(None, _("The list has changed since. Please look at the number again."))
            form.show(count)
        else:
            done = owners.reassign(chosen, to=form.cleaned_data["to"], by=request.user)
            if request.htmx:
                context = {"count": done.count, "to": form.cleaned_data["to"], "done": done}
                return render(request, "followups/_handed_over.html", context)
            return redirect("followups:handed-over", done.change) if done.count else _board(request)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    one = chosen.select_related("customer").first() if count == 1 else None
    context = {"form": form, "count": count, "page": page, "one": one}
    return render(request, "followups/reassign.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: StaffRequest, pk: int) -> HttpResponse:
    """Give everything of a person to somebody else."""
    person = get_object_or_404(User, pk=pk)
    form = TakeOverForm(request.POST or None, but=person)
    if form.is_valid():
        done = owners.hand_over(person, to=form.cleaned_data["to"], by=request.user)
        if done.count:
            return redirect("followups:handed-over", done.change)
        messages.success(request, _("%(name)s owes nothing any more.") % {"name": person})
        return redirect("followups:board")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "person": person, "owed": owners.owed_by(person)}
    return render(request, "followups/hand_over.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def handed_over(request: StaffRequest, change: UUID) -> HttpResponse:
    """Say how many went over to whom, and give them back if that was a mistake."""
    events: Any = FollowUp.pgh_event_model  # type: ignore[attr-defined]
    went = events.objects.filter(pgh_context_id=change, pgh_label="update")
    to = (
        went.values_list("owner")
        .annotate(count=Count("pgh_id"))
        .order_by("-count", "owner")
        .first()
    )
    if to is None:
        raise Http404
    if request.method == "POST":
        count = owners.give_back(change, by=request.user)
        text = ngettext(
            "%(count)s follow-up is back with who had it.",
            "%(count)s follow-ups are back with who had them.",
            count,
        )
        messages.success(request, text % {"count": count})
        return redirect("followups:board")
    owner, count = to
    context = {"to": User.objects.filter(pk=owner).first(), "count": count, "change": change}
    return render(request, "followups/handed_over.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def deactivate_user(request: StaffRequest, pk: int) -> HttpResponse:
    """Shut a person out, after asking who takes over what he owes."""
    person = get_object_or_404(User.objects.active(), pk=pk)
    owed = owners.owed_by(person)
    form = SuccessorForm(
        request.POST if request.method == "POST" else None, owes=bool(owed), but=person
    )
    if form.is_valid():
        try:
            owners.deactivate(person, to=form.cleaned_data["to"], by=request.user)
        except owners.SuccessorMissing as refusal:
            form.add_error("to", str(refusal))
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("user", pk)
        else:
            messages.success(request, _("%(name)s can no longer log in.") % {"name": person})
            return redirect("user", pk)
    context = {
        "form": form,
        "person": person,
        "owed": owed,
        "stands_in": Absence.objects.filter(
            proxy=person, withdrawn_at=None, last_day__gte=days.today()
        ).select_related("person"),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "users/deactivate.html", context, status=status)


def _chosen(request: StaffRequest, page: ListPage) -> FollowUpQuerySet:
    """Return the open follow-ups that an address names."""
    if "follow_up" in request.GET:
        keys = [key for key in request.GET.getlist("follow_up") if key.isdecimal()]
        named = page.visible.filter(pk__in=[int(key) for key in keys if len(key) < 19])
        return cast(FollowUpQuerySet, named).open()
    if page.has_wrong_filters:
        raise Http404
    return cast(FollowUpQuerySet, page.found).open()


def _board(request: StaffRequest) -> HttpResponse:
    messages.info(request, _("Nothing went over: there was nothing that somebody else owned."))
    return redirect("followups:board")
