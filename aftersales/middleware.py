"""The door: what nobody may keep, in which language, and what you may open."""

from collections.abc import Callable

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation

from aftersales import access, sessions
from aftersales.logs import name_request
from aftersales.views.login import ask_to_log_in


class RequestIdMiddleware:
    """Gives every request a name that stands in each line of the log, and in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = name_request(request)
        response = self.get_response(request)
        response.headers["X-Request-ID"] = name
        return response


class PrivateMiddleware:
    """Lets no browser or proxy keep an answer, or another site use it; files say otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class LanguageOfUserMiddleware:
    """Answers in the language of the person; before the login, of the browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        language = (
            user.language
            if user.is_authenticated
            else translation.get_language_from_request(request)
        )
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class AccessMiddleware:
    """Lets a request through only if the session lives and the permission table says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[object, ...],
        view_kwargs: dict[str, object],
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        assert match is not None  # process_view runs after the URL was resolved
        if match.namespaces[:1] == ["api"]:
            return None  # The API logs in by token: TablePermission asks the same table.
        now = timezone.now()
        typed_by = request.user.pk
        if request.user.is_authenticated and sessions.is_idle(request.session, now=now):
            logout(request)
        needed = access.permission_for(match.view_name, request.method or "")
        if needed == access.PUBLIC:
            return None
        if not request.user.is_authenticated:
            return ask_to_log_in(request, typed_by=typed_by)
        idle = access.idle_after(match.view_name)
        if idle is not None:
            sessions.note_activity(request.session, idle, now=now)
        if needed is None or (needed != access.LOGGED_IN and not request.user.has_perm(needed)):
            raise PermissionDenied
        return None
