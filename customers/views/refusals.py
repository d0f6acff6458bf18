"""The do-not-contact list of a customer: what he refused, and what was lifted again."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from aftersales import days
from aftersales.http import StaffRequest
from aftersales.refusals import Refusal
from customers.forms.customer import LiftRefusalForm, RefusalForm
from customers.models import ContactRefusal, Customer
from customers.services import files
from customers.views.sections import customer_of, refused, saved, show

SECTION = "customers/file/_refusals.html"


@require_http_methods(["GET", "POST"])
def refuse_contact(request: StaffRequest, pk: int) -> HttpResponse:
    """Record that the customer does not want to be contacted."""
    customer = customer_of(request, pk)
    form = RefusalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            files.refuse_contact(pk, by=request.user, today=days.today(), **form.cleaned_data)
        except files.AlreadyRefused as refusal:
            form.add_error(None, str(refusal))
        except files.FileWasMerged as refusal:
            return refused(request, customer, refusal)
        else:
            return saved(request, pk, SECTION, "refusals", {})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return show(request, customer, SECTION, {"form": form, "is_adding": True}, status)


@require_http_methods(["GET", "POST"])
def lift_refusal(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an entry off the list, with the reason."""
    customers = Customer.objects.visible_to(request.user)
    refusal_row = get_object_or_404(ContactRefusal, customer__in=customers, pk=pk)
    customer = customer_of(request, refusal_row.customer_id)
    form = LiftRefusalForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return show(request, customer, SECTION, {"form": form, "lifting": pk}, status)
    try:
        files.lift_refusal(
            pk, by=request.user, today=days.today(), reason=form.cleaned_data["reason"]
        )
    except Refusal as refusal:
        return refused(request, customer, refusal)
    return saved(request, customer.pk, SECTION, "refusals", {})
