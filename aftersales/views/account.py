"""One's own account: name, language, appearance, password, second factor, sessions."""

from base64 import b32encode

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from aftersales import qr, sessions
from aftersales.forms import (
    AccountForm,
    ChangePasswordForm,
    LanguageForm,
    PasswordForm,
    SecondFactorForm,
    ThemeForm,
)
from aftersales.http import StaffRequest, client_address, own_address
from aftersales.services import accounts, logins, second_factors

KEY = "aftersales.second-factor-key"
KEY_LASTS_SECONDS = 30 * 60


@require_POST
def preferences(request: StaffRequest) -> HttpResponse:
    """Take the language or the appearance chosen in the head of a page."""
    language = LanguageForm(request.POST)
    theme = ThemeForm(request.POST)
    if language.is_valid():
        accounts.choose_language(by=request.user, language=language.cleaned_data["language"])
    elif theme.is_valid():
        accounts.choose_theme(by=request.user, theme=theme.cleaned_data["theme"])
    return redirect(own_address(request, request.POST.get("next", "")))


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: StaffRequest) -> HttpResponse:
    """Show one's own account, and correct it."""
    form = AccountForm(request.POST or None, instance=request.user)
    if form.is_valid():
        accounts.change_account(by=request.user, **form.cleaned_data)
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, _("Your account is saved."))
        return redirect("account")
    here = request.session.session_key
    opened = sessions.open_sessions(request.user, this=here, now=timezone.now())
    return render(request, "registration/account.html", {"form": form, "sessions": opened})


@require_POST
def end_other_sessions(request: StaffRequest) -> HttpResponse:
    """Log out everywhere else."""
    here = request.session.session_key
    sessions.end_others(request.user, this=here, now=timezone.now())
    messages.success(request, _("You are logged in only here now."))
    return redirect("account")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: StaffRequest) -> HttpResponse:
    """Set a new password; sessions in other places end."""
    form = ChangePasswordForm(request.user, request.POST or None)
    if form.is_valid() and _password_is_right(request, form):
        user = accounts.change_password(
            by=request.user, password=form.cleaned_data["new_password1"], now=timezone.now()
        )
        update_session_auth_hash(request, user)
        messages.success(request, _("Your new password is set."))
        return redirect("account")
    return render(request, "registration/change_password.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: StaffRequest) -> HttpResponse:
    """Set up an authenticator app; who has one sees what can be done with it."""
    if request.user.second_factor_since:
        return _show_second_factor(request, PasswordForm())
    form = SecondFactorForm(request.POST or None, initial={"sealed_key": _sealed(default_key())})
    try:
        key = signing.loads(form["sealed_key"].value(), salt=KEY, max_age=KEY_LASTS_SECONDS)
    except signing.BadSignature:
        messages.warning(request, _("That took too long. Please scan the new code."))
        return redirect("second-factor")
    if form.is_valid():
        try:
            codes = second_factors.set_up(
                by=request.user, key=key, code=form.cleaned_data["code"], now=timezone.now()
            )
        except (second_factors.WrongCode, second_factors.AlreadyProtected) as refusal:
            form.add_error("code", str(refusal))
        else:
            request.session.cycle_key()
            return _show_recovery_codes(request, codes)
    device = TOTPDevice(user=request.user, key=key)
    typable_key = b32encode(device.bin_key).decode()
    context = {"form": form, "key": typable_key, "qr": qr.draw(device.config_url)}
    return render(request, "registration/second_factor_set_up.html", context)


@sensitive_post_parameters()
@require_POST
def renew_recovery_codes(request: StaffRequest) -> HttpResponse:
    """Show new recovery codes; the old ones end."""
    form = PasswordForm(request.POST)
    if not (form.is_valid() and _password_is_right(request, form)):
        return _show_second_factor(request, form)
    return _show_recovery_codes(request, second_factors.renew_recovery_codes(by=request.user))


@sensitive_post_parameters()
@require_POST
def remove_second_factor(request: StaffRequest) -> HttpResponse:
    """Log in with the password alone from now on."""
    form = PasswordForm(request.POST)
    if not (form.is_valid() and _password_is_right(request, form)):
        return _show_second_factor(request, form)
    second_factors.remove(request.user.pk, by=request.user)
    request.session.cycle_key()
    messages.success(request, _("Your account has no second factor any more."))
    return redirect("account")


def _password_is_right(request: StaffRequest, form: PasswordForm | ChangePasswordForm) -> bool:
    """Check the password under the limits of the login: a passer-by must not guess it here."""
    try:
        user = logins.check_password(
            request.user.username,
            form.cleaned_data["current_password"],
            address=client_address(request),
            now=timezone.now(),
        )
    except logins.TooManyTries as refusal:
        form.add_error("current_password", str(refusal))
        return False
    if user is None:
        form.add_error("current_password", _("This is not your password."))
    return user is not None


def _show_second_factor(request: StaffRequest, form: PasswordForm) -> HttpResponse:
    context = {"form": form, "codes_left": second_factors.recovery_codes_left(request.user)}
    return render(request, "registration/second_factor.html", context)


def _show_recovery_codes(request: StaffRequest, codes: list[str]) -> HttpResponse:
    return render(request, "registration/recovery_codes.html", {"codes": codes})


def _sealed(key: str) -> str:
    return signing.dumps(key, salt=KEY)
