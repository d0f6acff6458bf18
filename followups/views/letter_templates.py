"""The texts of letters: listed by language, changed with a picture of what they will look like."""

from __future__ import annotations

from base64 import b64encode
from copy import copy
from http import HTTPStatus
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersales import days
from aftersales.changes import changes
from aftersales.http import StaffRequest
from aftersales.models import Language
from aftersales.refusals import ChangedMeanwhile
from customers.views.conflicts import compared
from followups.forms.letters import TemplateForm
from followups.letters import sample, typesetting
from followups.letters.placeholders import PLACEHOLDERS
from followups.models import LetterKind, LetterTemplate
from followups.services import letter_templates as services
from followups.views.letters import pdf
from workshop.views.orders import explain

CHANGES_SHOWN = 30


@require_safe
def letter_templates(request: StaffRequest) -> HttpResponse:
    """List the templates: a row for each name, its languages side by side."""
    LetterTemplate.objects.in_use()
    found = LetterTemplate.objects.order_by("kind", "name", "-is_active", "pk")
    rows = []
    for (kind, name), alike in groupby(found, key=lambda each: (each.kind, each.name)):
        texts: dict[str, LetterTemplate] = {}
        for each in alike:
            texts.setdefault(each.language, each)
        rows.append((LetterKind(kind), name, [(lang, texts.get(lang)) for lang in Language]))
    context = {"rows": rows, "languages": Language}
    return render(request, "followups/letters/templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create_letter_template(request: StaffRequest) -> HttpResponse:
    """Write a new template; the address may say for which kind, name and language."""
    asked = {
        name: request.GET[name] for name in ("kind", "name", "language") if name in request.GET
    }
    form = TemplateForm(request.POST or None, initial={"is_active": True, **asked})
    if form.is_valid():
        try:
            template = services.create(by=request.user, **form.changes)
        except ValidationError as error:
            explain(form, error)
        else:
            messages.success(request, _("The template is saved."))
            return redirect(template)
    return _page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def letter_template(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a template beside its other languages, with its history, and change it."""
    shown = get_object_or_404(LetterTemplate, pk=pk)
    # The form writes what was typed into its instance; the page still names the saved one.
    form = TemplateForm(
        request.POST or None, instance=copy(shown), initial={"version": shown.version}
    )
    if form.is_valid():
        try:
            services.change(
                pk,
                by=request.user,
                version=form.cleaned_data["version"] or 0,
                changes=form.changes,
            )
        except ChangedMeanwhile as conflict:
            found = compared(form, form.changes, conflict)
            return _page(request, found.pop("form", form), shown, HTTPStatus.CONFLICT, **found)
        except ValidationError as error:
            explain(form, error)
        else:
            messages.success(request, _("The template is saved."))
            return redirect(shown)
    return _page(request, form, shown)


@require_POST
def preview_letter_template(request: StaffRequest) -> HttpResponse:
    """Show what is being typed as a letter to an invented customer; nothing is saved."""
    form = TemplateForm(request.POST)
    problems: list[str] = []
    try:
        services.check(subject=request.POST.get("subject", ""), body=request.POST.get("body", ""))
    except ValidationError as error:
        problems = error.messages
    language = request.POST.get("language", "")
    paper = sample.letter(
        language=language if language in Language.values else Language.ENGLISH,
        subject=request.POST.get("subject", ""),
        body=request.POST.get("body", ""),
        handler=request.user,
        today=days.today(),
        mark=pgettext("letter", "Preview"),
    )
    if "pdf" in request.POST:
        return pdf(typesetting.draw(paper, now=timezone.now()), "preview.pdf")
    context = {"form": form, "problems": problems, "pages": as_images(paper)}
    return render(request, "followups/letters/_paper.html", context)


def as_images(paper: typesetting.Letter) -> list[str]:
    """Return the pages of a letter as pictures that a page can hold."""
    pages = typesetting.pictures(paper)
    return [f"data:image/png;base64,{b64encode(page).decode()}" for page in pages]


def _page(
    request: StaffRequest,
    form: TemplateForm,
    shown: LetterTemplate | None,
    status: int = HTTPStatus.OK,
    **more: Any,
) -> HttpResponse:
    if form.is_bound and status == HTTPStatus.OK:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context: dict[str, Any] = {
        "form": form,
        "template": shown,
        "placeholders": PLACEHOLDERS,
        **more,
    }
    if shown:
        alike = LetterTemplate.objects.filter(kind=shown.kind, name=shown.name, is_active=True)
        context["others"] = alike.exclude(pk=shown.pk)
        context["history"] = changes(LetterTemplate, Q(pgh_obj=shown.pk), limit=CHANGES_SHOWN)
    return render(request, "followups/letters/template.html", context, status=status)
