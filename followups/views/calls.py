"""One call: its record (form F2), the same on paper, and how it is corrected."""

from __future__ import annotations

from copy import copy
from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aftersales.http import StaffRequest
from followups.forms.corrections import CorrectionForm
from followups.models import Call
from followups.registers import call_register
from followups.registers.call_record import Record
from followups.services import calls
from followups.services.calls import AlreadyCorrected
from workshop.views.orders import explain


@require_safe
def call(request: StaffRequest, pk: int) -> HttpResponse:
    """Show everything of a call record."""
    shown = get_object_or_404(Call.objects.visible_to(request.user), pk=pk)
    may_correct = request.user.has_perm("followups.correct_call") and (
        call_register.correctable_by(request.user).filter(pk=pk).exists()
    )
    context = {"record": Record.of(shown), "may_correct": may_correct}
    return render(request, "followups/call/call.html", context)


@require_safe
def call_form(request: StaffRequest, pk: int) -> HttpResponse:
    """Show form F2 as it is printed on A4; for a first call it is form F13 (FRM-01)."""
    shown = get_object_or_404(Call.objects.visible_to(request.user), pk=pk)
    return render(request, "followups/call/form.html", {"record": Record.of(shown)})


@require_http_methods(["GET", "HEAD", "POST"])
def correct_call(request: StaffRequest, pk: int) -> HttpResponse:
    """Write a line that corrects this one."""
    own = call_register.correctable_by(request.user).select_related("handler", "correction")
    shown = get_object_or_404(own, pk=pk)
    # The form writes what was typed into its instance; the page still names the line.
    form = CorrectionForm(request.POST or None, instance=copy(shown))
    context: dict[str, Any] = {"call": shown, "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        try:
            save = partial(_correct, request, shown, form)
            if address := form.save_once(by=request.user, save=save):
                return redirect(address)
        except AlreadyCorrected as refusal:
            form.add_error(None, str(refusal))
            context["correction"] = refusal.correction
            status = HTTPStatus.CONFLICT
        except ValidationError as refusal:
            explain(form, refusal)
    return render(request, "followups/call/correct.html", context, status=status)


def _correct(request: StaffRequest, shown: Call, form: CorrectionForm) -> str:
    line = calls.correct_call(
        shown.pk,
        by=request.user,
        changes=form.changes,
        reason=form.cleaned_data["reason"],
        operation=form.cleaned_data["operation"],
        now=timezone.now(),
    )
    numbers = {"line": line.record_no, "corrected": shown.record_no}
    messages.success(request, _("%(line)s now corrects %(corrected)s.") % numbers)
    return line.get_absolute_url()
