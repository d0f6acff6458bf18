"""What every API endpoint shares: permissions, and the answer to a conflict."""

from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from aftersales import access


class TablePermission(BasePermission):
    """Asks the permission table; API routes also need the right to use the API."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        match = request.resolver_match
        needed = match and access.permission_for(match.view_name, request.method or "")
        if needed == access.PUBLIC:
            return True
        if not needed or not request.user.is_authenticated:
            return False
        return needed == access.LOGGED_IN or request.user.has_perm(needed)


class Conflict(APIException):
    """The request is valid but the object has moved on meanwhile."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"
