"""Consultations: listed, recorded, shown, corrected."""

from __future__ import annotations

from copy import copy
from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from aftersales.changes import changes
from aftersales.http import StaffRequest
from aftersales.lists import Column, Listing, ListPage
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile, Refusal
from customers import people
from customers.forms.consultation import (
    ConsultationCorrectionForm,
    ConsultationFilters,
    ConsultationForm,
)
from customers.models import Consultation
from customers.services.consultations import correct_consultation, record_consultation
from customers.views.conflicts import compared

CHANGES_SHOWN = 50


def _counted(count: int) -> str:
    return ngettext("%(count)s consultation", "%(count)s consultations", count) % {
        "count": f"{count:,}"
    }


CONSULTATIONS = Listing(
    route="customers:consultations",
    columns=(
        Column("customer", gettext_lazy("Customer")),
        Column("ended", gettext_lazy("When"), order_by="ended_at"),
        Column("topic", gettext_lazy("About")),
        Column("notes", gettext_lazy("What was said")),
        Column("vehicle", gettext_lazy("Vehicle")),
        Column("held_by", gettext_lazy("Held by")),
    ),
    filters=ConsultationFilters,
    order="-ended",
    counted=_counted,
)


@require_safe
def consultations(request: StaffRequest) -> HttpResponse:
    """List the consultations, the latest first."""
    page = ListPage(CONSULTATIONS, _for_list(request.user), request)
    template = "lists/_filters.html" if request.htmx else "customers/consultations.html"
    return render(request, template, {"page": page})


@require_safe
def consultation(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one consultation, and who changed what about it."""
    shown = get_object_or_404(_for_list(request.user), pk=pk)
    history = changes(Consultation, Q(pgh_obj=pk), limit=CHANGES_SHOWN)
    context = {"consultation": shown, "history": history}
    return render(request, "customers/consultation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create_consultation(request: StaffRequest) -> HttpResponse:
    """Record a consultation."""
    known = {
        "customer": request.GET.get("customer", ""),
        "ended_at": timezone.now(),
        "held_by": request.user,
    }
    form = ConsultationForm(request.POST or None, user=request.user, initial=known)
    if form.is_valid():
        try:
            if address := form.save_once(by=request.user, save=partial(_record, request, form)):
                return redirect(address)
        except ValidationError as error:
            form.add_error(None, error)
        except Refusal as refusal:
            form.add_error("who", str(refusal))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form}
    return render(request, "customers/create_consultation.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def change_consultation(request: StaffRequest, pk: int) -> HttpResponse:
    """Correct what a consultation says."""
    shown = get_object_or_404(_for_list(request.user), pk=pk)
    # The form writes what was typed into its instance; the page still names the saved one.
    form = ConsultationCorrectionForm(
        request.POST or None,
        instance=copy(shown),
        user=request.user,
        initial={"version": shown.version, "vehicle": shown.vehicle},
    )
    context: dict[str, Any] = {"form": form, "consultation": shown}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    if form.is_valid():
        try:
            correct_consultation(
                pk,
                by=request.user,
                version=form.cleaned_data["version"],
                changes=form.changes,
                now=timezone.now(),
            )
        except ChangedMeanwhile as conflict:
            context |= compared(form, form.changes, conflict)
            status = HTTPStatus.CONFLICT
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(shown)
    return render(request, "customers/change_consultation.html", context, status=status)


def _for_list(user: User) -> QuerySet[Consultation]:
    """Return the consultations that the person may see, with what a row shows."""
    return (
        Consultation.objects.visible_to(user)
        .select_related("customer", "vehicle", "held_by")
        .annotate(phone_tail=people.phone_tail("customer"))
    )


def _record(request: StaffRequest, form: ConsultationForm) -> str:
    recorded = record_consultation(
        by=request.user,
        fields=form.values,
        ended_at=form.cleaned_data["ended_at"],
        now=timezone.now(),
    )
    messages.success(request, _("The consultation was recorded."))
    return recorded.get_absolute_url()
