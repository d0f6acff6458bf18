"""The letter register: as a list, as a file, as form F4; one letter and what became of it."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from aftersales import days, keyset
from aftersales.exports import export
from aftersales.http import StaffRequest
from aftersales.keyset import Order
from aftersales.lists import Column, Listing, ListPage
from aftersales.models import User
from aftersales.refusals import Refusal
from followups.forms.letters import NoteForm
from followups.letters import typesetting
from followups.models import Letter, LetterEventKind
from followups.models.letter import LEFT
from followups.registers import letter_register
from followups.registers.letter_register import LetterFilters, LetterResource
from followups.services import letter_events
from followups.views.register import MOST_PRINTED
from workshop.views.orders import explain


def _counted(count: int) -> str:
    return ngettext("%(count)s letter", "%(count)s letters", count) % {"count": f"{count:,}"}


LETTERS = Listing(
    route="followups:letters",
    export_route="followups:export-letters",
    columns=(
        Column("number", gettext_lazy("Letter no."), order_by="year", tie="number"),
        Column("issued", gettext_lazy("Issued"), order_by="issued_at"),
        Column("kind", gettext_lazy("Kind")),
        Column("customer", gettext_lazy("Customer")),
        Column("address", gettext_lazy("Address"), shown=False),
        Column("subject", gettext_lazy("Subject")),
        Column("follows", gettext_lazy("Follows"), shown=False),
        Column("told", gettext_lazy("Told by telephone"), shown=False),
        Column("due", gettext_lazy("Due")),
        Column("out", gettext_lazy("Posted or sent")),
        Column("channel", gettext_lazy("Delivery")),
        Column("returned", gettext_lazy("Came back"), shown=False),
        Column("answered", gettext_lazy("Answered"), shown=False),
        Column("handler", gettext_lazy("Handled by")),
    ),
    filters=LetterFilters,
    order="-number",
    counted=_counted,
)


@require_safe
def letters(request: StaffRequest) -> HttpResponse:
    """List the letters, the last issued first."""
    page = ListPage(LETTERS, letter_register.lines(request.user), request)
    template = "lists/_filters.html" if request.htmx else "followups/letters/list.html"
    return render(request, template, {"page": page, "today": days.today()})


@require_safe
def export_letters(request: StaffRequest, file_format: str) -> HttpResponseBase:
    """Hand out the register, all of it, as a file."""
    page = ListPage(LETTERS, letter_register.lines(request.user), request)
    return export(page, LetterResource(), file_format=file_format, by=request.user)


@require_safe
def letter_register_form(request: StaffRequest) -> HttpResponse:
    """Show the lines as form F4 is printed: in the order of the numbers, unless asked otherwise."""
    page = ListPage(LETTERS, letter_register.lines(request.user), request)
    order = page.order if "order" in page.query else Order("year", tie="number")
    printed = keyset.page(page.found, order, size=MOST_PRINTED, place=None)
    context = {"page": page, "lines": printed.rows, "is_cut": printed.has_next}
    return render(request, "followups/letters/form.html", context)


@require_safe
def letter(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the line of a letter and what became of it."""
    return _page(request, _seen(request.user, pk), None)


@require_safe
def letter_file(request: StaffRequest, pk: int) -> HttpResponse:
    """Hand out the archived file, byte for byte; with `copy` its reprint, marked as such."""
    shown = _seen(request.user, pk)
    content = bytes(shown.file.content)
    name = f"{shown.letter_no}.pdf"
    if "copy" in request.GET:
        with translation.override(shown.language):
            mark = pgettext("letter", "Copy")
        file = (content, shown.file.pages)
        now = timezone.now()
        content = typesetting.again([file], mark=mark, language=shown.language, now=now)
        name = f"{shown.letter_no}-copy.pdf"
    return pdf(content, name)


@require_POST
def note_letter(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down that a letter was posted, came back, or was answered."""
    shown = _seen(request.user, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            letter_events.note(
                pk,
                LetterEventKind(said["kind"]),
                on=said["on"],
                note=said["note"],
                by=request.user,
                today=days.today(),
            )
        except (ValidationError, Refusal) as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("It is noted."))
            return redirect(shown)
    return _page(request, shown, form)


def pdf(content: bytes, name: str) -> HttpResponse:
    """Answer with a PDF that the browser shows."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _seen(user: User, pk: int) -> Letter:
    found = letter_register.lines(user).select_related(
        "handler", "campaign", "call", "matter", "follow_up", "batch", "customer"
    )
    return get_object_or_404(found, pk=pk)


def _page(request: StaffRequest, shown: Letter, form: NoteForm | None) -> HttpResponse:
    events = list(shown.events.select_related("noted_by"))
    is_out = any(event.kind in LEFT for event in events)
    usual = LetterEventKind.RETURNED if is_out else LetterEventKind.POSTED
    context = {
        "letter": shown,
        "events": events,
        "is_out": is_out,
        "today": days.today(),
        "form": form or NoteForm(initial={"on": days.today(), "kind": usual}),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form else HTTPStatus.OK
    return render(request, "followups/letters/letter.html", context, status=status)
