"""The letter register as it is read (form F4): its lines, and what became of each letter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import ChoiceFilter, FilterSet, ModelChoiceFilter
from import_export.fields import Field

from aftersales import days
from aftersales.exports import ListResource
from aftersales.models import User
from followups.filters.calls import standing_in, visible_customers
from followups.models import (
    Campaign,
    DeliveryChannel,
    Letter,
    LetterBatch,
    LetterEvent,
    LetterEventKind,
    LetterKind,
    LetterQuerySet,
)
from followups.models.letter import LEFT
from workshop.filters import shop_day

HERE, OUT = "here", "out"
STANDS = [
    (HERE, pgettext_lazy("letter", "Not posted yet")),
    (OUT, pgettext_lazy("letter", "Posted or sent")),
    (LetterEventKind.RETURNED, LetterEventKind.RETURNED.label),
    (LetterEventKind.ANSWERED, LetterEventKind.ANSWERED.label),
]


def lines(user: User) -> LetterQuerySet:
    """Return the lines that `user` may see, with what a row shows.

    Each carries `out_on`, `returned_on` and `answered_on`, empty where nobody noted it.
    """
    return (
        Letter.objects.visible_to(user)
        .select_related("handler", "campaign", "call")
        .annotate(
            out_on=_day_of(*LEFT),
            returned_on=_day_of(LetterEventKind.RETURNED),
            answered_on=_day_of(LetterEventKind.ANSWERED),
        )
    )


def follows(letter: Letter) -> str:
    """Return the campaign or the call that a letter follows, in words (F4, field 8)."""
    parts = [str(letter.campaign or ""), letter.call.record_no if letter.call else ""]
    return " · ".join(filter(None, parts))


def _day_of(*kinds: LetterEventKind) -> Subquery:
    noted = LetterEvent.objects.filter(letter=OuterRef("pk"), kind__in=kinds)
    return Subquery(noted.order_by("-on", "-pk").values("on")[:1])


def _visible_campaigns(request: Any) -> QuerySet[Campaign]:
    return Campaign.objects.visible_to(request.user)


class LetterFilters(FilterSet):
    day_from = shop_day("issued_at", "gte", _("From"))
    day_until = shop_day("issued_at", "lte", _("Until"))
    kind = ChoiceFilter(label=_("Kind"), empty_label=_("All"), choices=LetterKind.choices)
    channel = ChoiceFilter(
        label=_("Delivery"), empty_label=_("All"), choices=DeliveryChannel.choices
    )
    state = ChoiceFilter(
        label=_("State"), empty_label=_("All"), choices=STANDS, method="standing_at"
    )
    campaign = ModelChoiceFilter(
        label=_("Campaign"), empty_label=_("All"), queryset=_visible_campaigns
    )
    handler = ModelChoiceFilter(
        label=_("Handled by"),
        empty_label=_("All"),
        queryset=lambda request: standing_in(Letter.objects.filter(handler=OuterRef("pk"))),
    )
    customer = ModelChoiceFilter(
        label=_("Customer"), queryset=visible_customers, widget=forms.HiddenInput
    )
    batch = ModelChoiceFilter(
        label=_("Issued with"),
        queryset=lambda request: LetterBatch.objects.visible_to(request.user),
        widget=forms.HiddenInput,
    )

    def standing_at(self, found: LetterQuerySet, _name: str, state: str) -> QuerySet[Letter]:
        if state == HERE:
            return found.still_here()
        kinds = LEFT if state == OUT else (state,)
        return found.filter(
            Exists(LetterEvent.objects.filter(letter=OuterRef("pk"), kind__in=kinds))
        )


class LetterResource(ListResource):
    """The columns of form F4."""

    letter_no = Field("letter_no", column_name=_("letter no."))
    follows = Field(column_name=_("follows"))
    out_on = Field("out_on", column_name=_("posted or sent"))
    returned_on = Field("returned_on", column_name=_("came back"))
    answered_on = Field("answered_on", column_name=_("answered"))
    handler = Field("handler__name", column_name=_("handled by"))
    archived_on = Field(column_name=_("archived"))

    class Meta:
        model = Letter
        fields = [
            "letter_no",
            "kind",
            "customer_name",
            "address",
            "postal_code",
            "recipient",
            "plate",
            "subject",
            "follows",
            "told_on",
            "due_on",
            "out_on",
            "channel",
            "returned_on",
            "answered_on",
            "handler",
            "archived_on",
            "remarks",
            "pdf_hash",
        ]
        export_order = fields

    def dehydrate_follows(self, letter: Any) -> str:
        return follows(letter)

    def dehydrate_archived_on(self, letter: Any) -> Any:
        return days.local_date(letter.issued_at)


def of_batch(batch: LetterBatch) -> QuerySet[Letter]:
    """Return the letters of a batch in the order of their numbers."""
    return Letter.objects.filter(batch=batch).order_by(F("year"), F("number"))
