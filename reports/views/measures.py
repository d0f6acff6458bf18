"""Measures of the weekly meeting: entered, changed, checked off."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aftersales import days
from aftersales.http import StaffRequest, own_address
from aftersales.refusals import ChangedMeanwhile
from customers.forms.customer import VersionedForm
from customers.views.conflicts import compared
from followups.models import Department
from reports.forms.measures import MeasureChangeForm, MeasureForm
from reports.models import Measure
from reports.periods import Week
from reports.services import measures
from reports.views.digests import chosen_week, department_of
from workshop.views.orders import explain


@require_http_methods(["GET", "HEAD", "POST"])
def enter_measure(request: StaffRequest, department: str) -> HttpResponse:
    """Enter what is to be done about a week, or about one matter of it."""
    week, decided_by = chosen_week(request), department_of(department)
    initial = {"matter": request.GET.get("matter")}
    form = MeasureForm(request.POST or None, by=request.user, initial=initial)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        try:
            save = partial(_enter, request, form, week, decided_by)
            if address := form.save_once(by=request.user, save=save):
                return redirect(address)
        except ValidationError as refusal:
            explain(form, refusal)
    context = {"form": form, "period": week, "department": decided_by}
    return render(request, "reports/digest/enter_measure.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def change_measure(request: StaffRequest, pk: int) -> HttpResponse:
    """Change what is to be done, by whom and until when."""
    measure = get_object_or_404(Measure, pk=pk)
    address = address_of(Week(measure.week), measure.department)
    initial = {"version": measure.version}
    form = MeasureChangeForm(request.POST or None, instance=measure, initial=initial)
    context: dict[str, Any] = {"form": form, "measure": measure, "address": address}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        try:
            measures.change_measure(
                pk,
                by=request.user,
                version=form.cleaned_data["version"],
                changes=form.changes,
                today=days.today(),
            )
        except ChangedMeanwhile as conflict:
            context |= compared(form, form.changes, conflict)
            status = HTTPStatus.CONFLICT
        except ValidationError as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The measure is saved."))
            return redirect(address)
    return render(request, "reports/digest/change_measure.html", context, status=status)


@require_POST
def check_off(request: StaffRequest, pk: int) -> HttpResponse:
    """Set the check mark of a measure."""
    save = partial(measures.check_off, today=days.today())
    return _mark(request, pk, save, _("The measure is checked off."))


@require_POST
def take_back_check(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the check mark of a measure away."""
    return _mark(request, pk, measures.take_back_check, _("The measure is open again."))


def address_of(week: Week, department: str) -> str:
    return f"{reverse('reports:digest', args=[department])}?week={week}"


def _enter(request: StaffRequest, form: MeasureForm, week: Week, department: Department) -> str:
    measures.enter_measure(
        week=week.first,
        department=department,
        matter=form.cleaned_data["matter"],
        by=request.user,
        today=days.today(),
        **form.changes,
    )
    messages.success(request, _("The measure is entered."))
    return address_of(week, department)


def _mark(request: StaffRequest, pk: int, save: Any, done: str) -> HttpResponse:
    get_object_or_404(Measure, pk=pk)
    form = VersionedForm(request.POST)
    try:
        save(pk, by=request.user, version=form.cleaned_data["version"] if form.is_valid() else 0)
    except ChangedMeanwhile as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(own_address(request, request.POST.get("next", "")))
