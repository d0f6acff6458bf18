"""How messages leave the house: nowhere but to the log, by SMTP, or to a provider by HTTP.

A gateway returns the provider's number for the message once the provider has accepted it. It
raises `NotNow` or `Refused` only if the message was certainly not sent; whatever else happens,
`NoAnswer` included, nobody knows.
"""

from __future__ import annotations

import base64
import logging
import smtplib
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from hashlib import sha256
from typing import Protocol

import requests
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from urllib3.exceptions import NewConnectionError

logger = logging.getLogger(__name__)

# Seconds to connect, and to wait for the answer.
TIMEOUT = (5, 20)


@dataclass(frozen=True)
class Outgoing:
    """A message as a gateway sees it.

    Attributes:
        key: a provider that knows it already doesn't send again.
        attachment: file name and PDF.
    """

    key: str
    recipient: str
    subject: str
    body: str
    attachment: tuple[str, bytes] | None = None


class NotNow(Exception):
    """The message was not sent; later it may be."""


class Refused(Exception):
    """The message was not sent, and will not be as it is."""


class NoAnswer(Exception):
    """The message was handed over, and nobody said what became of it."""


class Gateway(Protocol):
    def send(self, message: Outgoing) -> str:
        """Hand the message over and return the provider's number, if it gives one.

        Raises:
            NotNow, Refused, NoAnswer
        """


class ConsoleGateway:
    """Sends nothing: the log says what would have left."""

    def send(self, message: Outgoing) -> str:
        logger.info("Not sent, there is no gateway: %s to %s", message.subject, message.recipient)
        return "console"


class SmtpGateway:
    """Sends e-mail through the server of Django's EMAIL_… settings."""

    def send(self, message: Outgoing) -> str:
        host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        name = f"<{sha256(message.key.encode()).hexdigest()[:40]}@{host}>"
        mail = EmailMessage(
            message.subject, message.body, to=[message.recipient], headers={"Message-ID": name}
        )
        if message.attachment:
            file_name, content = message.attachment
            mail.attach(file_name, content, "application/pdf")
        try:
            mail.message()
        except (ValueError, UnicodeError) as error:
            raise Refused(str(error)) from error
        mail.connection = connection = get_connection()
        try:
            connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise NotNow(str(error)) from error
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise NoAnswer(str(error)) from error
        finally:
            # What it said before counts, not how it parted.
            with suppress(OSError, smtplib.SMTPException):
                connection.close()
        return name


def _refusal(code: int, text: bytes | str) -> NotNow | Refused:
    """Return what the code of an SMTP server means; 4xx are temporary (RFC 5321, 4.2.1)."""
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return (NotNow if code < 500 else Refused)(f"{code} {words}")


@dataclass(frozen=True)
class HttpGateway:
    """Posts JSON to a provider, with a bearer token and the key as `Idempotency-Key`."""

    url: str
    token: str

    def send(self, message: Outgoing) -> str:
        told = {"to": message.recipient, "subject": message.subject, "text": message.body}
        if message.attachment:
            name, content = message.attachment
            told["attachment_name"] = name
            told["attachment_base64"] = base64.b64encode(content).decode()
        try:
            answer = requests.post(
                self.url,
                json=told,
                headers={
                    "Authorization": f"Bearer {self.token}",
                    "Idempotency-Key": message.key,
                },
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise (NotNow if _never_connected(error) else NoAnswer)(str(error)) from error
        return _read(answer)


def _never_connected(error: requests.RequestException) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def _read(answer: requests.Response) -> str:
    """Return the `id` in a provider's answer, or raise what its status means."""
    said = f"HTTP {answer.status_code} {answer.text[:300]}"
    if answer.status_code in {429, 503}:
        raise NotNow(said)
    if answer.status_code in {408, 409} or answer.status_code >= 500:
        raise NoAnswer(said)
    if not 200 <= answer.status_code < 300:
        raise Refused(said)
    try:
        body = answer.json()
    except requests.JSONDecodeError:
        return ""
    return str(body.get("id", ""))[:200] if isinstance(body, dict) else ""


def open_gateways() -> dict[str, Gateway]:
    """Return the gateway of each channel that has one."""
    return {
        channel: _gateway(**chosen)
        for channel, chosen in settings.GATEWAYS.items()
        if chosen["kind"]
    }


def _gateway(kind: str, url: str, token: str) -> Gateway:
    if kind == "http":
        return HttpGateway(url, token)
    return SmtpGateway() if kind == "smtp" else ConsoleGateway()
