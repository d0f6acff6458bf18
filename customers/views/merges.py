"""Two files side by side, merged into one, and parted again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, TypeAlias

from django.apps import apps
from django.contrib import messages
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import ExtractDay
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersales.changes import readable
from aftersales.http import StaffRequest
from aftersales.lists import Column, Listing, ListPage
from aftersales.refusals import Refusal
from customers.forms.duplicates import MergeFilters
from customers.models import Customer, Merge
from customers.models.duplicate import UNDO_FOR
from customers.services import merges, unmerges

ThreeFiles: TypeAlias = tuple[merges.Contents, merges.Contents, merges.Contents]

# The groups that have no single field to be called by.
GROUP_LABELS = {
    "convenient_time": gettext_lazy("Convenient time"),
    "next_contact": gettext_lazy("Next contact"),
}


def _counted(count: int) -> str:
    return ngettext("%(count)s merge", "%(count)s merges", count) % {"count": f"{count:,}"}


MERGES = Listing(
    route="customers:merges",
    columns=(
        Column("merged", gettext_lazy("Merged file")),
        Column("survivor", gettext_lazy("Became part of")),
        Column("merged_at", gettext_lazy("When"), order_by="merged_at"),
        Column("merged_by", gettext_lazy("By")),
        Column("undo", gettext_lazy("Undo")),
    ),
    filters=MergeFilters,
    order="-merged_at",
    counted=_counted,
)


@dataclass(frozen=True)
class ComparedGroup:
    """What both files say about one thing, and what the merged one will say."""

    name: str
    label: str | Promise
    survivor: str
    merged: str
    result: str
    takes_merged: bool

    @property
    def is_choice(self) -> bool:
        return bool(self.survivor and self.merged and self.survivor != self.merged)


@dataclass(frozen=True)
class ComparedList:
    """What hangs on both files, and what will hang on the merged one."""

    label: str | Promise
    survivor: list[str]
    merged: list[str]
    result: list[str]


@require_safe
def compare(request: StaffRequest, survivor: int, merged: int) -> HttpResponse:
    """Show two files side by side, and what they become if they are merged."""
    kept, other = _two_files(request, survivor, merged)
    try:
        return _comparison(request, kept, other, _choices(request.GET))
    except Refusal as refusal:
        return _refused(request, kept, refusal)


@require_POST
def merge(request: StaffRequest, survivor: int, merged: int) -> HttpResponse:
    """Merge two files into what was shown."""
    kept, other = _two_files(request, survivor, merged)
    choices = _choices(request.POST)
    try:
        merges.merge_as_previewed(
            survivor,
            merged,
            choices=choices,
            fingerprint=request.POST.get("fingerprint", ""),
            by=request.user,
            now=timezone.now(),
        )
    except merges.ResultChanged as refusal:
        return _comparison(request, kept, other, choices, problem=str(refusal))
    except Refusal as refusal:
        return _refused(request, kept, refusal)
    messages.success(
        request,
        _("%(merged)s is part of this file now. That can be undone for 30 days.")
        % {"merged": other.file_no},
    )
    return redirect(kept)


@require_safe
def list_merges(request: StaffRequest) -> HttpResponse:
    """List the merges, and for how long each can be undone."""
    now = timezone.now()
    # A day that has begun counts: on the last one there is one day left.
    first = now - UNDO_FOR - timedelta(days=1)
    left = ExpressionWrapper(F("merged_at") - first, output_field=DurationField())
    found = (
        Merge.objects.visible_to(request.user)
        .select_related("survivor", "merged", "merged_by", "undone_by")
        .annotate(days_left=ExtractDay(left))
        .defer("steps")
    )
    page = ListPage(MERGES, found, request)
    template = "lists/_filters.html" if request.htmx else "customers/duplicates/merges.html"
    return render(request, template, {"page": page, "now": now})


@require_http_methods(["GET", "HEAD", "POST"])
def undo_merge(request: StaffRequest, pk: int) -> HttpResponse:
    """Part two merged files, after a question."""
    visible = Merge.objects.visible_to(request.user).select_related("survivor", "merged")
    done = get_object_or_404(visible, pk=pk)
    if request.method != "POST":
        context = {"merge": done, "going_back": _going_back(done)}
        return render(request, "customers/duplicates/undo_merge.html", context)
    try:
        undone = unmerges.undo_merge(pk, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("customers:merges")
    messages.success(
        request, _("%(file_no)s is a file of its own again.") % {"file_no": done.merged.file_no}
    )
    for problem in undone.not_restored:
        messages.warning(request, problem)
    return redirect(done.merged)


def _two_files(request: StaffRequest, survivor: int, merged: int) -> tuple[Customer, Customer]:
    visible = Customer.objects.visible_to(request.user)
    return get_object_or_404(visible, pk=survivor), get_object_or_404(visible, pk=merged)


def _choices(sent: QueryDict) -> set[str]:
    return {group for group in merges.FIELD_GROUPS if sent.get(group) == "merged"}


def _refused(request: StaffRequest, survivor: Customer, refusal: Refusal) -> HttpResponse:
    messages.error(request, str(refusal))
    return redirect(survivor)


def _comparison(
    request: StaffRequest,
    survivor: Customer,
    merged: Customer,
    choices: set[str],
    problem: str = "",
) -> HttpResponse:
    result = merges.preview_merge(
        survivor.pk, merged.pk, choices=choices, by=request.user, now=timezone.now()
    )
    files = merges.contents(survivor.pk), merges.contents(merged.pk), result
    context = {
        "survivor": survivor,
        "merged": merged,
        "choices": sorted(choices),
        "groups": [
            _compared_group(group, files, group in choices) for group in merges.FIELD_GROUPS
        ],
        "lists": list(_compared_lists(files)),
        "fingerprint": result.fingerprint,
        "problem": problem,
    }
    part = "_comparison" if request.htmx else "compare"
    status = HTTPStatus.CONFLICT if problem else HTTPStatus.OK
    return render(request, f"customers/duplicates/{part}.html", context, status=status)


def _compared_group(group: str, files: ThreeFiles, takes_merged: bool) -> ComparedGroup:
    column: Any = Customer._meta.get_field(merges.FIELD_GROUPS[group][0])
    survivor, merged, result = (_written(file.customer, group) for file in files)
    return ComparedGroup(
        name=group,
        label=GROUP_LABELS.get(group) or capfirst(column.verbose_name),
        survivor=survivor,
        merged=merged,
        result=result,
        takes_merged=takes_merged,
    )


def _written(customer: Customer, group: str) -> str:
    if group == "convenient_time":
        return customer.get_convenient_time_display()
    if group == "tracker":
        return str(customer.tracker or "")
    columns: list[Any] = [Customer._meta.get_field(name) for name in merges.FIELD_GROUPS[group]]
    values = (readable(column, getattr(customer, column.name)) for column in columns)
    return "\n".join(filter(None, values))


def _compared_lists(files: ThreeFiles) -> Iterator[ComparedList]:
    yield ComparedList(_("Phone numbers"), *([str(p) for p in file.phones] for file in files))
    yield ComparedList(
        _("Vehicles"),
        *(
            [f"{held.vehicle} ({held.get_relation_display()})" for held in file.relations]
            for file in files
        ),
    )
    yield ComparedList(
        _("Do not contact"),
        *([str(no) for no in file.refusals if no.lifted_on is None] for file in files),
    )
    for model in files[0].counts:
        counts = ([str(file.counts[model])] if file.counts[model] else [] for file in files)
        yield ComparedList(capfirst(str(model._meta.verbose_name_plural)), *counts)


def _going_back(done: Merge) -> list[tuple[str, int]]:
    """Return what the undoing moves back, by kind, and how many."""
    return [
        (str(apps.get_model(step["moved"])._meta.verbose_name_plural), len(step["keys"]))
        for step in done.steps
        if "moved" in step
    ]
