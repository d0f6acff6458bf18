"""How long a login lasts: twelve hours, less when nobody does anything."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from aftersales import access
from aftersales.models import User

IDLE_UNTIL = "idle_until"
# A write for every request would cost more than this much precision is worth.
NOTED_EVERY = timedelta(minutes=1)


def begin(request: HttpRequest, user: User, *, now: datetime) -> None:
    """Log `user` in under a new session id, for the time that no activity prolongs."""
    login(request, user)
    request.session.set_expiry(now + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    note_activity(request.session, access.IDLE, now=now)


def is_idle(session: SessionBase, *, now: datetime) -> bool:
    """Say whether the time is over in which the person should have done something."""
    idle_until = session.get(IDLE_UNTIL)
    return idle_until is not None and now.timestamp() >= idle_until


def note_activity(session: SessionBase, idle: timedelta, *, now: datetime) -> None:
    """Keep the session alive for `idle` from now on, give or take a minute."""
    idle_until = (now + idle).timestamp()
    if abs(idle_until - session.get(IDLE_UNTIL, 0)) >= NOTED_EVERY.total_seconds():
        session[IDLE_UNTIL] = idle_until
