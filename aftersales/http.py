"""Requests of people who have logged in."""

from django.http import HttpRequest
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
