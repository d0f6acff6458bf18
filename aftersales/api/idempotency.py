"""A POST that may be sent again: the same `Idempotency-Key`, the same answer, one effect."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import cast

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import QueryDict
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from aftersales.api import problems
from aftersales.http import StaffApiRequest
from aftersales.models import IdempotentRequest, User

HEADER = "Idempotency-Key"
KEY = re.compile(r"[!-~]{1,100}")

Handler = Callable[..., Response]


class KeyMissing(exceptions.APIException):
    """The POST cannot be repeated safely, so it is not done at all."""

    status_code = HTTPStatus.BAD_REQUEST
    default_code = "idempotency_key_missing"
    default_detail = gettext_lazy(
        "Send the header “Idempotency-Key” with 1 to 100 visible ASCII characters, a new one for"
        " each new request."
    )


class StillRunning(problems.Conflict):
    """The first request with this key has not been answered yet."""

    default_code = "still_running"
    default_detail = gettext_lazy("The same request is still running. Ask again in a moment.")


class KeyReused(exceptions.APIException):
    """The key stands for another request."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = gettext_lazy("This key was sent before with another address or body.")


def idempotent(handler: Handler) -> Handler:
    """Let `handler`, the method of a view, run once for each user and key.

    Effect and answer are committed together: a crash leaves both or neither. A refusal
    (4xx) is an answer like any other; a defect of ours (500) leaves the key unused.
    """

    @wraps(handler)
    def answer_once(
        view: APIView, request: StaffApiRequest, *args: object, **kwargs: object
    ) -> Response:
        key = request.headers.get(HEADER, "")
        if not KEY.fullmatch(key):
            raise KeyMissing
        fingerprint = _fingerprint(request)
        with transaction.atomic():
            if not _lock(request.user, key):
                raise StillRunning
            earlier = IdempotentRequest.objects.filter(user=request.user, key=key).first()
            if earlier:
                return _again(earlier, fingerprint)
            try:
                with transaction.atomic():
                    response = handler(view, request, *args, **kwargs)
            except problems.REFUSALS as error:
                response = view.handle_exception(error)
            IdempotentRequest.objects.create(
                user=request.user,
                key=key,
                body_hash=fingerprint,
                status=response.status_code,
                answer=JSONRenderer().render(response.data).decode(),
            )
        return response

    return answer_once


def _lock(user: User, key: str) -> bool:
    """Take the key until the transaction ends; False if another request has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"idempotent request {user.pk} {key}"],
        )
        [taken] = cursor.fetchone()
    return bool(taken)


def _fingerprint(request: StaffApiRequest) -> str:
    """Return a digest of address and body; of a form, of its fields and files."""
    digest = hashlib.sha256(request.get_full_path().encode())
    if not request.content_type.startswith("multipart/"):
        digest.update(request.body)
        return digest.hexdigest()
    form = cast("QueryDict", request.data)
    for name in sorted(form):
        for value in form.getlist(name):
            digest.update(f"\0{name}\0".encode())
            if isinstance(value, UploadedFile):
                for chunk in value.chunks():
                    digest.update(chunk)
                value.seek(0)
            else:
                digest.update(value.encode())
    return digest.hexdigest()


def _again(earlier: IdempotentRequest, fingerprint: str) -> Response:
    if earlier.body_hash != fingerprint:
        raise KeyReused
    return Response(
        json.loads(earlier.answer) if earlier.answer else None,
        earlier.status,
        headers={"Idempotency-Replayed": "true"},
        content_type=problems.MEDIA_TYPE if earlier.status >= HTTPStatus.BAD_REQUEST else None,
    )
