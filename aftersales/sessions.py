"""How long a login lasts: twelve hours, less when nobody does anything; and where one is open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from aftersales import access
from aftersales.http import client_address
from aftersales.models import User

BEGUN = "begun"
IDLE_UNTIL = "idle_until"
# A write for every request would cost more than this much precision is worth.
NOTED_EVERY = timedelta(minutes=1)
LONGEST_AGENT = 300
# How browsers and systems call themselves → what people call them; the first that fits is meant.
BROWSERS = {
    "MicroMessenger/": "WeChat",
    "Edg/": "Edge",
    "Whale/": "Whale",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


@dataclass(frozen=True)
class OpenSession:
    """Where somebody is logged in, with what and since when, and whether it is this one."""

    began_at: datetime
    address: str
    device: str
    is_this: bool


def begin(request: HttpRequest, user: User, *, now: datetime) -> None:
    """Log `user` in under a new session id, for the time that no activity prolongs."""
    login(request, user)
    request.session.set_expiry(now + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    request.session[BEGUN] = {
        "at": now.isoformat(),
        "address": client_address(request),
        "agent": request.headers.get("User-Agent", "")[:LONGEST_AGENT],
    }
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


def open_sessions(user: User, *, this: str | None, now: datetime) -> list[OpenSession]:
    """Return where the person is logged in, the latest first; `this` is the key of one of them."""
    found = [
        OpenSession(
            began_at=datetime.fromisoformat(data[BEGUN]["at"]),
            address=data[BEGUN]["address"],
            device=_device(data[BEGUN]["agent"]),
            is_this=row.session_key == this,
        )
        for row, data in _living(user, now=now)
        if BEGUN in data
    ]
    return sorted(found, key=lambda session: session.began_at, reverse=True)


def end_others(user: User, *, this: str | None, now: datetime) -> None:
    """Log the person out everywhere but where `this` is the key of the session."""
    for row, _data in _living(user, now=now):
        if row.session_key != this:
            row.delete()


def _living(user: User, *, now: datetime) -> Iterator[tuple[Session, dict[str, Any]]]:
    """Yield the person's sessions that still open something.

    All have to be read: a row says only inside whose it is. Ending after twelve hours, they are
    about as many as people.
    """
    for row in Session.objects.filter(expire_date__gt=now):
        data = row.get_decoded()
        is_own = data.get(SESSION_KEY) == str(user.pk)
        is_valid = data.get(HASH_SESSION_KEY) == user.get_session_auth_hash()
        if is_own and is_valid and now.timestamp() < data.get(IDLE_UNTIL, 0):
            yield row, data


def _device(agent: str) -> str:
    """Return browser and system in short, as far as the browser says."""
    said = [
        next((name for sign, name in names.items() if sign in agent), "")
        for names in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, said))
