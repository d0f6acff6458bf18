"""What the frame around every page needs."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from aftersales import navigation


def shell(request: HttpRequest) -> dict[str, Any]:
    """Name the shop and offer the menu, which only whole pages (not fragments) work out."""
    menu: Callable[[], list[list[navigation.Link]]] = partial(navigation.menu_for, request)
    return {"shop": settings.SHOP, "menu": menu}
