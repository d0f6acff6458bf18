"""One customer file in sections, each read and changed on its own."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from aftersales.http import StaffRequest
from aftersales.refusals import Refusal
from customers.models import Customer
from customers.models.whole_file import with_whole_file


def customer_of(request: StaffRequest, pk: int) -> Customer:
    """Return the customer with everything that a section may show; 404 for a foreign one."""
    return get_object_or_404(with_whole_file(Customer.objects.visible_to(request.user)), pk=pk)


def show(
    request: StaffRequest,
    customer: Customer,
    template: str,
    context: dict[str, Any],
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Answer with a section: htmx puts it in its place, else it gets a page of its own."""
    context = {"customer": customer, **context}
    if request.htmx:
        return render(request, template, context, status=status)
    context["section"] = template
    return render(request, "customers/file/section_page.html", context, status=status)


def saved(
    request: StaffRequest, pk: int, template: str, anchor: str, context: dict[str, Any]
) -> HttpResponse:
    """Answer a change with the section as it is now, and the head of the page with it."""
    customer = customer_of(request, pk)
    if not request.htmx:
        return redirect(f"{customer.get_absolute_url()}#{anchor}")
    context = {"customer": customer, "section": template, **context}
    response = render(request, "customers/file/_saved.html", context)
    return trigger_client_event(response, "file-changed", after="settle")


def refused(request: StaffRequest, customer: Customer, refusal: Refusal) -> HttpResponse:
    """Lead back to the customer's page, with the reason why nothing was done."""
    messages.error(request, str(refusal))
    if request.htmx:
        return HttpResponseClientRedirect(customer.get_absolute_url())
    return redirect(customer)
