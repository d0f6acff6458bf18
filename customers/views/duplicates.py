"""Likely duplicates: shown while one types, and reviewed from a list."""

from __future__ import annotations

import re

from celery import current_app
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError as BrokerSilent

from aftersales.http import StaffRequest
from aftersales.lists import Column, Listing, ListPage
from customers import people
from customers.forms.duplicates import DuplicateFilters
from customers.models import DuplicatePair
from customers.services import duplicates

NUMBER_FIELD = re.compile(r"phones-\d+-typed")


def _counted(count: int) -> str:
    return ngettext("%(count)s pair", "%(count)s pairs", count) % {"count": f"{count:,}"}


PAIRS = Listing(
    route="customers:duplicates",
    columns=(
        Column("first", gettext_lazy("Customer")),
        Column("second", gettext_lazy("Perhaps the same")),
        Column("reasons", gettext_lazy("Why")),
        Column("similarity", gettext_lazy("Names alike"), "name_similarity", is_numeric=True),
        Column("decision", gettext_lazy("Decision")),
    ),
    filters=DuplicateFilters,
    order="-similarity",
    counted=_counted,
)


@require_POST
def possible_duplicates(request: StaffRequest) -> HttpResponse:
    """Show who may be the customer that is being typed; nothing typed goes into an address."""
    typed = request.POST
    found = duplicates.possible_duplicates(
        user=request.user,
        phones=[typed.get(name, "") for name in typed if NUMBER_FIELD.fullmatch(name)],
        plate=typed.get("vehicle-plate", ""),
        vin=typed.get("vehicle-vin", ""),
    )
    return render(request, "customers/duplicates/_possible.html", {"found": found})


@require_safe
def list_duplicates(request: StaffRequest) -> HttpResponse:
    """List the likely duplicates, the most similar names first."""
    seen = DuplicatePair.objects.visible_to(request.user)
    page = ListPage(PAIRS, _with_people(seen.to_review()), request)
    template = "lists/_filters.html" if request.htmx else "customers/duplicates/list.html"
    return render(request, template, {"page": page})


@require_POST
def look_for_duplicates(request: StaffRequest) -> HttpResponse:
    """Ring the sweep now instead of waiting for the night."""
    try:
        current_app.send_task("customers.find_duplicates", retry=False)
    except BrokerSilent:
        messages.error(request, _("The background worker cannot be reached. Please try later."))
    else:
        messages.success(request, _("The files are being compared. Reload the list in a minute."))
    return redirect("customers:duplicates")


@require_POST
def dismiss_pair(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a pair off the list: these are two customers."""
    pair = _pair(request, pk)
    duplicates.dismiss_pair(pair.pk, by=request.user, now=timezone.now())
    return _answer(request, pk, _("The pair was taken off the list."))


@require_POST
def restore_pair(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a dismissed pair back on the list."""
    pair = _pair(request, pk)
    duplicates.restore_pair(pair.pk)
    return _answer(request, pk, _("The pair is on the list again."))


def _with_people(pairs: QuerySet[DuplicatePair]) -> QuerySet[DuplicatePair]:
    """Load what a row shows of both customers."""
    return pairs.select_related("first", "second").annotate(
        first_plate=people.plate("first"),
        first_tail=people.phone_tail("first"),
        second_plate=people.plate("second"),
        second_tail=people.phone_tail("second"),
    )


def _pair(request: StaffRequest, pk: int) -> DuplicatePair:
    return get_object_or_404(_with_people(DuplicatePair.objects.visible_to(request.user)), pk=pk)


def _answer(request: StaffRequest, pk: int, done: str) -> HttpResponse:
    if request.htmx:
        return render(request, "customers/duplicates/_row.html", {"row": _pair(request, pk)})
    messages.success(request, done)
    return redirect("customers:duplicates")
