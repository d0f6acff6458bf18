"""What somebody typed before the session ended: carried, signed, through the login."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from aftersales.models import User

SALT = "aftersales.unsaved"
# Fields that nobody typed.
BOOKKEEPING = {"version", "operation", "next"}


@dataclass(frozen=True)
class Unsaved:
    """A form that reached us after its session had ended. Files are not kept."""

    address: str
    fields: list[tuple[str, str]]
    typed_by: int | None

    @classmethod
    def of(cls, request: HttpRequest, *, typed_by: int | None) -> Unsaved:
        """Take what `request` posted, without secrets and the token of the old page."""
        fields = [
            (name, value)
            for name, values in request.POST.lists()
            if name != "csrfmiddlewaretoken" and "password" not in name
            for value in values
            if isinstance(value, str)
        ]
        return cls(request.get_full_path(), fields, typed_by)

    def sealed(self) -> str:
        """Return it as a text that nobody can alter."""
        content = [self.address, self.fields, self.typed_by]
        return signing.dumps(content, salt=SALT, compress=True)

    @property
    def typed(self) -> list[tuple[str, str]]:
        """The fields that hold something, with a name that a person can read."""
        return [
            (name.replace("_", " ").replace("-", " ").capitalize(), value)
            for name, value in self.fields
            if value.strip() and name not in BOOKKEEPING and not name.endswith("_FORMS")
        ]


def unseal(sealed: str, *, user: User) -> Unsaved | None:
    """Return what was typed, unless it is of somebody else, of yesterday, or altered."""
    try:
        address, fields, typed_by = signing.loads(
            sealed, salt=SALT, max_age=settings.SESSION_COOKIE_AGE
        )
    except signing.BadSignature:
        return None
    if typed_by not in {None, user.pk}:
        return None
    return Unsaved(address, [(name, value) for name, value in fields], typed_by)
