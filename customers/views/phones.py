"""The numbers of a customer: added, corrected, put first, taken out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aftersales.http import StaffRequest
from aftersales.refusals import ChangedMeanwhile, Refusal
from customers.forms.customer import PhoneCorrectionForm, PhoneForm
from customers.models import Customer, Phone
from customers.services import files
from customers.views.sections import customer_of, refused, saved, show

SECTION = "customers/file/_phones.html"


@require_http_methods(["GET", "POST"])
def add_phone(request: StaffRequest, pk: int) -> HttpResponse:
    """Add a number to the file."""
    customer = customer_of(request, pk)
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _section(request, customer, {"form": form, "is_adding": True})
    entry = files.PhoneEntry(form.cleaned_data["typed"], form.cleaned_data["kind"])
    try:
        files.add_phone(pk, by=request.user, entry=entry)
    except files.PhoneAlreadyInFile as refusal:
        form.add_error("typed", str(refusal))
        return _section(request, customer, {"form": form, "is_adding": True})
    except files.FileWasMerged as refusal:
        return refused(request, customer, refusal)
    return saved(request, pk, SECTION, "phones", {})


@require_http_methods(["GET", "POST"])
def change_phone(request: StaffRequest, pk: int) -> HttpResponse:
    """Correct a number, or mark it as dead."""
    phone = _phone(request, pk)
    customer = customer_of(request, phone.customer_id)
    seen = {name: getattr(phone, name) for name in ("typed", "kind", "is_bad", "version")}
    form = PhoneCorrectionForm(request.POST if request.method == "POST" else None, initial=seen)
    context = {"form": form, "editing": phone.pk}
    if not form.is_valid():
        return _section(request, customer, context)
    try:
        files.change_phone(phone.pk, by=request.user, **form.cleaned_data)
    except files.PhoneAlreadyInFile as refusal:
        form.add_error("typed", str(refusal))
        return _section(request, customer, context)
    except ChangedMeanwhile as conflict:
        form.see(conflict.current.version)
        context["conflict"] = conflict
        return _section(request, customer, context, HTTPStatus.CONFLICT)
    except files.FileWasMerged as refusal:
        return refused(request, customer, refusal)
    return saved(request, customer.pk, SECTION, "phones", {})


@require_POST
def make_primary(request: StaffRequest, pk: int) -> HttpResponse:
    """Make a number the first one to call."""
    phone = _phone(request, pk)
    try:
        files.make_primary(phone.pk, by=request.user)
    except Refusal as refusal:
        return refused(request, phone.customer, refusal)
    return saved(request, phone.customer_id, SECTION, "phones", {})


@require_POST
def remove_phone(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a number out of the file; the history keeps it."""
    phone = _phone(request, pk)
    try:
        files.remove_phone(phone.pk, by=request.user)
    except Refusal as refusal:
        return refused(request, phone.customer, refusal)
    if not request.htmx:
        messages.success(request, _("%(number)s was removed.") % {"number": phone.typed})
    return saved(request, phone.customer_id, SECTION, "phones", {})


def _phone(request: StaffRequest, pk: int) -> Phone:
    customers = Customer.objects.visible_to(request.user)
    phones = Phone.objects.filter(customer__in=customers).select_related("customer")
    return get_object_or_404(phones, pk=pk)


def _section(
    request: StaffRequest, customer: Customer, context: dict[str, Any], status: int | None = None
) -> HttpResponse:
    is_wrong = context["form"].is_bound
    status = status or (HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK)
    return show(request, customer, SECTION, context, status)
