"""Posting to an address that somebody typed, without reaching into the house (SSRF).

The name is looked up once and the connection goes to the address that was judged, so that a
second lookup can't lead elsewhere; redirects and proxies are not followed. Outside of
`WEBHOOK_NETWORKS` only public addresses are spoken to, and only by TLS.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

import urllib3
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from requests.utils import DEFAULT_CA_BUNDLE_PATH

CONNECT, READ = 5, 10
READ_AT_MOST = 2000


class Unreachable(Exception):
    """Nothing was sent, or nobody answered; the text says why."""


@dataclass(frozen=True)
class Answer:
    status: int
    text: str

    @property
    def is_good(self) -> bool:
        return HTTPStatus(200) <= self.status < HTTPStatus(300)


def refuse_unusable(url: str) -> None:
    """Refuse an address whose shape already says that nothing can be posted there.

    Raises:
        ValidationError
    """
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in {"https", "http"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable:
        raise ValidationError({"url": _("Give an address that begins with https://.")})
    if parts.username is not None or parts.fragment:
        raise ValidationError({"url": _("An address with a password or a # is not possible.")})
    if parts.scheme == "http" and not settings.WEBHOOK_NETWORKS:
        raise ValidationError({"url": _("Give an address that begins with https://.")})


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post and return what was answered.

    Raises:
        Unreachable
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _judged(host, port, is_safe=parts.scheme == "https")
    timeout = urllib3.Timeout(connect=CONNECT, read=READ)
    pool: urllib3.HTTPConnectionPool
    if parts.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            str(address),
            port,
            timeout=timeout,
            server_hostname=host,
            assert_hostname=host,
            cert_reqs="CERT_REQUIRED",
            ca_certs=settings.WEBHOOK_CA_FILE or DEFAULT_CA_BUNDLE_PATH,
        )
    else:
        pool = urllib3.HTTPConnectionPool(str(address), port, timeout=timeout)
    try:
        with pool:
            answer = pool.urlopen(
                "POST",
                _path(parts),
                body=body,
                headers={**headers, "Host": parts.netloc},
                redirect=False,
                retries=False,
                preload_content=False,
            )
            text = answer.read(READ_AT_MOST, decode_content=False).decode(errors="replace")
            answer.close()
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise Unreachable(str(error)) from error
    return Answer(answer.status, text)


def _judged(host: str, port: int, *, is_safe: bool) -> IPv4Address | IPv6Address:
    """Return the address to speak to; a name that leads to a forbidden one as well is refused."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(str(error)) from error
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        is_ours = any(address in network for network in settings.WEBHOOK_NETWORKS)
        if not is_ours and not _is_public(address):
            raise Unreachable(_("%(address)s lies inside of the house.") % {"address": address})
        if not is_ours and not is_safe:
            raise Unreachable(_("%(address)s is spoken to by https only.") % {"address": address})
    return addresses[0]


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour or address.teredo
        # Through a translator (64:ff9b::/96) every IPv4 address can be meant.
        if carried or address.packed.startswith(b"\x00\x64\xff\x9b"):
            return False
    return address.is_global and not address.is_multicast


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
