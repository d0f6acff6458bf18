"""Who is at the door: passwords and second factors, limited before anything is computed."""

from datetime import datetime, timedelta
from threading import BoundedSemaphore

from django.contrib.auth import authenticate
from django.utils.translation import gettext as _

from aftersales import limits
from aftersales.models import User
from aftersales.refusals import Refusal
from aftersales.services import second_factors

PERIOD = timedelta(minutes=15)
TRIES_OF_AN_ACCOUNT = 10
TRIES_FROM_AN_ADDRESS = 50

# Checking a password costs a third of a second of a processor, on purpose.
_checks_at_once = BoundedSemaphore(2)


class TooManyTries(Refusal):
    """Nothing was checked; trying again makes sense after `seconds`."""

    def __init__(self, seconds: int, reason: str) -> None:
        super().__init__(reason)
        self.seconds = seconds


def check_password(username: str, password: str, *, address: str, now: datetime) -> User | None:
    """Return who has this name and password; None takes as long, whether the name exists or not.

    Args:
        address: where the request comes from, as far as our own proxies vouch for it.

    Raises:
        TooManyTries: of this account, from this address, or too many at this moment.
    """
    if not _checks_at_once.acquire(blocking=False):
        raise TooManyTries(
            1, _("Many people are logging in right now. Please try again in a moment.")
        )
    try:
        by_account, by_address = f"login as {username}", f"login from {address}"
        _take(by_address, TRIES_FROM_AN_ADDRESS, now)
        _take(by_account, TRIES_OF_AN_ACCOUNT, now)
        user = authenticate(username=username, password=password)
        if user:
            limits.reset(by_account)
            limits.give_back(by_address)
        return user
    finally:
        _checks_at_once.release()


def check_code(user: User, code: str, *, now: datetime) -> bool:
    """Use up a code of the second factor, or a recovery code, if it is right.

    Raises:
        TooManyTries: of this account.
    """
    by_account = f"login code of {user.pk}"
    _take(by_account, TRIES_OF_AN_ACCOUNT, now)
    if not second_factors.use_code(user, code):
        return False
    limits.reset(by_account)
    return True


def _take(key: str, limit: int, now: datetime) -> None:
    if not limits.take(key, limit=limit, per=PERIOD, now=now):
        raise TooManyTries(
            int(PERIOD.total_seconds()),
            _("Too many tries. Please wait a quarter of an hour, then try again."),
        )
