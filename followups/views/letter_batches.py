"""Letters in preparation: for a list of customers; looked at, thinned out, issued, posted."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from aftersales import days
from aftersales.http import StaffRequest
from aftersales.lists import ListPage
from aftersales.models import User
from aftersales.refusals import Refusal
from customers.models import Customer
from customers.views.lists import CUSTOMERS
from followups.calling.unreachable import unreachable
from followups.forms.letters import DayForm, LabelsForm, LeaveOutForm, PrepareForm
from followups.letters.drafts import drafts
from followups.letters.obstacles import Obstacles, find, found_before
from followups.letters.typesetting import PRINTED_TOGETHER
from followups.models import BatchState, LetterBatch, LetterKind
from followups.services import letter_batches, letter_events, letters
from followups.views.letter_templates import as_images

ROWS = 50
BATCHES_SHOWN = 50
LOOKED_THROUGH_AT_ONCE = 500  # a sixth of a second
UNREACHABLE = "unreachable"
NARROWED = {"ready": Obstacles.ready, "left_out": Obstacles.left_out}


@require_http_methods(["GET", "HEAD", "POST"])
def prepare_letters(request: StaffRequest) -> HttpResponse:
    """Prepare letters to the customers of a list, or to all whom nobody could reach (R-37)."""
    chosen: QuerySet[Customer]
    visible = Customer.objects.visible_to(request.user)
    if request.GET.get("list") == UNREACHABLE:
        page, kinds = None, [LetterKind.CONTACT_CHECK]
        chosen = visible.filter(pk__in=unreachable().values("customer"))
    else:
        page, kinds = ListPage(CUSTOMERS, visible, request), [*LetterKind]
        chosen = page.found
    form = PrepareForm(request.POST or None, kinds=[str(kind) for kind in kinds])
    if form.is_valid() and not (page and page.has_wrong_filters):
        kind, name = form.cleaned_data["template"]
        try:
            batch = letter_batches.prepare_batch(
                kind=LetterKind(kind),
                template_name=name,
                channel=form.cleaned_data["channel"],
                customers=chosen,
                by=request.user,
                operation=form.cleaned_data["operation"],
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(batch)
    count = chosen.order_by().values("pk")[: letter_batches.MOST_LETTERS + 1].count()
    context = {"form": form, "page": page, "count": count, "most": letter_batches.MOST_LETTERS}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "followups/letters/prepare.html", context, status=status)


@require_safe
def letter_batches_list(request: StaffRequest) -> HttpResponse:
    """List what is being prepared or was issued together, the newest first."""
    found = LetterBatch.objects.visible_to(request.user).select_related("created_by", "campaign")
    found = found.annotate(
        many=Count("items"), written=Count("items", filter=Q(items__letter__isnull=False))
    )
    return render(request, "followups/letters/batches.html", {"batches": found[:BATCHES_SHOWN]})


@require_safe
def letter_batch(request: StaffRequest, pk: int) -> HttpResponse:
    """Show to whom a batch writes, whom it leaves out and why, and what can be done with it."""
    batch = batch_of(request.user, pk)
    if batch.state == BatchState.DRAFT:
        return _draft_page(request, batch)
    return render(request, "followups/letters/batch.html", _so_far(batch))


@require_safe
def letter_batch_progress(request: StaffRequest, pk: int) -> HttpResponse:
    """Show how many letters are issued; once all are, the page of the batch."""
    batch = batch_of(request.user, pk)
    if batch.state != BatchState.ISSUING:
        return HttpResponseClientRedirect(batch.get_absolute_url())
    return render(request, "followups/letters/_progress.html", _so_far(batch))


@require_safe
def preview_letter(request: StaffRequest, pk: int, item: int) -> HttpResponse:
    """Show one letter of a batch as it would be issued, and lead to the next; writes nothing."""
    batch = batch_of(request.user, pk)
    shown = get_object_or_404(batch.items.all(), pk=item)
    now = timezone.now()
    [draft] = drafts(batch, batch.items.filter(pk=shown.pk), handler=request.user, now=now)
    paper = draft.on_paper(
        dated=days.local_date(now), handler=request.user, mark=pgettext("letter", "Preview")
    )
    context = {
        "batch": batch,
        "draft": draft,
        "pages": as_images(paper),
        "place": batch.items.filter(pk__lte=shown.pk).count(),
        "many": batch.items.count(),
        "previous": batch.items.filter(pk__lt=shown.pk).order_by("-pk").first(),
        "next": batch.items.filter(pk__gt=shown.pk).order_by("pk").first(),
    }
    return render(request, "followups/letters/preview.html", context)


@require_POST
def leave_out_letters(request: StaffRequest, pk: int) -> HttpResponse:
    """Leave customers out of a batch with a reason, or take them in again."""
    batch = batch_of(request.user, pk)
    form = LeaveOutForm(request.POST, items=list(batch.items.values_list("pk", flat=True)))
    takes_in = "take_in" in request.POST
    if takes_in:
        form.fields["because"].required = False
    if not form.is_valid():
        text = _("Mark at least one customer, and say why he is left out.")
        messages.error(request, text)
        return redirect(_back(request, batch))
    chosen, because = form.cleaned_data["items"], form.cleaned_data["because"]
    try:
        if takes_in:
            letter_batches.take_in(pk, chosen, by=request.user)
        else:
            letter_batches.leave_out(pk, chosen, because=because, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(_back(request, batch))


@require_POST
def issue_letters(request: StaffRequest, pk: int) -> HttpResponse:
    """Issue a batch: the first letters at once, the others by a worker."""
    batch = batch_of(request.user, pk)
    try:
        letters.start(pk, by=request.user, now=timezone.now())
        letters.issue_some(pk, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(batch)


@require_POST
def discard_letters(request: StaffRequest, pk: int) -> HttpResponse:
    """Give up letters that were not issued."""
    batch = batch_of(request.user, pk)
    try:
        letter_batches.discard(pk, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(batch)
    messages.success(request, _("The letters are discarded; none of them was issued."))
    return redirect("followups:letter-batches")


@require_POST
def post_letters(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down that the letters of a batch were posted on a day."""
    batch = batch_of(request.user, pk)
    form = DayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say on which day they were posted."))
        return redirect(batch)
    try:
        count = letter_events.note_batch_posted(
            batch, on=form.cleaned_data["on"], by=request.user, today=days.today()
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        text = ngettext(
            "%(count)s letter is noted as posted.", "%(count)s letters are noted as posted.", count
        )
        messages.success(request, text % {"count": count})
    return redirect(batch)


def batch_of(user: User, pk: int) -> LetterBatch:
    """Return a batch that the person may see."""
    found: QuerySet[LetterBatch] = LetterBatch.objects.visible_to(user)
    return get_object_or_404(found.select_related("created_by", "issued_by", "campaign"), pk=pk)


def _draft_page(request: StaffRequest, batch: LetterBatch) -> HttpResponse:
    """Show some of the letters as they are now, and what was counted over all of them."""
    now, show = timezone.now(), request.GET.get("show", "")
    items = batch.items.order_by("pk")
    many = items.count()
    narrow = NARROWED.get(show)
    found = _obstacles(request, batch, many, now, is_needed=narrow is not None)
    narrowed = narrow(found, items) if narrow and found else items
    ready = found.ready(items).count() if found else 0
    first = _first(request.GET.get("from", ""))
    context: dict[str, Any] = {
        "batch": batch,
        "show": show,
        "rows": drafts(batch, narrowed[first : first + ROWS], handler=request.user, now=now),
        "first": first,
        "previous": max(first - ROWS, 0) if first else None,
        "next": first + ROWS if narrowed[first + ROWS :].exists() else None,
        "many": many,
        "found": found,
        "ready": ready,
        "left_out": many - ready,
    }
    return render(request, "followups/letters/draft.html", context)


def _obstacles(
    request: StaffRequest, batch: LetterBatch, many: int, now: datetime, *, is_needed: bool
) -> Obstacles | None:
    """Return what stands in the way; None if a large batch's page is to stand before it asks."""
    asks = many <= LOOKED_THROUGH_AT_ONCE or "count" in request.GET
    found = None if asks else found_before(batch)
    if found is None and (asks or is_needed):
        found = find(batch, handler=request.user, now=now)
    return found


def _so_far(batch: LetterBatch) -> dict[str, Any]:
    """Return how far the issue of a batch is, and who was left out."""
    out = batch.items.exclude(left_out_because="", obstacle="").select_related("customer")
    return {
        "batch": batch,
        "many": batch.items.count(),
        "done": batch.items.filter(letter__isnull=False).count(),
        "left_out": out[:ROWS],
        "left_out_count": out.count(),
        "here": batch.letters.all().still_here().count(),
        "first": batch.letters.order_by("year", "number").first(),
        "last": batch.letters.order_by("year", "number").last(),
        "day_form": DayForm(initial={"on": days.today()}),
        "labels_form": LabelsForm(),
        "parts": range(1, -(-batch.letters.count() // PRINTED_TOGETHER) + 1),
    }


def _first(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _back(request: StaffRequest, batch: LetterBatch) -> str:
    """Return where the form stood: a page of the list, or one letter."""
    item = request.POST.get("preview", "")
    if item.isascii() and item.isdecimal() and len(item) < 19:
        return f"{batch.get_absolute_url()}letters/{item}/"
    first, show = _first(request.POST.get("from", "")), request.POST.get("show", "")
    known = show if show in NARROWED else ""
    return f"{batch.get_absolute_url()}?show={known}&from={first}"
