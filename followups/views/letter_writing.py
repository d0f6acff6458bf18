"""One letter: from the call desk, a customer's page, a call or a matter."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from aftersales import days
from aftersales.http import StaffRequest
from aftersales.refusals import Refusal
from customers.models import Customer
from followups.forms.letters import LetterForm, template_choices
from followups.letters.drafts import Draft, draft_of
from followups.models import (
    BatchItem,
    Call,
    DeliveryChannel,
    FollowUp,
    Kind,
    LetterBatch,
    LetterKind,
    Matter,
)
from followups.services import letters
from followups.views.letter_templates import as_images


@dataclass(frozen=True)
class Occasion:
    """To whom a letter goes and what it follows from, as the address says."""

    customer: Customer
    call: Call | None
    matter: Matter | None
    follow_up: FollowUp | None

    @property
    def kind(self) -> LetterKind:
        if self.matter:
            return LetterKind.REPLY
        if self.follow_up and self.follow_up.kind == Kind.CAMPAIGN_LETTER:
            return LetterKind.INVITATION
        return LetterKind.CONTACT_CHECK

    @property
    def campaign(self) -> Any:
        owed = self.follow_up
        return owed.invitation.campaign if owed and owed.invitation else None

    def item(self, **words: str) -> BatchItem:
        return BatchItem(
            customer=self.customer,
            call=self.call,
            matter=self.matter,
            follow_up=self.follow_up,
            **words,
        )


@require_http_methods(["GET", "HEAD", "POST"])
def write_letter(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Write one letter from a template and issue it; `template` and `channel` fill it in anew."""
    occasion = _occasion(request, customer_id)
    form = LetterForm(request.POST or None, initial=_initial(request, occasion))
    if form.is_valid():
        said = form.cleaned_data
        kind, name = said["template"]
        try:
            letter = letters.issue_one(
                occasion.item(subject=said["subject"], body=said["body"]),
                kind=LetterKind(kind),
                template_name=name,
                channel=said["channel"],
                by=request.user,
                operation=said["operation"],
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(letter)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    address = reverse("followups:preview-written-letter", args=[customer_id])
    context = {
        "form": form,
        "occasion": occasion,
        "preview_url": f"{address}?{request.GET.urlencode()}",
        **_preview(request, occasion, _words(form)),
    }
    return render(request, "followups/letters/write.html", context, status=status)


@require_POST
def preview_written_letter(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show the letter that is being typed; nothing is saved."""
    occasion = _occasion(request, customer_id)
    form = LetterForm(request.POST)
    form.is_valid()
    context = _preview(request, occasion, _words(form))
    return render(request, "followups/letters/_paper.html", context)


def _occasion(request: StaffRequest, customer_id: int) -> Occasion:
    user = request.user
    customer = get_object_or_404(Customer.objects.visible_to(user), pk=customer_id)
    found = {
        "call": Call.objects.visible_to(user).of(customer),
        "matter": Matter.objects.visible_to(user).filter(customer=customer),
        "follow_up": FollowUp.objects.visible_to(user)
        .open()
        .filter(customer=customer, kind=Kind.CAMPAIGN_LETTER)
        .select_related("invitation__campaign"),
    }
    named: dict[str, Any] = {}
    for name, rows in found.items():
        key = request.GET.get(name, "")
        is_key = key.isascii() and key.isdecimal() and len(key) < 19
        named[name] = get_object_or_404(rows, pk=key) if is_key else None
    matter = named["matter"]
    if matter and not named["call"]:
        named["call"] = matter.call
    return Occasion(customer, **named)


def _initial(request: StaffRequest, occasion: Occasion) -> dict[str, Any]:
    """Return the form filled in from the template that is asked for, or the usual one."""
    choices = [value for value, _label in template_choices()]
    asked = request.GET.get("template", "")
    usual = next((value for value in choices if value.startswith(occasion.kind)), "")
    chosen = asked if asked in choices else usual
    channel = request.GET.get("channel", "")
    channel = channel if channel in DeliveryChannel.values else DeliveryChannel.POST
    kind, _colon, name = chosen.partition(":")
    said = {"template": (kind, name), "channel": channel, "subject": "", "body": ""}
    draft = _draft(request, occasion, said)
    return {"template": chosen, "channel": channel, "subject": draft.subject, "body": draft.body}


def _words(form: LetterForm) -> dict[str, Any]:
    """Return what stands in the form, whether it may be saved or not."""
    value = {name: form[name].value() or "" for name in ("template", "channel", "subject", "body")}
    kind, _colon, name = value["template"].partition(":")
    return value | {"template": (kind, name)}


def _draft(request: StaffRequest, occasion: Occasion, said: dict[str, Any]) -> Draft:
    kind, name = said["template"]
    batch = LetterBatch(
        kind=kind if kind in LetterKind.values else occasion.kind,
        template_name=name,
        channel=said["channel"] if said["channel"] in DeliveryChannel.values else "post",
        campaign=occasion.campaign,
    )
    own = bool(said["subject"] and said["body"])
    item = occasion.item(subject=said["subject"], body=said["body"]) if own else occasion.item()
    return draft_of(batch, item, handler=request.user, now=timezone.now())


def _preview(request: StaffRequest, occasion: Occasion, said: dict[str, Any]) -> dict[str, Any]:
    draft = _draft(request, occasion, said)
    paper = draft.on_paper(
        dated=days.today(), handler=request.user, mark=pgettext("letter", "Preview")
    )
    return {"draft": draft, "pages": as_images(paper)}
