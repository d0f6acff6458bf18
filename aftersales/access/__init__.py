"""The permission table: which permission each route asks for.

Pages and API read the same table. A route that does not stand here is refused for
everybody and fails the build (`aftersales/tests/test_access.py` walks the URLs and
tries every one of them with every role).
"""

from datetime import timedelta

from aftersales.access import followups, pages, programs
from aftersales.access.everybody import LOGGED_IN, PUBLIC

__all__ = ["IDLE", "IDLE_AFTER", "LOGGED_IN", "PUBLIC", "ROUTES", "idle_after", "permission_for"]

# Route name → permission, or method → permission where reading and writing differ.
ROUTES = pages.ROUTES | followups.ROUTES | programs.ROUTES


def permission_for(route: str, method: str) -> str | None:
    """Return what `method` on `route` needs: a permission, PUBLIC, LOGGED_IN, or None (refused)."""
    rule = ROUTES.get(route)
    if isinstance(rule, dict):
        return rule.get("GET" if method in {"HEAD", "OPTIONS"} else method)
    return rule


# After this long without a request somebody has to log in again.
IDLE = timedelta(minutes=30)
# Routes after which it is another time; None: the page asks by itself, so nobody need be there.
IDLE_AFTER: dict[str, timedelta | None] = {
    "workshop:import-progress": None,
    "followups:heartbeat": None,
    "followups:letter-batch-progress": None,
    # One talks for a long time without touching the page.
    "followups:next": timedelta(hours=1),
    "followups:desk": timedelta(hours=1),
    "followups:record": timedelta(hours=1),
    "followups:claim": timedelta(hours=1),
    "followups:save-draft": timedelta(hours=1),
    "followups:inbound-desk": timedelta(hours=1),
    "followups:claim-inbound": timedelta(hours=1),
}


def idle_after(route: str) -> timedelta | None:
    """Return how long a session lives on after a request to `route`; None if it changes nothing."""
    return IDLE_AFTER.get(route, IDLE)
