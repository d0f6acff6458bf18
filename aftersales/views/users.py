"""The accounts of everybody, for who looks after them."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersales.changes import changes
from aftersales.forms import NewUserForm, UserFilterForm, UserForm
from aftersales.http import StaffRequest
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile, Refusal
from aftersales.services import links, second_factors, users

CHANGES_SHOWN = 50


@require_safe
def list_users(request: StaffRequest) -> HttpResponse:
    """List the accounts; those of former colleagues only when asked for."""
    form = UserFilterForm(request.GET, label_suffix="")
    found = User.objects.matching(**form.cleaned_data) if form.is_valid() else User.objects.none()
    context = {"form": form, "users": found, "manages": _manages(request)}
    return render(request, "users/list.html", context)


@require_safe
def user(request: StaffRequest, pk: int) -> HttpResponse:
    """Show an account and what happened to it."""
    person = get_object_or_404(User, pk=pk)
    history = changes(User, Q(pgh_obj_id=pk), limit=CHANGES_SHOWN)
    context = {"person": person, "history": history, "manages": _manages(request)}
    return render(request, "users/user.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create_user(request: StaffRequest) -> HttpResponse:
    """Make an account, and the link with which its owner chooses a password."""
    form = NewUserForm(request.POST or None)
    if form.is_valid():
        try:
            person = users.create_user(by=request.user, **form.cleaned_data)
        except users.UsernameTaken as refusal:
            form.add_error("username", str(refusal))
        else:
            return _show_new_link(request, person)
    return render(request, "users/create.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def change_user(request: StaffRequest, pk: int) -> HttpResponse:
    """Correct an account."""
    person = get_object_or_404(User, pk=pk)
    form = UserForm(request.POST or None, instance=person, by=request.user)
    if form.is_valid():
        try:
            users.change_user(pk, by=request.user, **form.cleaned_data)
        except ChangedMeanwhile as refusal:
            form.add_error(None, str(refusal))
            context = {"form": form, "person": person, "current": refusal.current}
            return render(request, "users/change.html", context, status=409)
        except Refusal as refusal:
            form.add_error("roles", str(refusal))
        else:
            messages.success(request, _("The account is saved."))
            return redirect("user", pk)
    return render(request, "users/change.html", {"form": form, "person": person})


@require_POST
def issue_link(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a link for a new password, once; the link before it ends."""
    return _show_new_link(request, get_object_or_404(User.objects.active(), pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
def reactivate_user(request: StaffRequest, pk: int) -> HttpResponse:
    """Let a person in again, after a question."""
    person = get_object_or_404(User.objects.filter(is_active=False), pk=pk)
    if request.method != "POST":
        return render(request, "users/reactivate.html", {"person": person})
    users.reactivate_user(pk, by=request.user)
    messages.success(request, _("%(name)s can log in again.") % {"name": person})
    return redirect("user", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def remove_second_factor_of_user(request: StaffRequest, pk: int) -> HttpResponse:
    """Help somebody who lost the app and the recovery codes, after a question."""
    person = get_object_or_404(User.objects.exclude(second_factor_since=None), pk=pk)
    if request.method != "POST":
        return render(request, "users/remove_second_factor.html", {"person": person})
    second_factors.remove(pk, by=request.user)
    messages.success(request, _("%(name)s logs in with the password alone now.") % {"name": person})
    return redirect("user", pk)


def _manages(request: StaffRequest) -> bool:
    return request.user.has_perm(users.MANAGE_USERS)


def _show_new_link(request: StaffRequest, person: User) -> HttpResponse:
    link = links.issue(person.pk, by=request.user, now=timezone.now())
    address = request.build_absolute_uri(reverse("welcome", args=[link]))
    return render(request, "users/link.html", {"person": person, "address": address})
