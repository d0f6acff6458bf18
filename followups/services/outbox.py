"""The outbox: messages are put into it with what they are about, and leave it one by one.

A message is handed to its provider once. If the relay dies in between, or the provider doesn't
answer, nobody knows whether it was sent: then a person decides (F11, F13).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from aftersales import days
from aftersales.models import User
from aftersales.refusals import Refusal
from customers.models import Customer
from followups.models import (
    Letter,
    LetterEvent,
    LetterEventKind,
    OutboxChannel,
    OutboxMessage,
    OutboxState,
)
from followups.outbox import gateways

# Longer than a task may run: who took a message that long ago is gone.
GONE_AFTER = timedelta(minutes=10)
# The address of a customer's link; when it has left, its secret is kept nowhere.
LINK = re.compile(r"(/l/)[\w-]{32}\b")
TRIES = 8
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


class NothingToSettle(Refusal):
    """It is known what became of the message."""

    def __init__(self) -> None:
        super().__init__(_("There is nothing to decide about this message any more."))


def put(
    *,
    key: str,
    channel: str,
    recipient: str,
    body: str,
    subject: str = "",
    letter: Letter | None = None,
    customer: Customer | None = None,
    now: datetime,
) -> OutboxMessage:
    """Put a message into the outbox, in the caller's transaction; a known `key` changes nothing.

    The archived file of `letter` goes along with an e-mail.

    Raises:
        ValidationError: the recipient or the text is missing, or it is no e-mail address.
    """
    recipient = recipient.strip()
    if not (recipient and body.strip()):
        raise ValidationError(_("A message needs a recipient and a text."))
    if channel == OutboxChannel.EMAIL:
        validate_email(recipient)
    message, _created = OutboxMessage.objects.get_or_create(
        key=key,
        defaults={
            "channel": channel,
            "recipient": recipient,
            "subject": " ".join(subject.split()),
            "body": body,
            "letter": letter,
            "customer": letter.customer if letter else customer,
            "next_at": now,
        },
    )
    return message


def send_next(*, now: datetime) -> bool:
    """Hand the next message that is due to its gateway; False: there is none.

    Not inside a transaction: that it was taken has to be known before it leaves.
    """
    by_channel = gateways.open_gateways()
    message = _take(list(by_channel), now)
    if message is None:
        return False
    try:
        provider_id = by_channel[message.channel].send(_outgoing(message))
    except gateways.NotNow as error:
        _put_off(message, str(error), now)
    except gateways.Refused as error:
        _note(message, OutboxState.FAILED, str(error))
    except gateways.NoAnswer as error:
        _note(message, OutboxState.UNKNOWN, str(error))
    else:
        with transaction.atomic():
            _note_sent(message, now, provider_id=provider_id)
    return True


def note_abandoned(*, now: datetime) -> int:
    """Ask a person about messages whose relay never came back; return how many."""
    return OutboxMessage.objects.filter(
        state=OutboxState.SENDING, taken_at__lte=now - GONE_AFTER
    ).update(
        state=OutboxState.UNKNOWN,
        last_error=_("The program stopped while the message was being sent."),
    )


@transaction.atomic
def settle(message_id: int, *, by: User, was_sent: bool, now: datetime) -> OutboxMessage:
    """Decide that a message was sent, or that it is to be sent again.

    Raises:
        NothingToSettle: it is known what became of it.
    """
    message = OutboxMessage.objects.select_for_update().get(pk=message_id)
    if message.state != OutboxState.UNKNOWN and (was_sent or message.state != OutboxState.FAILED):
        raise NothingToSettle
    message.settled_by, message.settled_at = by, now
    if was_sent:
        message.save(update_fields=["settled_by", "settled_at"])
        _note_sent(message, now, provider_id=message.provider_id)
    else:
        message.state, message.attempts, message.next_at = OutboxState.PENDING, 0, now
        message.save()
    return message


@transaction.atomic
def _take(channels: list[str], now: datetime) -> OutboxMessage | None:
    waiting = OutboxMessage.objects.filter(
        state=OutboxState.PENDING, next_at__lte=now, channel__in=channels
    )
    message = (
        waiting.select_for_update(skip_locked=True, no_key=True).order_by("next_at", "pk").first()
    )
    if message:
        message.state, message.taken_at = OutboxState.SENDING, now
        message.attempts += 1
        message.save(update_fields=["state", "taken_at", "attempts"])
    return message


def _outgoing(message: OutboxMessage) -> gateways.Outgoing:
    attachment = None
    if message.letter and message.channel == OutboxChannel.EMAIL:
        attachment = (f"{message.letter.letter_no}.pdf", bytes(message.letter.file.content))
    return gateways.Outgoing(
        key=message.key,
        recipient=message.recipient,
        subject=message.subject,
        body=message.body,
        attachment=attachment,
    )


def _note(message: OutboxMessage, state: OutboxState, error: str) -> None:
    OutboxMessage.objects.filter(pk=message.pk).update(state=state, last_error=error[:500])


def _put_off(message: OutboxMessage, error: str, now: datetime) -> None:
    """Try later, each time after twice the pause; give up after some tries."""
    pause = min(FIRST_PAUSE * 2 ** (message.attempts - 1), LONGEST_PAUSE)
    OutboxMessage.objects.filter(pk=message.pk).update(
        state=OutboxState.PENDING if message.attempts < TRIES else OutboxState.FAILED,
        last_error=error[:500],
        next_at=now + pause,
    )


def _note_sent(message: OutboxMessage, now: datetime, *, provider_id: str) -> None:
    OutboxMessage.objects.filter(pk=message.pk).update(
        state=OutboxState.SENT,
        sent_at=now,
        provider_id=provider_id,
        last_error="",
        body=LINK.sub(r"\1…", message.body),
    )
    if message.letter_id:
        # Whoever printed and posted it meanwhile has noted how it left.
        LetterEvent.objects.bulk_create(
            [
                LetterEvent(
                    letter_id=message.letter_id,
                    kind=LetterEventKind.SENT,
                    on=days.local_date(now),
                    noted_by=message.settled_by,
                )
            ],
            ignore_conflicts=True,
        )
