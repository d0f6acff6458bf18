"""The groups of fields of a customer file: read, edited and compared when two people write."""

from __future__ import annotations

from copy import copy
from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersales import days
from aftersales.http import StaffRequest
from aftersales.refusals import ChangedMeanwhile
from customers.forms.customer import GROUPS, GroupForm, TrackerForm
from customers.services import files
from customers.views.conflicts import compared
from customers.views.sections import customer_of, refused, saved, show

FORM = "customers/file/_group_form.html"
SECTIONS = (*GROUPS, "phones", "refusals")


@require_safe
def group(request: StaffRequest, pk: int, group: str) -> HttpResponse:
    """Show a section of the file, as after “Cancel”."""
    if group not in SECTIONS:
        raise Http404
    customer = customer_of(request, pk)
    if not request.htmx:
        return redirect(f"{customer.get_absolute_url()}#{group}")
    return show(request, customer, f"customers/file/_{group}.html", {})


@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, pk: int, group: str) -> HttpResponse:
    """Edit a group of fields in its place."""
    form_class = _form_of(group)
    customer = customer_of(request, pk)
    if request.method == "GET":
        form = form_class(instance=customer, initial={"version": customer.version})
        return show(request, customer, FORM, {"form": form, "group": group})
    # The form writes what was typed into its instance; the page still shows the saved one.
    form = form_class(request.POST, instance=copy(customer))
    if not form.is_valid():
        context = {"form": form, "group": group}
        return show(request, customer, FORM, context, HTTPStatus.UNPROCESSABLE_ENTITY)
    changes = dict(form.cleaned_data)
    version = changes.pop("version")
    try:
        files.update_group(pk, by=request.user, version=version, changes=changes)
    except ChangedMeanwhile as conflict:
        context = {"group": group, **compared(form, changes, conflict)}
        return show(request, customer, FORM, context, HTTPStatus.CONFLICT)
    except files.FileWasMerged as refusal:
        return refused(request, customer, refusal)
    return saved(request, pk, f"customers/file/_{group}.html", group, {})


@require_POST
def verify_contact(request: StaffRequest, pk: int) -> HttpResponse:
    """Note that the contact data was found right today."""
    customer = customer_of(request, pk)
    try:
        files.verify_contact(pk, by=request.user, today=days.today())
    except files.FileWasMerged as refusal:
        return refused(request, customer, refusal)
    return saved(request, pk, "customers/file/_contact.html", "contact", {})


@require_http_methods(["GET", "POST"])
def assign_tracker(request: StaffRequest, pk: int) -> HttpResponse:
    """Entrust the customer to a tracking salesman."""
    customer = customer_of(request, pk)
    form = TrackerForm(request.POST or None, initial={"tracker": customer.tracker})
    if not (request.method == "POST" and form.is_valid()):
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return show(request, customer, "customers/file/_tracker_form.html", {"form": form}, status)
    try:
        files.assign_tracker(pk, by=request.user, tracker=form.cleaned_data["tracker"])
    except (files.FileWasMerged, files.MayNotTrack) as refusal:
        return refused(request, customer, refusal)
    return saved(request, pk, "customers/file/_bag.html", "bag", {})


def _form_of(group: str) -> type[GroupForm]:
    try:
        return GROUPS[group]
    except KeyError:
        raise Http404 from None
