"""Sending a customer his link by text message or e-mail."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.refusals import Refusal
from customers.models import Channel, ContactPurpose, Customer
from followups.models import LinkPurpose, OutboxChannel
from followups.services import outbox
from followups.services.links import Issued

# Which refusal of the customer forbids sending him such a link.
REFUSED_BY = {
    LinkPurpose.INVITATION: ContactPurpose.PROMOTION,
    LinkPurpose.CONVENIENT_TIME: ContactPurpose.SERVICE,
    LinkPurpose.STOP_ADVERTISING: ContactPurpose.SERVICE,
    LinkPurpose.SURVEY: ContactPurpose.SERVICE,
}
MESSAGES = {
    LinkPurpose.INVITATION: gettext_lazy(
        "%(shop)s: you are invited. Please tell us whether you come: %(url)s"
    ),
    LinkPurpose.CONVENIENT_TIME: gettext_lazy(
        "%(shop)s: please tell us when we may call you: %(url)s"
    ),
    LinkPurpose.STOP_ADVERTISING: gettext_lazy(
        "%(shop)s: here you can tell us that you want no advertising: %(url)s"
    ),
    LinkPurpose.SURVEY: gettext_lazy("%(shop)s: please tell us how your visit was: %(url)s"),
}


class Unwanted(Refusal):
    """The customer does not want to get this in this way."""

    def __init__(self) -> None:
        super().__init__(_("The customer does not want to be contacted in this way."))


def send(issued: Issued, *, channel: str, now: datetime) -> None:
    """Put a text message or an e-mail with a new link into the outbox.

    Raises:
        Unwanted: the customer refuses this.
        ValidationError: he has no number or address for it.
    """
    customer = issued.link.customer
    refusals = customer.refusals.standing()
    if refusals.filter(
        purpose__in=[REFUSED_BY[LinkPurpose(issued.link.purpose)], ContactPurpose.ALL],
        channel__in=[channel, Channel.ALL],
    ).exists():
        raise Unwanted
    with translation.override(customer.language):
        words = {"shop": settings.SHOP["name"], "url": issued.url}
        subject = str(issued.link.get_purpose_display())
        body = str(MESSAGES[LinkPurpose(issued.link.purpose)]) % words
    outbox.put(
        key=f"link-{issued.link.pk}",
        channel=channel,
        recipient=_recipient(customer, channel),
        subject=subject,
        body=body,
        customer=customer,
        now=now,
    )


def _recipient(customer: Customer, channel: str) -> str:
    if channel == OutboxChannel.EMAIL:
        recipient = customer.email
    else:
        numbers = (phone.e164 for phone in customer.phones.all() if phone.is_usable)
        recipient = next(numbers, "")
    if not recipient:
        raise ValidationError({"channel": _("The customer's file has no address for this.")})
    return recipient
