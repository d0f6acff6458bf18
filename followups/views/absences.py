"""Who is away and who stands in: entered, changed, withdrawn."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aftersales import days
from aftersales.http import StaffRequest
from aftersales.refusals import ChangedMeanwhile, Refusal
from followups.calling.proxies import moving
from followups.forms.absences import AbsenceChangeForm, AbsenceForm
from followups.models import Absence
from followups.services import absences

PAST_SHOWN = 50


@require_safe
def list_absences(request: StaffRequest) -> HttpResponse:
    """List who is away now, who will be, and who was."""
    today = days.today()
    seen = Absence.objects.visible_to(request.user).select_related("person", "proxy", "entered_by")
    standing = seen.filter(withdrawn_at=None)
    over = seen.filter(Q(last_day__lt=today) | Q(withdrawn_at__isnull=False))
    context = {
        "current": standing.filter(first_day__lte=today, last_day__gte=today).order_by("last_day"),
        "coming": standing.filter(first_day__gt=today).order_by("first_day"),
        "past": over[:PAST_SHOWN],
    }
    return render(request, "followups/absences.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def enter_absence(request: StaffRequest) -> HttpResponse:
    """Enter an absence, after showing what goes over to whoever stands in."""
    form = AbsenceForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        said = form.values
        try:
            if not form.is_confirmed:
                absences.preview_absence(by=request.user, **said)
                form.ask()
                context["moving"] = _moving(said["person"], said)
                status = HTTPStatus.OK
            elif address := form.save_once(by=request.user, save=partial(_enter, request, said)):
                return redirect(address)
        except ValidationError as error:
            form.add_error(None, error)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return render(request, "followups/enter_absence.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def change_absence(request: StaffRequest, pk: int) -> HttpResponse:
    """Change the days or who stands in, after showing what goes over."""
    absence = _standing(request, pk)
    form = AbsenceChangeForm(request.POST or None, instance=absence)
    context: dict[str, Any] = {"form": form, "absence": absence}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        said = form.values
        try:
            if form.is_confirmed:
                absences.change_absence(
                    pk, by=request.user, version=form.cleaned_data["version"], **said
                )
                messages.success(request, _("The absence is saved."))
                return redirect("followups:absences")
            form.ask()
            context["moving"] = _moving(absence.person, said)
            status = HTTPStatus.OK
        except ChangedMeanwhile as conflict:
            form.renew(conflict.current.version)
            context["conflict"] = conflict
            status = HTTPStatus.CONFLICT
        except ValidationError as error:
            form.add_error(None, error)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return render(request, "followups/change_absence.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_absence(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an absence back, after a question."""
    absence = _standing(request, pk)
    if request.method != "POST":
        return render(request, "followups/withdraw_absence.html", {"absence": absence})
    sent = request.POST.get("version", "")
    version = int(sent) if sent.isdecimal() and len(sent) < 10 else 0
    try:
        absences.withdraw_absence(pk, by=request.user, version=version, now=timezone.now())
    except ChangedMeanwhile as refusal:
        messages.error(request, str(refusal))
    else:
        text = _("%(name)s is here after all; what was due is in the own queue again.")
        messages.success(request, text % {"name": absence.person})
    return redirect("followups:absences")


def _standing(request: StaffRequest, pk: int) -> Absence:
    found = Absence.objects.visible_to(request.user).select_related("person", "proxy")
    return get_object_or_404(found, pk=pk, withdrawn_at=None)


def _moving(person: Any, said: dict[str, Any]) -> Any:
    return moving(person, first_day=said["first_day"], last_day=said["last_day"])


def _enter(request: StaffRequest, said: dict[str, Any]) -> str:
    absences.enter_absence(by=request.user, **said)
    messages.success(request, _("The absence is entered."))
    return reverse("followups:absences")
