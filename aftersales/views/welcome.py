"""Where somebody chooses a password with the link that an administrator handed over."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from aftersales.forms import NewPasswordForm
from aftersales.services import links

LINK = "welcome_link"


@require_safe
def welcome(request: HttpRequest, link: str) -> HttpResponse:
    """Take the link out of the address, so that no log, referrer or screenshot keeps it."""
    request.session[LINK] = link
    response = redirect("choose-password")
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest) -> HttpResponse:
    """Set the password of whom the link was issued for. Opening the page changes nothing."""
    link = request.session.get(LINK, "")
    holder = links.holder_of(link)
    if holder is None:
        return render(request, "registration/link_not_valid.html", status=410)
    form = NewPasswordForm(holder, request.POST or None)
    if form.is_valid():
        try:
            links.use(link, password=form.cleaned_data["new_password1"], now=timezone.now())
        except links.LinkNotValid:
            return render(request, "registration/link_not_valid.html", status=410)
        del request.session[LINK]
        messages.success(request, _("Your password is set. Log in with it now."))
        return redirect("login")
    context = {"form": form, "holder": holder}
    return render(request, "registration/choose_password.html", context)
