"""Reminders: what is planned, of what the shop reminds and when, the festivals."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersales import days
from aftersales.changes import changes
from aftersales.http import StaffRequest
from aftersales.refusals import ChangedMeanwhile
from customers.views.conflicts import compared
from followups.forms.reminders import FestivalForm, ReminderRuleForm
from followups.models import REMINDERS, Festival, Kind, Policy, ReminderRule
from followups.reminders.agenda import agenda, mondays
from followups.services import reminders as rules

CHANGES_SHOWN = 30
EXPLAINED: dict[str, str | Promise] = {
    Kind.MAINTENANCE: gettext_lazy(
        "By the day that is written down, or by the mileage as far as the readings foretell it, "
        "whichever comes first. An order for maintenance ends it."
    ),
    Kind.INSURANCE: gettext_lazy("Before the policy ends. A later end of the policy ends it."),
    Kind.INSPECTION: gettext_lazy(
        "Before the statutory inspection is due. An order for it, or a later day, ends it."
    ),
    Kind.WARRANTY_END: gettext_lazy(
        "Before the warranty ends, so that the car can be looked at in time."
    ),
    Kind.DECLINED_WORK: gettext_lazy(
        "From the day on which a customer is asked again about what he declined."
    ),
    Kind.PLANNED_CONTACT: gettext_lazy(
        "From the day that is planned in the customer's file. Any talk since then ends it."
    ),
    Kind.BIRTHDAY: gettext_lazy("On the birthday that is written in the customer's file."),
    Kind.GREETING: gettext_lazy(
        "Before each festival below, to everybody who came within a year before it."
    ),
}


@require_safe
def reminders(request: StaffRequest) -> HttpResponse:
    """Show what is planned for the coming weeks, the rules, the festivals and the history."""
    return _page(request, FestivalForm())


@require_http_methods(["GET", "HEAD", "POST"])
def change_reminder(request: StaffRequest, kind: str) -> HttpResponse:
    """Switch a kind of reminder, and set its days."""
    form = _form(request, kind)
    if not form.is_valid():
        return _rule_page(request, form)
    try:
        effect = rules.change_rule(kind, by=request.user, now=timezone.now(), **form.values)
    except (ChangedMeanwhile, ValidationError) as refusal:
        return _refused(request, form, refusal)
    text = _("%(kind)s: saved; %(after)s are planned or open, before it were %(before)s.")
    values = {"kind": form.instance, "after": effect.after, "before": effect.before}
    messages.success(request, text % values)
    return redirect("followups:reminders")


@require_POST
def preview_reminder(request: StaffRequest, kind: str) -> HttpResponse:
    """Show how many would be planned after a change, without changing anything."""
    form = _form(request, kind)
    if not form.is_valid():
        return _rule_page(request, form)
    try:
        effect = rules.preview_rule(kind, by=request.user, now=timezone.now(), **form.values)
    except (ChangedMeanwhile, ValidationError) as refusal:
        return _refused(request, form, refusal)
    return _rule_page(request, form, status=HTTPStatus.OK, effect=effect)


@require_POST
def add_festival(request: StaffRequest) -> HttpResponse:
    """Add a day on which customers are greeted."""
    form = FestivalForm(request.POST)
    if form.is_valid():
        try:
            rules.add_festival(by=request.user, today=days.today(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The festival is added."))
            return redirect("followups:reminders")
    return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
def remove_festival(request: StaffRequest, pk: int) -> HttpResponse:
    """Remove a festival."""
    festival = get_object_or_404(Festival, pk=pk)
    rules.remove_festival(pk, by=request.user)
    messages.success(request, _("%(name)s is no festival any more.") % {"name": festival.name})
    return redirect("followups:reminders")


def _form(request: StaffRequest, kind: str) -> ReminderRuleForm:
    if kind not in REMINDERS:
        raise Http404
    ReminderRule.objects.current()
    rule = ReminderRule.objects.get(kind=kind)
    return ReminderRuleForm(request.POST if request.method == "POST" else None, instance=rule)


def _refused(
    request: StaffRequest, form: ReminderRuleForm, refusal: ChangedMeanwhile | ValidationError
) -> HttpResponse:
    if isinstance(refusal, ChangedMeanwhile):
        found = compared(form, form.changes, refusal)
        return _rule_page(request, status=HTTPStatus.CONFLICT, **found)
    form.add_error(None, refusal)
    return _rule_page(request, form)


def _rule_page(
    request: StaffRequest, form: ReminderRuleForm, *, status: int | None = None, **more: Any
) -> HttpResponse:
    if status is None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    rule = form.instance
    context = {"form": form, "rule": rule, "explained": EXPLAINED[rule.kind], **more}
    return render(request, "followups/reminders/rule.html", context, status=status)


def _page(
    request: StaffRequest, festival_form: FestivalForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    now = timezone.now()
    today = days.local_date(now)
    history = [
        *changes(ReminderRule, Q(pgh_label="update"), limit=CHANGES_SHOWN),
        *changes(Festival, Q(), limit=CHANGES_SHOWN),
    ]
    context = {
        "lines": [(line, EXPLAINED[line.rule.kind]) for line in agenda(now=now)],
        "mondays": mondays(today),
        "policy": Policy.objects.current(),
        "festivals": Festival.objects.filter(day__gte=today),
        "festival_form": festival_form,
        "history": sorted(history, key=lambda change: change.at, reverse=True)[:CHANGES_SHOWN],
    }
    return render(request, "followups/reminders/reminders.html", context, status=status)
