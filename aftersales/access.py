"""The permission table: which permission each route asks for.

Pages and API read the same table. A route that does not stand here is refused for
everybody and fails the build (`aftersales/tests/test_access.py` walks the URLs and
tries every one of them with every role).
"""

PUBLIC = "public"
LOGGED_IN = "logged in"

# Route name → permission, or method → permission where reading and writing differ.
ROUTES: dict[str, str | dict[str, str]] = {
    "home": LOGGED_IN,
    "healthz": PUBLIC,
    "health": "aftersales.view_health",
    "styleguide": "aftersales.view_styleguide",
}


def permission_for(route: str, method: str) -> str | None:
    """Return what `method` on `route` needs: a permission, PUBLIC, LOGGED_IN, or None (refused)."""
    rule = ROUTES.get(route)
    if isinstance(rule, dict):
        return rule.get("GET" if method in {"HEAD", "OPTIONS"} else method)
    return rule
