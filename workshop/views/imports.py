"""Pages of an import, from the file to the preview; what follows is in `running_imports`."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersales import keyset
from aftersales.http import StaffRequest
from aftersales.refusals import Refusal
from workshop.forms.imports import EncodingForm, UploadForm
from workshop.forms.layouts import LayoutForm
from workshop.imports import sample
from workshop.imports.layout import Layout, suggest
from workshop.models import Import, ImportState
from workshop.services import imports

ROWS = 50


def import_of(request: StaffRequest, pk: int) -> Import:
    """Return an import that this person may see, or answer 404."""
    people = Import.objects.select_related("created_by", "confirmed_by", "undone_by")
    return get_object_or_404(people.visible_to(request.user), pk=pk)


@require_safe
def list_imports(request: StaffRequest) -> HttpResponse:
    """List the imports, the newest first."""
    after = request.GET.get("after", "")
    place = (int(after), int(after)) if after.isdecimal() and len(after) < 10 else None
    visible = Import.objects.visible_to(request.user)
    found = visible.select_related("created_by").defer("inspection", "layout")
    page = keyset.page(found, keyset.Order("id", descending=True), size=ROWS, place=place)
    return render(request, "workshop/imports/list.html", {"page": page, "last": page.rows[-1:]})


@require_http_methods(["GET", "HEAD", "POST"])
def upload_import(request: StaffRequest) -> HttpResponse:
    """Take a file."""
    form = UploadForm(request.POST or None, request.FILES or None, label_suffix="")
    if form.is_valid():
        said = form.cleaned_data
        layout = form.chosen_layout()
        try:
            batch = imports.upload(said["file"], kind=said["kind"], by=request.user, layout=layout)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            _say_if_known(request, batch)
            return redirect("workshop:import-columns", batch.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "workshop/imports/upload.html", {"form": form}, status=status)


def _say_if_known(request: StaffRequest, batch: Import) -> None:
    """Say that the same file was imported before: doing it again changes nothing."""
    same = Import.objects.filter(file_hash=batch.file_hash, state=ImportState.DONE)
    if earlier := same.order_by("-finished_at").first():
        messages.info(
            request,
            _("This very file was imported on %(day)s. What is in already stays unchanged.")
            % {"day": timezone.localtime(earlier.finished_at).strftime("%Y-%m-%d")},
        )


@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: StaffRequest, pk: int) -> HttpResponse:
    """Say which column is what, with the first rows as they would be read."""
    batch = import_of(request, pk)
    if not batch.has_written_nothing:
        return redirect(batch)
    if batch.inspection["encodings"]:
        context = {"import": batch, "form": EncodingForm(batch)}
        return render(request, "workshop/imports/encoding.html", context)
    layout = _present(batch)
    form = LayoutForm(batch, layout, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        layout = form.cleaned_data["layout"]
        if "read" in request.POST and not form.has_new_words:
            return _start(request, batch, form)
    status = HTTPStatus.OK
    if form.is_bound and form.errors:
        # Somebody who is still choosing columns is not shown what is missing yet.
        status = HTTPStatus.UNPROCESSABLE_ENTITY if "read" in request.POST else HTTPStatus.OK
    context = {
        "import": batch,
        "form": form,
        "asks_again": form.has_new_words and "read" in request.POST,
        "shows_errors": "read" in request.POST,
        **_sample(batch, layout),
    }
    return render(request, "workshop/imports/columns.html", context, status=status)


def _start(request: StaffRequest, batch: Import, form: LayoutForm) -> HttpResponse:
    layout = form.cleaned_data["layout"]
    try:
        imports.start_reading(batch.pk, layout)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        if name := form.cleaned_data["save_as"]:
            imports.save_profile(batch.kind, name, layout)
    return redirect(batch)


def _present(batch: Import) -> Layout:
    """Return how the file is read so far, without columns that it does not have."""
    found = batch.inspection
    if not batch.layout:
        return suggest(batch.kind, found["headings"], found["values"])
    return Layout.from_json(batch.layout).fitted(found["headings"])


def _sample(batch: Import, layout: Layout) -> dict[str, object]:
    """Return the first rows as they would be read, if the layout is complete."""
    try:
        layout.check(batch.kind, batch.inspection["headings"])
    except Refusal as refusal:
        return {"incomplete": str(refusal)}
    return {
        "sample_labels": sample.labels(layout),
        "sample_rows": sample.rows(batch, layout, now=timezone.now()),
    }


@require_POST
def choose_encoding(request: StaffRequest, pk: int) -> HttpResponse:
    """Say in which encoding the file is written."""
    batch = import_of(request, pk)
    form = EncodingForm(batch, request.POST)
    if form.is_valid():
        try:
            imports.choose_encoding(pk, form.cleaned_data["encoding"])
        except Refusal as refusal:
            messages.error(request, str(refusal))
    return redirect("workshop:import-columns", pk)


@require_POST
def discard_import(request: StaffRequest, pk: int) -> HttpResponse:
    """Throw away an import that has written nothing."""
    batch = import_of(request, pk)
    try:
        imports.discard(pk)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(batch)
    messages.success(request, _("The import was discarded; nothing was written."))
    return redirect(reverse("workshop:imports"))
