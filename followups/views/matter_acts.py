"""What is done about a matter: opened, studied, solved, reported, told, passed on."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from aftersales import days
from aftersales.http import StaffRequest
from aftersales.refusals import ChangedMeanwhile, Refusal
from customers.models import Consultation
from customers.views.conflicts import compared
from followups.forms.matters import (
    MatterForm,
    NewMatterForm,
    PassOnForm,
    ReportForm,
    SolutionForm,
    StudyForm,
    TellForm,
)
from followups.matters.clocks import complaint_of
from followups.models import HeardThrough, Matter, MatterAct, MatterKind
from followups.services import hearing
from followups.services import matters as services
from followups.views.matters import with_page
from workshop.views.orders import explain


@dataclass(frozen=True)
class Deed:
    """One thing to do about a matter: its form, and the words around it."""

    form: type[MatterForm]
    heading: str | Promise
    button: str | Promise
    done: str | Promise
    note: str | Promise = ""


STUDY = Deed(
    StudyForm,
    gettext_lazy("What was found out"),
    gettext_lazy("Save"),
    gettext_lazy("The findings are saved."),
)
SOLVE = Deed(
    SolutionForm,
    gettext_lazy("The solution"),
    gettext_lazy("Solved: tell the customer today"),
    gettext_lazy("The answer is due today; it stands on top of the queue."),
    gettext_lazy("Write what the customer is to be told. He is to be told today."),
)
REPORT = Deed(
    ReportForm,
    gettext_lazy("Report to the supervisor"),
    gettext_lazy("Report"),
    gettext_lazy("The matter lies on the supervisor's desk."),
    gettext_lazy("The supervisor will say what the customer is to be told."),
)
INSTRUCT = Deed(
    SolutionForm,
    gettext_lazy("Instruction of the supervisor"),
    gettext_lazy("Instruct: the customer is told today"),
    gettext_lazy("The answer is due today; it stands on top of the caller's queue."),
    gettext_lazy("Write what the customer is to be told. He is to be told today."),
)
TELL = Deed(
    TellForm,
    gettext_lazy("Tell the customer"),
    gettext_lazy("Save"),
    gettext_lazy("What the customer was told is saved."),
    gettext_lazy("Only the customer's word closes a matter. Not satisfied, it opens again."),
)
PASS_ON = Deed(
    PassOnForm,
    gettext_lazy("Pass on"),
    gettext_lazy("Pass on"),
    gettext_lazy("The matter is passed on."),
)


@require_http_methods(["GET", "HEAD", "POST"])
def create_matter(request: StaffRequest) -> HttpResponse:
    """Open a matter that was heard elsewhere than in a call."""
    form = NewMatterForm(request.POST or None, user=request.user, initial=_known(request))
    if form.is_valid():
        try:
            if address := form.save_once(by=request.user, save=partial(_open, request, form)):
                return redirect(address)
        except (ValidationError, Refusal) as refusal:
            explain(form, refusal)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "followups/matters/create.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def study_matter(request: StaffRequest, pk: int) -> HttpResponse:
    """Note what was found out about a matter."""

    def save(form: Any, by: dict[str, Any]) -> None:
        services.study(pk, **by, text=form.cleaned_data["study"])

    return _do(request, pk, MatterAct.STUDY, STUDY, save)


@require_http_methods(["GET", "HEAD", "POST"])
def solve_matter(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down the solution; the customer is owed an answer today."""

    def save(form: Any, by: dict[str, Any]) -> None:
        services.solve(pk, **by, text=form.cleaned_data["solution"], now=timezone.now())

    return _do(request, pk, MatterAct.SOLVE, SOLVE, save)


@require_http_methods(["GET", "HEAD", "POST"])
def report_matter(request: StaffRequest, pk: int) -> HttpResponse:
    """Report a matter to the supervisor by hand."""

    def save(form: Any, by: dict[str, Any]) -> None:
        services.report(pk, **by, today=days.today())

    return _do(request, pk, MatterAct.REPORT, REPORT, save)


@require_http_methods(["GET", "HEAD", "POST"])
def instruct_matter(request: StaffRequest, pk: int) -> HttpResponse:
    """Write the supervisor's instruction; the customer is owed an answer today."""

    def save(form: Any, by: dict[str, Any]) -> None:
        services.instruct(pk, **by, text=form.cleaned_data["solution"], now=timezone.now())

    back = "followups:reported-matters" if "desk" in request.POST else ""
    return _do(request, pk, MatterAct.INSTRUCT, INSTRUCT, save, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def tell_matter(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down what the customer was told, and his word."""

    def save(form: Any, by: dict[str, Any]) -> None:
        services.tell(pk, **by, word=form.word, now=timezone.now())

    return _do(request, pk, MatterAct.TELL, TELL, save)


@require_http_methods(["GET", "HEAD", "POST"])
def pass_on_matter(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a matter to somebody else, or another department."""

    def save(form: Any, by: dict[str, Any]) -> None:
        services.assign(pk, **by, **form.changes)

    return _do(request, pk, MatterAct.ASSIGN, PASS_ON, save)


def _do(
    request: StaffRequest,
    pk: int,
    act: MatterAct,
    deed: Deed,
    save: Callable[[Any, dict[str, Any]], None],
    *,
    back: str = "",
) -> HttpResponse:
    """Ask with the form of a deed, and do it; what somebody else changed shows beside it."""
    shown = get_object_or_404(with_page(request.user), pk=pk)
    if request.method != "POST" and not shown.allows(act):
        messages.info(request, str(services.NotItsTurn(shown)))
        return redirect(shown)
    # The form writes what was typed into its instance; the page still shows the saved one.
    form = deed.form(request.POST or None, instance=copy(shown), initial=_initial(shown, act))
    context: dict[str, Any] = {"matter": shown, "form": form, "deed": deed}
    context["complaint"] = complaint_of(shown)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        try:
            save(form, {"by": request.user, "version": form.cleaned_data["version"]})
        except ChangedMeanwhile as conflict:
            context |= compared(form, form.changes, conflict)
            status = HTTPStatus.CONFLICT
        except (ValidationError, Refusal) as refusal:
            explain(form, refusal)
        else:
            messages.success(request, str(deed.done))
            return redirect(back) if back else redirect(shown)
    return render(request, "followups/matters/act.html", context, status=status)


def _initial(matter: Matter, act: MatterAct) -> dict[str, Any]:
    known: dict[str, Any] = {"version": matter.version}
    if act == MatterAct.TELL:
        known["answered_on"] = days.today()
        known["told_through"] = matter.told_through or HeardThrough.CALL
        known["satisfied"] = None
        if matter.solution:
            known["answer"] = matter.solution
    return known


def _known(request: StaffRequest) -> dict[str, Any]:
    """Return what the address says of a new matter: whose, from which consultation, which kind."""
    known: dict[str, Any] = {
        "customer": request.GET.get("customer", ""),
        "kind": request.GET.get("kind", MatterKind.REQUEST),
        "heard_through": HeardThrough.COUNTER,
        "owner": request.user,
    }
    number = request.GET.get("consultation", "")
    if number.isdecimal():
        visible = Consultation.objects.visible_to(request.user).select_related("vehicle")
        if consultation := visible.filter(pk=number).first():
            known |= {
                "customer": consultation.customer_id,
                "consultation": consultation.pk,
                "vehicle": consultation.vehicle,
                "text": consultation.notes,
                "heard_through": HeardThrough.CONSULTATION,
            }
    return known


def _open(request: StaffRequest, form: NewMatterForm) -> str:
    opened = hearing.open_matter(
        form.cleaned_data["customer"].pk, heard=form.heard, by=request.user, now=timezone.now()
    )
    messages.success(request, _("The matter is open."))
    return opened.get_absolute_url()
