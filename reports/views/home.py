"""The page on which everybody starts."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aftersales.http import StaffRequest


@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """Show where everybody starts: what one may do here."""
    return render(request, "home.html")
