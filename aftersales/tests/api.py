"""A REST client for tests."""

from uuid import uuid4

from knox.models import AuthToken
from rest_framework.test import APIClient

from aftersales.roles import REST_CLIENT
from aftersales.tests.factories import UserFactory


class Client(APIClient):
    """Speaks with the token of `user`, by default a program without any other role."""

    def __init__(self, user=None, **options):
        super().__init__(**options)
        self.user = user or UserFactory(roles=[REST_CLIENT])
        self.token, secret = AuthToken.objects.create(self.user)
        self.credentials(HTTP_AUTHORIZATION=f"Token {secret}")

    def post(self, path, data=None, *, key=None, headers=None, **options):
        """Send a POST with an idempotency key: `key`, or else a new one."""
        headers = {"Idempotency-Key": key or str(uuid4()), **(headers or {})}
        return super().post(path, data, headers=headers, **options)


def errors_of(answer):
    """Return field → codes of an error answer."""
    found = {}
    for error in answer.json()["errors"]:
        found.setdefault(error["field"], []).append(error["code"])
    return found
