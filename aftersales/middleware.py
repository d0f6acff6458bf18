"""The door: who you are, in which language, and what you may open."""

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation

from aftersales import access


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


class AccessMiddleware(LoginRequiredMiddleware):
    """Lets a request through only if the permission table says so."""

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
        needed = access.permission_for(match.view_name, request.method or "")
        if needed == access.PUBLIC:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if needed is None or (needed != access.LOGGED_IN and not request.user.has_perm(needed)):
            raise PermissionDenied
        return None
