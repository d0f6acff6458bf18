"""The one search box: a fragment as one types, and a page of its own without JavaScript."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from aftersales import days
from aftersales.http import StaffRequest
from workshop.forms.search import SearchForm
from workshop.search import search as search_for


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: StaffRequest) -> HttpResponse:
    """Answer what was typed; it is posted, so that no name or number stands in an address."""
    form = SearchForm(request.POST)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    hits = search_for(query, user=request.user, today=days.today()) if query else []
    template = "workshop/_search_hits.html" if request.htmx else "workshop/search.html"
    return render(request, template, {"query": query, "hits": hits})
