"""Pages of an import that is read: preview, progress, report, undo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from aftersales.http import StaffRequest
from aftersales.refusals import Refusal
from workshop.imports import preview, progress, rejected
from workshop.imports.undoing import Kept, UndoCount
from workshop.models import Import, ImportRow, ImportState, Verdict
from workshop.services import import_work, imports
from workshop.views.imports import import_of

ROWS = 50
KEPT_SHOWN = 100
NOTED = "noted"


@require_safe
def show_import(request: StaffRequest, pk: int) -> HttpResponse:
    """Show an import as it stands: what would happen, what is happening, what has happened."""
    batch = import_of(request, pk)
    if batch.state == ImportState.UPLOADED:
        return redirect("workshop:import-columns", pk)
    if batch.is_at_work:
        context = {"import": batch, "progress": progress.told(pk)}
        return render(request, "workshop/imports/at_work.html", context)
    context = {"import": batch, **_rows(request, batch)}
    return render(request, "workshop/imports/import.html", context)


def _rows(request: StaffRequest, batch: Import) -> dict[str, Any]:
    """Return a page of the rows, all or those of one verdict, by keyset over the row number."""
    shown = request.GET.get("show", "")
    found = ImportRow.objects.filter(batch=batch)
    if shown in Verdict.values:
        found = found.filter(verdict=shown)
    elif shown == NOTED:
        found = found.noted()
    after, before = (_row_no(request.GET.get(name, "")) for name in ("after", "before"))
    if before:
        found = found.filter(row_no__lt=before).order_by("-row_no")
    else:
        found = found.filter(row_no__gt=after).order_by("row_no")
    rows = list(found[: ROWS + 1])
    has_more, rows = len(rows) > ROWS, rows[:ROWS]
    if before:
        rows.reverse()
    has_previous = has_more if before else after > 0
    has_next = has_more or before > 0
    return {
        "shown": shown,
        "labels": preview.labels(batch),
        "rows": preview.rows(batch, rows),
        "previous": rows[0].row_no if rows and has_previous else None,
        "next": rows[-1].row_no if rows and has_next else None,
        "counts": batch.counts.get("verdicts", {}),
        "odd": preview.odd(batch),
        "undone": preview.undone(batch),
    }


def _row_no(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@require_safe
def import_progress(request: StaffRequest, pk: int) -> HttpResponse:
    """Show how far the worker is; once it has come to an end, the page of the import."""
    batch = import_of(request, pk)
    if not batch.is_at_work:
        return HttpResponseClientRedirect(batch.get_absolute_url())
    context = {"import": batch, "progress": progress.told(pk)}
    return render(request, "workshop/imports/_progress.html", context)


@require_POST
def confirm_import(request: StaffRequest, pk: int) -> HttpResponse:
    """Write what the preview shows."""
    batch = import_of(request, pk)
    try:
        imports.confirm(pk, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(batch)


@require_http_methods(["GET", "HEAD", "POST"])
def undo_import(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what undoing would do and what would stay; then do it."""
    batch = import_of(request, pk)
    if request.method == "POST":
        try:
            imports.undo(pk, by=request.user, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect(batch)
    if batch.state != ImportState.DONE:
        return redirect(batch)
    counts, kept = import_work.plan_undo(pk, limit=KEPT_SHOWN)
    context = {"import": batch, "counts": _named(counts), "kept": _found(kept)}
    return render(request, "workshop/imports/undo.html", context)


def _named(counts: Iterable[UndoCount]) -> list[tuple[str, UndoCount]]:
    return [
        (capfirst(str(apps.get_model(each.model)._meta.verbose_name_plural)), each)
        for each in counts
    ]


def _found(kept: Iterable[Kept]) -> list[tuple[Any, str]]:
    """Return the objects themselves, with why they stay."""
    by_model: dict[str, dict[int, str]] = defaultdict(dict)
    for each in kept:
        by_model[each.model][each.object_id] = each.why
    return [
        (row, whys[row.pk])
        for label, whys in by_model.items()
        for row in apps.get_model(label)._base_manager.in_bulk(list(whys)).values()
    ]


@require_safe
def rejected_rows(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Hand out the rejected rows as a file that can be corrected and imported again."""
    batch = import_of(request, pk)
    response = StreamingHttpResponse(rejected.lines(batch), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=rejected.file_name(batch)
    )
    return response
