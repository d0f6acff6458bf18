"""The client itself: who it is, and an end to its tokens."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from aftersales.http import StaffApiRequest
from aftersales.models import User


class MeSerializer(serializers.ModelSerializer[User]):
    email = serializers.CharField()
    permissions = serializers.SerializerMethodField()
    token_expires_at = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = [
            "id",
            "username",
            "name",
            "email",
            "language",
            "roles",
            "permissions",
            "token_expires_at",
        ]
        read_only_fields = fields

    def get_permissions(self, user: User) -> list[str]:
        return sorted(user.permissions)

    def get_token_expires_at(self, user: User) -> datetime | None:
        expiry = self.context["request"].auth.expiry
        return expiry and timezone.localtime(expiry)


class MeView(APIView):
    @extend_schema(responses=MeSerializer)
    def get(self, request: StaffApiRequest) -> Response:
        """Say whose token this is, what it may do, and when it ends."""
        return Response(MeSerializer(request.user, context={"request": request}).data)


class TokenView(APIView):
    @extend_schema(responses={HTTPStatus.NO_CONTENT: None})
    def delete(self, request: StaffApiRequest) -> Response:
        """End the token of this request."""
        token: Any = request.auth
        token.delete()
        return Response(status=HTTPStatus.NO_CONTENT)


class TokensView(APIView):
    @extend_schema(responses={HTTPStatus.NO_CONTENT: None})
    def delete(self, request: StaffApiRequest) -> Response:
        """End all tokens of this user, also the one of this request."""
        AuthToken.objects.filter(user=request.user).delete()
        return Response(status=HTTPStatus.NO_CONTENT)
