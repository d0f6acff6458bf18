"""Requests: of people who have logged in, and from where."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from aftersales.models import User


class StaffRequest(HttpRequest):
    """A page's request behind the login."""

    user: User
    htmx: HtmxDetails


class StaffApiRequest(Request):
    """An API request with a valid token."""

    user: User


def client_address(request: HttpRequest) -> str:
    """Return where a request comes from, as far as our own proxies vouch for it.

    Whatever the client itself writes into X-Forwarded-For stands further left.
    """
    direct: str = request.META.get("REMOTE_ADDR", "")
    proxies: int = settings.TRUSTED_PROXIES
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    if not proxies or len(hops) < proxies:
        return direct
    return hops[-proxies].strip()[:64]


def own_address(request: HttpRequest, address: str) -> str:
    """Return `address` if it lies on this site, else that of the home page."""
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else reverse("home")
