"""The policy: shown with its history, tried out, changed; the holidays."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from aftersales import days
from aftersales.changes import changes
from aftersales.http import StaffRequest
from aftersales.refusals import ChangedMeanwhile
from customers.views.conflicts import compared
from followups.forms.policy import HolidayForm, PolicyForm
from followups.models import Holiday, Kind, Policy
from followups.services import policy as policies
from followups.services.policy import Effect

CHANGES_SHOWN = 30


@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: StaffRequest) -> HttpResponse:
    """Show the policy, and change it."""
    form = _form(request)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return _page(request, form, status=status)
    try:
        effect = policies.change_policy(
            by=request.user,
            version=form.cleaned_data["version"],
            changes=form.changes,
            today=days.today(),
        )
    except ChangedMeanwhile as conflict:
        found = compared(form, form.changes, conflict)
        return _page(request, status=HTTPStatus.CONFLICT, **found)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    moved = sum(effect.moved.values())
    text = ngettext(
        "The policy is saved; %(count)s window moved.",
        "The policy is saved; %(count)s windows moved.",
        moved,
    )
    messages.success(request, text % {"count": moved})
    return redirect("followups:policy")


@require_POST
def preview_policy(request: StaffRequest) -> HttpResponse:
    """Show which windows a change would move, without changing anything."""
    form = _form(request)
    if not form.is_valid():
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        effect = policies.preview_policy(
            by=request.user,
            version=form.cleaned_data["version"],
            changes=form.changes,
            today=days.today(),
        )
    except ChangedMeanwhile as conflict:
        found = compared(form, form.changes, conflict)
        return _page(request, status=HTTPStatus.CONFLICT, **found)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _page(request, form, effects=_by_kind(effect))


@require_POST
def add_holiday(request: StaffRequest) -> HttpResponse:
    """Add a public holiday."""
    form = HolidayForm(request.POST)
    if form.is_valid():
        try:
            policies.add_holiday(by=request.user, today=days.today(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The holiday is added."))
            return redirect("followups:policy")
    unsent = PolicyForm(instance=Policy.objects.current())
    return _page(request, unsent, holiday_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
def remove_holiday(request: StaffRequest, pk: int) -> HttpResponse:
    """Remove a public holiday."""
    holiday = get_object_or_404(Holiday, pk=pk)
    policies.remove_holiday(pk, by=request.user, today=days.today())
    messages.success(request, _("%(name)s is no holiday any more.") % {"name": holiday.name})
    return redirect("followups:policy")


def _form(request: StaffRequest) -> PolicyForm:
    data = request.POST if request.method == "POST" else None
    return PolicyForm(data, instance=Policy.objects.current())


def _page(
    request: StaffRequest, form: PolicyForm, *, status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    history = [
        *changes(Policy, Q(), limit=CHANGES_SHOWN),
        *changes(Holiday, Q(), limit=CHANGES_SHOWN),
    ]
    context = {
        "form": form,
        "holidays": Holiday.objects.filter(day__gte=days.today()),
        "holiday_form": HolidayForm(),
        "history": sorted(history, key=lambda change: change.at, reverse=True)[:CHANGES_SHOWN],
        **more,
    }
    return render(request, "followups/policy.html", context, status=status)


def _by_kind(effect: Effect) -> list[tuple[str, int, int]]:
    return [
        (str(Kind(kind).label), moved, effect.kept.get(kind, 0))
        for kind, moved in effect.moved.items()
    ]
