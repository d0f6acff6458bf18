"""Who may call which endpoint: the permission table, asked by the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from aftersales import access

if TYPE_CHECKING:
    from rest_framework.views import APIView


class TablePermission(BasePermission):
    """Asks the permission table; whoever comes with a token also needs the right to use the API."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user.is_authenticated:
            return False
        if request.auth is not None and not request.user.has_perm("aftersales.use_api"):
            return False
        method = request.method or ""
        if method not in view.allowed_methods or method == "OPTIONS":
            return True  # for the view to answer 405: there is nothing here to protect
        match = request.resolver_match
        needed = match and access.permission_for(match.view_name, method)
        if not needed:
            return False
        return needed == access.LOGGED_IN or request.user.has_perm(needed)
