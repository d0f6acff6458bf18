"""What a batch would write to each customer, and what stands in the way of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import formats, translation

from aftersales import days
from aftersales.models import User
from customers import people
from customers.models import (
    Channel,
    ContactPurpose,
    ContactRefusal,
    Customer,
    CustomerKind,
    Phone,
    VehicleRelation,
)
from followups.letters import placeholders, typesetting
from followups.models import (
    BatchItem,
    DeliveryChannel,
    LetterBatch,
    LetterKind,
    LetterTemplate,
    Matter,
    Obstacle,
    State,
)
from followups.models.held_back import has_had_enough, has_open_complaint

PURPOSES = {
    LetterKind.NOTICE: ContactPurpose.PROMOTION,
    LetterKind.INVITATION: ContactPurpose.PROMOTION,
    LetterKind.REPLY: ContactPurpose.SERVICE,
    LetterKind.CONTACT_CHECK: ContactPurpose.SERVICE,
}
# Waits while a complaint is open.
SELLING = (LetterKind.NOTICE, LetterKind.INVITATION)
CHANNELS = {
    DeliveryChannel.POST: Channel.LETTER,
    DeliveryChannel.EMAIL: Channel.EMAIL,
    DeliveryChannel.SMS: Channel.SMS,
}


@dataclass
class Draft:
    """A letter as it would be issued now.

    Attributes:
        recipient: where an e-mail or a text message goes.
        obstacle: what keeps it from being issued; empty if nothing does.
        detail: the placeholders or characters that are the obstacle.
    """

    item: BatchItem
    language: str
    subject: str
    body: str
    plate: str
    address: Sequence[str]
    recipient: str = ""
    obstacle: str = ""
    detail: str = ""

    @property
    def customer(self) -> Customer:
        return self.item.customer

    @property
    def is_left_out(self) -> bool:
        return bool(self.item.left_out_because or self.obstacle)

    @property
    def obstacle_text(self) -> str:
        return str(Obstacle(self.obstacle).label) if self.obstacle else ""

    def on_paper(
        self, *, dated: date, handler: User, number: str = "", mark: str = ""
    ) -> typesetting.Letter:
        return typesetting.Letter(
            language=self.language,
            number=number,
            dated=dated,
            address=self.address,
            plate=self.plate,
            subject=self.subject,
            body=self.body,
            handler=handler.name,
            mark=mark,
        )


def drafts(
    batch: LetterBatch, items: QuerySet[BatchItem], *, handler: User, now: datetime
) -> list[Draft]:
    """Return what `batch` would write to the customers of these items, in their order.

    Source: CMP-01, CRM-03.
    """
    found = items.select_related("follow_up__invitation", "matter", "call")
    return _drafts(batch, list(found), handler, now)


def draft_of(batch: LetterBatch, item: BatchItem, *, handler: User, now: datetime) -> Draft:
    """Return what would be written to one customer; neither batch nor item need be saved."""
    [draft] = _drafts(batch, [item], handler, now)
    return draft


def _drafts(
    batch: LetterBatch, items: Sequence[BatchItem], handler: User, now: datetime
) -> list[Draft]:
    templates = {
        template.language: template
        for template in LetterTemplate.objects.in_use().filter(
            kind=batch.kind, name=batch.template_name
        )
    }
    today = days.local_date(now)
    files = _files(batch, {item.customer_id for item in items}, now)
    found = []
    for item in items:
        item.customer = files[item.customer_id]
        values = values_of(batch, item, handler=handler, today=today)
        found.append(_draft(batch, item, templates, values))
    if batch.channel == DeliveryChannel.POST:
        _mark_too_long([draft for draft in found if not draft.obstacle])
    return found


def values_of(batch: LetterBatch, item: BatchItem, *, handler: User, today: date) -> dict[str, str]:
    """Return what stands for each placeholder in the letter to a customer."""
    customer, campaign, matter = item.customer, batch.campaign, item.matter
    with translation.override(customer.language):
        values = {
            "customer": customer.name,
            # In a company's file it is the title of whom one talks to.
            "title": customer.title if customer.kind == CustomerKind.PRIVATE else "",
            "contact": customer.contact_name,
            "plate": customer.plate or "",  # type: ignore[attr-defined]
            "vehicle": customer.vehicle_model or "",  # type: ignore[attr-defined]
            "date": formats.date_format(today),
            "handler": handler.name,
            "shop": settings.SHOP["name"],
            "shop_address": settings.SHOP["address"],
            "shop_phone": settings.SHOP["phone"],
        }
        if campaign:
            values |= {
                "campaign": campaign.title,
                "content": campaign.content,
                "first_day": formats.date_format(campaign.starts_on),
                "last_day": formats.date_format(campaign.ends_on),
                "place": campaign.place,
                "benefit": campaign.benefit,
            }
        if matter:
            values |= {
                "matter": matter.text,
                "heard_on": formats.date_format(matter.heard_on),
                "answer": answer_to(matter),
            }
    return dict.fromkeys(placeholders.PLACEHOLDERS, "") | values


def answer_to(matter: Matter) -> str:
    """Return what the customer is told about a matter: the answer, or the solution found."""
    return matter.answer or matter.solution


def _files(batch: LetterBatch, customers: Collection[int], now: datetime) -> dict[int, Customer]:
    """Return the customers with what has to be known of them, in one statement."""
    purposes = (PURPOSES[LetterKind(batch.kind)], ContactPurpose.ALL)
    channels = (CHANNELS[DeliveryChannel(batch.channel)], Channel.ALL)
    refusals = ContactRefusal.objects.standing().filter(
        customer=OuterRef("pk"), purpose__in=purposes, channel__in=channels
    )
    vehicles = VehicleRelation.objects.filter(customer=OuterRef("pk")).current()
    numbers = Phone.objects.filter(customer=OuterRef("pk"), is_bad=False).exclude(e164="")
    found = Customer.objects.annotate(
        plate=people.plate(),
        vehicle_model=Subquery(
            vehicles.exclude(vehicle__plate="")
            .order_by("-during", "-pk")
            .values("vehicle__model")[:1]
        ),
        mobile=Subquery(numbers.order_by("-is_primary", "pk").values("e164")[:1]),
        is_refused=Exists(refusals),
        complains=has_open_complaint("pk"),
        had_enough=has_had_enough("pk", now=now),
    )
    return found.in_bulk(customers)


def _draft(
    batch: LetterBatch,
    item: BatchItem,
    templates: Mapping[str, LetterTemplate],
    values: Mapping[str, str],
) -> Draft:
    customer = item.customer
    draft = Draft(
        item=item,
        language=customer.language,
        subject=item.subject,
        body=item.body,
        plate=values["plate"],
        address=typesetting.address_lines(
            customer.language,
            name=customer.name,
            address=customer.address,
            postal_code=customer.postal_code,
            contact=customer.contact_name if customer.contact_name != customer.name else "",
        ),
        recipient={
            DeliveryChannel.EMAIL: customer.email,
            DeliveryChannel.SMS: customer.mobile or "",  # type: ignore[attr-defined]
        }.get(DeliveryChannel(batch.channel), ""),
    )
    draft.obstacle = _in_the_way(batch, item, draft)
    template = templates.get(customer.language)
    if not item.body and template is None:
        draft.obstacle = draft.obstacle or Obstacle.NO_TEMPLATE
    elif not item.body and template is not None:
        draft.subject = " ".join(placeholders.fill(template.subject, values).split())
        draft.body = placeholders.fill(template.body, values)
        gaps = placeholders.gaps(f"{template.subject}\n{template.body}", values)
        _note(draft, Obstacle.GAP, ", ".join(f"{{{name}}}" for name in gaps))
    printed = "\n".join([*draft.address, draft.plate, draft.subject, draft.body])
    _note(draft, Obstacle.UNPRINTABLE, typesetting.unprintable(printed))
    return draft


def _in_the_way(batch: LetterBatch, item: BatchItem, draft: Draft) -> str:
    """Return what the files say against writing to the customer; empty: nothing."""
    sells = batch.kind in SELLING and not (batch.campaign and batch.campaign.passes_limits)
    channel, customer = batch.channel, item.customer
    reasons: Iterable[tuple[bool, Obstacle]] = (
        (bool(item.follow_up and item.follow_up.state != State.OPEN), Obstacle.FOLLOW_UP_ENDED),
        (customer.is_refused, Obstacle.REFUSED),  # type: ignore[attr-defined]
        (sells and customer.complains, Obstacle.COMPLAINT),  # type: ignore[attr-defined]
        # Who asked for the letter on the telephone gets it.
        (
            sells and item.follow_up_id is None and customer.had_enough,  # type: ignore[attr-defined]
            Obstacle.ENOUGH,
        ),
        (
            channel == DeliveryChannel.POST and not customer.address.strip(),
            Obstacle.NO_ADDRESS,
        ),
        (channel == DeliveryChannel.EMAIL and not _is_email(draft.recipient), Obstacle.NO_EMAIL),
        (channel == DeliveryChannel.SMS and not draft.recipient, Obstacle.NO_MOBILE),
    )
    return next((obstacle for stands, obstacle in reasons if stands), "")


def _note(draft: Draft, obstacle: Obstacle, detail: str) -> None:
    if detail and not draft.obstacle:
        draft.obstacle, draft.detail = obstacle, detail


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _mark_too_long(found: Sequence[Draft]) -> None:
    answers = typesetting.too_long([draft.address for draft in found])
    for draft, is_too_long in zip(found, answers, strict=True):
        if is_too_long:
            draft.obstacle = Obstacle.TOO_LONG


def to_issue(items: QuerySet[BatchItem]) -> QuerySet[BatchItem]:
    """Return the items that are owed a letter when their batch is issued."""
    return items.filter(Q(letter=None, left_out_because="", obstacle="")).order_by("pk")
