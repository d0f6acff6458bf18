"""Keeping a list under a name, renaming it, deleting it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aftersales import navigation
from aftersales.forms import ListNameForm, ListViewForm
from aftersales.http import StaffRequest
from aftersales.models import ListView
from aftersales.services import list_views


@require_POST
def save_list(request: StaffRequest) -> HttpResponse:
    """Keep the list from which the form was sent, with its filters, order and columns."""
    form = ListViewForm(request.POST)
    address = navigation.reachable(request.POST.get("route", ""), request)
    if address is None:
        raise Http404
    if form.is_valid():
        view = list_views.save_list_view(by=request.user, **form.cleaned_data)
        messages.success(request, _("The list “%(name)s” is saved.") % {"name": view.name})
    for errors in form.errors.values():
        messages.error(request, " ".join(map(str, errors)))
    return redirect(f"{address}?{request.POST.get('query', '')}")


@require_http_methods(["GET", "HEAD", "POST"])
def saved_list(request: StaffRequest, pk: int) -> HttpResponse:
    """Rename one's own list."""
    view = get_object_or_404(request.user.list_views, pk=pk)
    form = ListNameForm(request.POST or None, initial={"name": view.name})
    if form.is_valid():
        try:
            view = list_views.rename_list_view(pk, by=request.user, name=form.cleaned_data["name"])
        except list_views.NameTaken as refusal:
            form.add_error("name", str(refusal))
        else:
            return redirect(_address(view, request))
    context = {"form": form, "view": view, "address": _address(view, request)}
    return render(request, "lists/saved_list.html", context)


@require_POST
def delete_saved_list(request: StaffRequest, pk: int) -> HttpResponse:
    """Delete one's own list."""
    view = get_object_or_404(request.user.list_views, pk=pk)
    list_views.delete_list_view(pk, by=request.user)
    messages.success(request, _("The list “%(name)s” is deleted.") % {"name": view.name})
    return redirect(navigation.reachable(view.route, request) or "home")


def _address(view: ListView, request: StaffRequest) -> str:
    address = navigation.reachable(view.route, request)
    if address is None:
        raise Http404
    return f"{address}?{view.query}"
