"""What a batch brings to paper: the letters themselves, labels, the list for the post."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aftersales.http import StaffRequest
from followups.forms.letters import LabelsForm
from followups.letters import typesetting
from followups.letters.typesetting import PRINTED_TOGETHER
from followups.models import DeliveryChannel, LetterFile
from followups.registers import letter_register
from followups.services.letter_batches import MOST_LETTERS
from followups.views.letter_batches import batch_of
from followups.views.letters import pdf


@require_safe
def print_letters(request: StaffRequest, pk: int, part: int) -> HttpResponse:
    """Hand out the archived letters of a batch as one file, by the hundreds if there are many."""
    batch = batch_of(request.user, pk)
    if not 1 <= part <= MOST_LETTERS / PRINTED_TOGETHER:
        raise Http404
    first = (part - 1) * PRINTED_TOGETHER
    files = (
        LetterFile.objects.filter(letter__batch=batch)
        .order_by("letter__year", "letter__number")
        .values_list("content", "pages")[first : first + PRINTED_TOGETHER]
    )
    contents = [(bytes(content), pages) for content, pages in files]
    if not contents:
        raise Http404
    language = get_language() or "en"
    printed = typesetting.again(contents, mark="", language=language, now=timezone.now())
    return pdf(printed, f"letters-{pk}-{part}.pdf")


@require_safe
def print_labels(request: StaffRequest, pk: int) -> HttpResponse:
    """Hand out address labels for the letters of a batch, leaving used places free."""
    batch = batch_of(request.user, pk)
    form = LabelsForm(request.GET)
    skipped = form.cleaned_data["skipped"] if form.is_valid() else 0
    addresses = [
        typesetting.address_lines(
            letter.language,
            name=letter.customer_name,
            address=letter.address,
            postal_code=letter.postal_code,
        )
        for letter in letter_register.of_batch(batch)
    ]
    return pdf(typesetting.labels(addresses, skipped=skipped), f"labels-{pk}.pdf")


@require_safe
def posting_list(request: StaffRequest, pk: int) -> HttpResponse:
    """Hand out the list of a batch that goes along to the post."""
    batch = batch_of(request.user, pk)
    letters = letter_register.of_batch(batch).filter(channel=DeliveryChannel.POST)
    rows = [
        [
            str(number),
            letter.letter_no,
            letter.customer_name,
            letter.address,
            letter.postal_code,
            letter.remarks,
        ]
        for number, letter in enumerate(letters, 1)
    ]
    about = _("%(kind)s, issued on %(day)s") % {
        "kind": batch.get_kind_display(),
        "day": formats.date_format(batch.issued_at or batch.created_at, "SHORT_DATE_FORMAT"),
    }
    return pdf(typesetting.posting_list(rows, about=about), f"posting-list-{pk}.pdf")
