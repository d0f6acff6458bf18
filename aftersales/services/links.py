"""Links with which somebody chooses a password: for a new account, and for a forgotten one.

An administrator hands the link over and never learns the password. A link works once, for
an hour (`PASSWORD_RESET_TIMEOUT`), until another one is issued or the person is deactivated.
"""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.translation import gettext as _

from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import Refusal


class LinkNotValid(Refusal):
    """The link is used, replaced, too old, altered, or of somebody who was deactivated."""

    def __init__(self) -> None:
        super().__init__(_("This link was used, or it is too old. Please ask for a new one."))


class _LinkSignature(PasswordResetTokenGenerator):
    key_salt = "aftersales.link"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{user.pk} {user.password} {user.link_issued_at} {timestamp}"


_signature = _LinkSignature()


def issue(user_id: int, *, by: User, now: datetime) -> str:
    """Return the last part of the address at which a person chooses a password.

    Raises:
        User.DoesNotExist: there is nobody active with this id.
    """
    with changes_by(by):
        user = User.objects.active().select_for_update().get(pk=user_id)
        user.link_issued_at = now
        user.save(update_fields=["link_issued_at"])
    return f"{user.pk}-{_signature.make_token(user)}"


def holder_of(link: str) -> User | None:
    """Return whose link this is while it works."""
    number, _dash, signature = link.partition("-")
    if not number.isdecimal() or len(number) > 18:
        return None
    user = User.objects.active().filter(pk=int(number)).first()
    return user if user and _signature.check_token(user, signature) else None


def use(link: str, *, password: str, now: datetime) -> User:
    """Set the password of whom the link was issued for; the link ends.

    Raises:
        LinkNotValid: perhaps because somebody else was faster.
    """
    hashed = make_password(password)
    holder = holder_of(link)
    if holder is None:
        raise LinkNotValid
    with changes_by(holder):
        User.objects.select_for_update().get(pk=holder.pk)
        user = holder_of(link)
        if user is None:
            raise LinkNotValid
        user.password = hashed
        user.password_changed_at = now
        user.save(update_fields=["password", "password_changed_at"])
    return user
