"""Tokens of REST clients: knox keeps their digest, their owner and their last day."""

from knox.auth import TokenAuthentication
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed

from aftersales.models import User


class ClientToken(TokenAuthentication):
    """`Authorization: Token …`."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, AuthToken]:
        try:
            return super().authenticate_credentials(token)  # type: ignore[no-any-return]
        except ValueError as error:  # bytes that are no text at all
            raise AuthenticationFailed from error
