"""What the frame around every page needs."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from aftersales import health, navigation


def shell(request: HttpRequest) -> dict[str, Any]:
    """Name the shop and offer what only whole pages (not fragments) work out."""
    return {
        "shop": settings.SHOP,
        "menu": partial(navigation.menu_for, request),
        "search_url": partial(navigation.reachable, "workshop:search", request, "POST"),
        "system_banner": SimpleLazyObject(lambda: health.banner(request.user, timezone.now())),
    }
