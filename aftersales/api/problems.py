"""Error answers: problem details (RFC 9457), the same shape for every one of them.

`type` names the kind of problem for programs, `detail` says it in the reader's language,
`errors` lists what is wrong with which field, `current` shows the object that has moved on.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core import exceptions as django_errors
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import defaults
from psycopg2.errors import ExclusionViolation, LockNotAvailable, UniqueViolation
from rest_framework import exceptions
from rest_framework.fields import get_error_detail
from rest_framework.response import Response

from aftersales.api.viewsets import ObjectViewSet
from aftersales.refusals import Refusal

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:problem-type:aftersales:"

# What a view or service raises to say no, as opposed to what is a defect.
REFUSALS = (
    exceptions.APIException,
    Refusal,
    django_errors.ObjectDoesNotExist,
    django_errors.PermissionDenied,
    django_errors.ValidationError,
    Http404,
)

TITLES = {
    400: gettext_lazy("The request is not valid."),
    401: gettext_lazy("A valid token is needed."),
    403: gettext_lazy("You may not do this."),
    404: gettext_lazy("There is nothing here."),
    405: gettext_lazy("This address does not know the method."),
    406: gettext_lazy("Answers come as JSON only."),
    409: gettext_lazy("This does not fit how things are now."),
    413: gettext_lazy("The request is too large."),
    415: gettext_lazy("This kind of body is not read here."),
    422: gettext_lazy("The key was used for another request."),
    429: gettext_lazy("Too many requests."),
    500: gettext_lazy("Something went wrong on our side."),
    503: gettext_lazy("This does not work at the moment."),
}


class Conflict(exceptions.APIException):
    """The request is valid, but not in the state that things are in."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


class Unavailable(exceptions.APIException):
    """The database is away, just starts, or gave up on a statement; nothing was done.

    Unless it went away while it committed: the same key then brings the answer that was kept.
    """

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "unavailable"
    default_detail = gettext_lazy("The database does not answer. Please try again in a moment.")
    wait = 2


class BodyTooLarge(exceptions.APIException):
    """More than a body may have."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = gettext_lazy("Send less at once.")


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the answer to an error that a view raised; None if it is a defect of ours."""
    problem = _as_api_exception(error)
    if problem is None:
        return None
    body = _body(problem)
    view = context["view"]
    if isinstance(error, Refusal) and isinstance(view, ObjectViewSet):
        body["current"] = view.current()
    headers = {}
    if challenge := getattr(problem, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(problem, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return Response(body, problem.status_code, headers=headers, content_type=MEDIA_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 outside of any view: a problem to programs, a page to people."""
    if not _is_program(request):
        return defaults.bad_request(request, exception)
    return _plain(exceptions.ParseError(_("The request could not be read.")))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 for an address that leads nowhere."""
    if not _is_program(request):
        return defaults.page_not_found(request, exception)
    return _plain(exceptions.NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without a word about what happened, 503 while the database is away."""
    error = sys.exception()
    problem = _as_api_exception(error) if isinstance(error, Exception) else None
    if not isinstance(problem, Unavailable):
        problem = exceptions.APIException()
    if _is_program(request):
        response: HttpResponse = _plain(problem)
    elif isinstance(problem, Unavailable):
        response = HttpResponse(render_to_string("503.html"), status=problem.status_code)
    else:
        return defaults.server_error(request)
    if wait := getattr(problem, "wait", None):
        response["Retry-After"] = str(wait)
    return response


def _is_program(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _plain(problem: exceptions.APIException) -> JsonResponse:
    return JsonResponse(_body(problem), status=problem.status_code, content_type=MEDIA_TYPE)


def _as_api_exception(error: Exception) -> exceptions.APIException | None:
    problem: exceptions.APIException | None = None
    match error:
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            advice = _("Send the header “Authorization: Token …” with a token that is valid.")
            error.detail = exceptions.ErrorDetail(advice, error.default_code)
            problem = error
        case exceptions.APIException():
            problem = error
        case Refusal():
            problem = Conflict(str(error), code=_code(type(error)))
        case django_errors.ValidationError():
            problem = exceptions.ValidationError(get_error_detail(error))
        case django_errors.PermissionDenied():
            problem = exceptions.PermissionDenied(str(error) or None)
        case Http404() | django_errors.ObjectDoesNotExist():
            problem = exceptions.NotFound()
        case DatabaseError() | InterfaceError():
            problem = _of_the_database(error)
        case django_errors.RequestDataTooBig():
            problem = BodyTooLarge()
        case django_errors.SuspiciousOperation():
            problem = exceptions.ParseError(_("The request could not be read."))
    return problem


def _of_the_database(error: DatabaseError | InterfaceError) -> exceptions.APIException | None:
    match error:
        case DatabaseError(__cause__=LockNotAvailable() | UniqueViolation() | ExclusionViolation()):
            return Conflict(_("Somebody else is saving the same. Please try again."), "busy")
        case OperationalError() | InterfaceError():
            logger.error("The database does not answer: %s", error)
            return Unavailable()
    return None


def _code(kind: type[Exception]) -> str:
    """Return the name of a refusal as programs see it: MoveNotAllowed → move_not_allowed."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def _body(problem: exceptions.APIException) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": f"{TYPE_PREFIX}{problem.get_codes()}",
        "title": str(TITLES[problem.status_code]),
        "status": int(problem.status_code),
        "detail": str(problem.detail),
        "errors": [],
    }
    if isinstance(problem, exceptions.ValidationError):
        body["type"] = f"{TYPE_PREFIX}{problem.default_code}"
        body["detail"] = _("Please correct what “errors” names.")
        body["errors"] = list(_field_errors(problem.detail))
    return body


def _field_errors(detail: Any, path: tuple[str, ...] = ()) -> Iterator[dict[str, str]]:
    """Flatten nested errors; a field inside a list is named like `phones.0.typed`."""
    if isinstance(detail, Mapping):
        for key, below in detail.items():
            in_general = key in {"non_field_errors", "__all__"}
            yield from _field_errors(below, path if in_general else (*path, str(key)))
    elif isinstance(detail, list):
        for place, below in enumerate(detail):
            nested = isinstance(below, Mapping | list)
            yield from _field_errors(below, (*path, str(place)) if nested else path)
    else:
        yield {"field": ".".join(path), "code": detail.code, "message": str(detail)}
