"""What the OpenAPI document says about every endpoint alike: tokens, keys, error answers."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.views import SpectacularAPIView
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from aftersales import sessions
from aftersales.api import problems
from aftersales.api.authentication import ClientToken
from aftersales.api.idempotency import HEADER, KEY
from aftersales.api.permissions import TablePermission


class LivingSession(SessionAuthentication):
    """The login of a person who has not been away for too long."""

    def authenticate(self, request: Request) -> Any:
        if sessions.is_idle(request.session, now=timezone.now()):
            return None
        return super().authenticate(request)


class SchemaView(SpectacularAPIView):
    """The OpenAPI document: for clients with a token, and for the page that shows it."""

    authentication_classes = [ClientToken, LivingSession]
    permission_classes = [TablePermission]
    throttle_classes = []


class ClientTokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    """Says how to present a token."""

    target_class = "aftersales.api.authentication.ClientToken"
    name = "token"


class TimeOfDay(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A time of the day has no offset, which the format `time` would ask for (RFC 3339)."""

    target_class = "rest_framework.fields.TimeField"

    def map_serializer_field(self, auto_schema: object, direction: str) -> dict[str, Any]:
        return {"type": "string", "pattern": TIME_OF_DAY}


TIME_OF_DAY = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?$"
ALWAYS = (401, 403, 406, 429, 503)
BY_METHOD = {
    "get": (400,),
    "post": (400, 409, 413, 415, 422),
    "patch": (400, 409, 413, 415),
    "delete": (409,),
}

FIELD_ERROR = {
    "type": "object",
    "required": ["field", "code", "message"],
    "properties": {
        "field": {"type": "string", "description": "empty: the body as a whole"},
        "code": {"type": "string"},
        "message": {"type": "string"},
    },
}
PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "in the language of Accept-Language"},
        "errors": {"type": "array", "items": FIELD_ERROR},
        "current": {
            "type": "object",
            "nullable": True,
            "description": "of a conflict about an object: how it is now",
        },
    },
}
IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "description": (
        "New for each new request. Sent again with the same request, it brings the same answer"
        " and no second effect."
    ),
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
}


def complete(
    result: dict[str, Any], generator: object, request: object, public: bool
) -> dict[str, Any]:
    """Add to the document what is the same for all operations."""
    components = result["components"]
    components["schemas"]["Problem"] = PROBLEM
    components["responses"] = {
        f"Problem{status}": {
            "description": str(title),
            "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, title in problems.TITLES.items()
    }
    for name, schema in components["schemas"].items():
        if name.endswith("Request"):
            schema["additionalProperties"] = False
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            statuses = {*ALWAYS, *BY_METHOD[method], *((404,) if "{" in path else ())}
            for status in sorted(statuses):
                answer = {"$ref": f"#/components/responses/Problem{status}"}
                operation["responses"].setdefault(str(status), answer)
            operation["summary"], _dot, _rest = operation["description"].partition(".")
            if method == "post":
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    return result
