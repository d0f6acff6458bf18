"""The way in and out, and what becomes of a form whose session has ended.

With `?dialog=1` the login speaks to `static/js/session.js`: it answers with the form alone,
and 204 once somebody is logged in.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from aftersales import sessions
from aftersales.forms import CodeForm, LoginForm, OnwardForm
from aftersales.http import client_address, own_address
from aftersales.models import User
from aftersales.services import logins
from aftersales.unsaved import Unsaved, unseal

TICKET = "aftersales.login-ticket"
TICKET_LASTS = timedelta(minutes=5)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Ask for user name and password."""
    if request.method != "POST":
        return _welcome_back(request) or _ask_password(request)
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, status=422)
    try:
        user = logins.check_password(
            form.cleaned_data["username"],
            form.cleaned_data["password"],
            address=client_address(request),
            now=timezone.now(),
        )
    except logins.TooManyTries as refusal:
        return _too_many(request, form, refusal)
    if user is None:
        form.add_error(None, _("This user name and this password do not belong together."))
        return _ask(request, form, status=422)
    if user.second_factor_since:
        onward = {name: form.cleaned_data[name] for name in ("next", "unsaved")}
        return _ask(request, CodeForm(initial={"ticket": _ticket(user), **onward}))
    return _enter(request, user, form)


@require_http_methods(["GET", "HEAD", "POST"])
def login_code(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of somebody whose password was right."""
    if request.method != "POST":
        return redirect("login")
    form = CodeForm(request.POST)
    user = _holder(request.POST.get("ticket", ""))
    if user is None:
        return _ask_password(
            request, notice=_("That took too long. Please log in again."), onward=form
        )
    if not form.is_valid():
        return _ask(request, form, status=422)
    try:
        is_right = logins.check_code(user, form.cleaned_data["code"], now=timezone.now())
    except logins.TooManyTries as refusal:
        return _too_many(request, form, refusal)
    if not is_right:
        form.add_error("code", _("This code is wrong, or it was used before."))
        return _ask(request, form, status=422)
    return _enter(request, user, form)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session, here and on the server."""
    auth.logout(request)
    response = redirect("login")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def ask_to_log_in(request: HttpRequest, *, typed_by: int | None) -> HttpResponse:
    """Answer somebody without a session; what he typed goes with him through the login.

    Args:
        typed_by: whose session has just ended, if it is known.
    """
    if request.htmx:  # type: ignore[attr-defined]
        return _session_expired()
    if request.method in {"GET", "HEAD"}:
        return redirect_to_login(request.get_full_path())
    unsaved = Unsaved.of(request, typed_by=typed_by).sealed()
    notice = _("Your session has ended. Log in again to go on; what you typed is kept.")
    form = LoginForm(initial={"unsaved": unsaved})
    return _ask(request, form, notice=notice, status=401)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form of ours that is too old; one of another site gets nothing of it."""
    if not _comes_from_here(request):
        return render(request, "403_csrf.html", status=403)
    match = request.resolver_match
    if match and match.view_name in {"login", "login-code"}:
        notice = _("The page had been open for too long. Please log in again.")
        return _welcome_back(request) or _ask_password(
            request, notice=notice, onward=OnwardForm(request.POST)
        )
    if request.htmx:  # type: ignore[attr-defined]
        return _session_expired()
    if request.user.is_authenticated:
        return _show_unsaved(request, Unsaved.of(request, typed_by=request.user.pk), status=403)
    return ask_to_log_in(request, typed_by=None)


def _ask(
    request: HttpRequest, form: LoginForm | CodeForm, *, notice: str = "", status: int = 200
) -> HttpResponse:
    step = "code" if isinstance(form, CodeForm) else "login"
    page = f"_{step}_form" if "dialog" in request.GET else step
    context = {"form": form, "notice": notice}
    return render(request, f"registration/{page}.html", context, status=status)


def _ask_password(
    request: HttpRequest, *, notice: str = "", onward: OnwardForm | None = None
) -> HttpResponse:
    """Show an empty login form that leads where `onward` did, or where the address says."""
    if onward is None:
        return _ask(request, LoginForm(initial={"next": request.GET.get("next", "")}))
    onward.is_valid()
    initial = {name: onward.cleaned_data[name] for name in ("next", "unsaved")}
    return _ask(request, LoginForm(initial=initial), notice=notice, status=422)


def _too_many(
    request: HttpRequest, form: LoginForm | CodeForm, refusal: logins.TooManyTries
) -> HttpResponse:
    form.add_error(None, str(refusal))
    response = _ask(request, form, status=429)
    response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _enter(request: HttpRequest, user: User, form: OnwardForm) -> HttpResponse:
    sessions.begin(request, user, now=timezone.now())
    if "dialog" in request.GET:
        return _renewed(request)
    unsaved = unseal(form.cleaned_data["unsaved"], user=user)
    if unsaved:
        with translation.override(user.language):
            return _show_unsaved(request, unsaved)
    return redirect(own_address(request, form.cleaned_data["next"]))


def _welcome_back(request: HttpRequest) -> HttpResponse | None:
    """Send on whoever is logged in already."""
    if not request.user.is_authenticated:
        return None
    if "dialog" in request.GET:
        return _renewed(request)
    return redirect(own_address(request, request.GET.get("next", "")))


def _renewed(request: HttpRequest) -> HttpResponse:
    """Tell the page below the dialog which token its forms must send, and for whom."""
    headers = {"X-CSRFToken": get_token(request), "X-User": str(request.user.pk)}
    return HttpResponse(status=204, headers=headers)


def _session_expired() -> HttpResponse:
    return HttpResponse(status=401, headers={"HX-Trigger": "session-expired"})


def _show_unsaved(request: HttpRequest, unsaved: Unsaved, *, status: int = 200) -> HttpResponse:
    return render(request, "registration/unsaved.html", {"unsaved": unsaved}, status=status)


def _comes_from_here(request: HttpRequest) -> bool:
    ours = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return request.headers.get("Origin") in ours


def _ticket(user: User) -> str:
    """Return the proof that the password of `user` was right a moment ago."""
    return signing.dumps([user.pk, user.get_session_auth_hash()], salt=TICKET)


def _holder(ticket: str) -> User | None:
    try:
        number, state = signing.loads(ticket, salt=TICKET, max_age=TICKET_LASTS)
    except signing.BadSignature:
        return None
    user = User.objects.active().filter(pk=number).first()
    return user if user and constant_time_compare(state, user.get_session_auth_hash()) else None
