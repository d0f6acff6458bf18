"""The page that shows the REST interface to people."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aftersales.http import StaffRequest


@require_safe
def api_docs(request: StaffRequest) -> HttpResponse:
    return render(request, "api_docs.html")
