"""How the installation is."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from aftersales.health import examine
from aftersales.http import StaffRequest


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer a monitor: 200 while everything is well, 503 while anything is not."""
    checks = examine(now=timezone.now())
    well = all(check.ok for check in checks)
    answer = {
        "status": "ok" if well else "failing",
        "checks": {check.name: {"ok": check.ok, **check.figures} for check in checks},
    }
    return JsonResponse(answer, status=200 if well else 503)


@require_safe
def health(request: StaffRequest) -> HttpResponse:
    """Show the same to whoever looks after the installation."""
    return render(request, "aftersales/health.html", {"checks": examine(now=timezone.now())})
