"""Somebody who tries the routes: with a browser and a session, or with a program and a token."""

from http.cookies import SimpleCookie
from uuid import uuid4

from django.db import transaction
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from aftersales.routes import routes
from aftersales.tests.examples import WORDS, example_of

ROUTES = dict(routes())


class Visitor:
    """A browser, or with `by_token` a program."""

    def __init__(self, user=None, *, by_token=False):
        self.client = Client()
        self.cookies = {}
        self.headers = {}
        if by_token:
            _token, secret = AuthToken.objects.create(user)
            self.headers["Authorization"] = f"Token {secret}"
        elif user:
            self.client.force_login(user)
            self.cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}

    def get(self, address):
        return self._request("GET", address, "")

    def send(self, method, address, body=""):
        """Ask for something that the database forgets at once."""
        with transaction.atomic():
            answer = self._request(method, address, body)
            transaction.set_rollback(True)
        return answer

    def _request(self, method, address, body):
        self.client.cookies = SimpleCookie(self.cookies)
        kind = "application/x-www-form-urlencoded"
        if "Authorization" in self.headers:
            body, kind = "{}", "application/json"
        headers = {**self.headers, "Idempotency-Key": str(uuid4())}
        return self.client.generic(method, address, body, kind, headers=headers)


def is_api(route):
    return route.startswith("api:")


def parameters(route):
    return ROUTES[route].pattern.converters.keys()


def has_object(route):
    return bool(parameters(route) - WORDS.keys())


class Addresses:
    """Where the routes lead; those that show the same kind of thing share one object of `owner`."""

    def __init__(self, owner=None):
        self.owner = owner
        self.made = {}

    def of(self, route, **others):
        """Return the address of a route, with `others` in place of its own parameters."""
        kwargs = {word: WORDS[word] for word in parameters(route) & WORDS.keys()}
        return reverse(route, kwargs=kwargs | self.objects_of(route) | others)

    def objects_of(self, route):
        if not has_object(route):
            return {}
        example = example_of(route)
        if example not in self.made:
            self.made[example] = example.make(self.owner)
        return self.made[example]
