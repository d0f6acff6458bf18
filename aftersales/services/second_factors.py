"""The second factor: codes of an authenticator app, and recovery codes for the day it is lost."""

from binascii import unhexlify
from datetime import datetime

from django.db import transaction
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import gettext as _
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import Refusal

RECOVERY_CODES = 10
# Without letters and digits that look alike; 16 of them are 79 bits.
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_DIGITS = 6


class WrongCode(Refusal):
    """The code does not fit the key that was shown."""


class AlreadyProtected(Refusal):
    """The account has a second factor."""


def recovery_codes_left(user: User) -> int:
    left: int = StaticToken.objects.filter(device__user=user).count()
    return left


@transaction.atomic
def use_code(user: User, code: str) -> bool:
    """Use up a code of the app (once within its half minute) or a recovery code (once)."""
    typed = _plain(code)
    device: TOTPDevice | StaticDevice | None
    if typed.isdecimal() and len(typed) == CODE_DIGITS:
        device = TOTPDevice.objects.select_for_update().filter(user=user).first()
        return bool(device and device.verify_token(typed))
    device = StaticDevice.objects.select_for_update().filter(user=user).first()
    return bool(device and device.verify_token(_digest(typed)))


def set_up(*, by: User, key: str, code: str, now: datetime) -> list[str]:
    """Protect one's own account with an authenticator app.

    Args:
        key: the secret that the app has read, in hexadecimal digits.
        code: what the app shows for it.

    Returns:
        The recovery codes, which cannot be shown again.

    Raises:
        AlreadyProtected: there is a second factor, perhaps set up in another tab.
        WrongCode: the app has another key or its clock is wrong.
    """
    with changes_by(by):
        user = User.objects.select_for_update().get(pk=by.pk)
        if user.second_factor_since:
            raise AlreadyProtected(_("Your account already has a second factor."))
        codes = TOTP(unhexlify(key))
        codes.time = now.timestamp()
        typed = _plain(code)
        if not typed.isdecimal() or not codes.verify(int(typed), tolerance=1):
            raise WrongCode(
                _("This code does not fit. Please type the one that the app shows now.")
            )
        TOTPDevice.objects.create(
            user=user, name="app", key=key, last_t=codes.t(), drift=codes.drift
        )
        user.second_factor_since = now
        user.save(update_fields=["second_factor_since"])
        return _new_recovery_codes(user)


@transaction.atomic
def renew_recovery_codes(*, by: User) -> list[str]:
    """Return new recovery codes; the old ones end."""
    return _new_recovery_codes(User.objects.select_for_update().get(pk=by.pk))


def remove(user_id: int, *, by: User) -> None:
    """Let a password alone log in to an account again: one's own, or of who lost the app."""
    with changes_by(by):
        TOTPDevice.objects.filter(user=user_id).delete()
        StaticDevice.objects.filter(user=user_id).delete()
        User.objects.filter(pk=user_id).update(second_factor_since=None)


def _new_recovery_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes")
    codes = [get_random_string(16, RECOVERY_ALPHABET) for _number in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=_digest(code)) for code in codes
    )
    return ["-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in codes]


def _plain(code: str) -> str:
    return code.replace(" ", "").replace("-", "").lower()


def _digest(code: str) -> str:
    """Return what is stored of a recovery code: as much of a keyed digest as the column holds."""
    return salted_hmac("aftersales.recovery-code", code, algorithm="sha256").hexdigest()[:16]
