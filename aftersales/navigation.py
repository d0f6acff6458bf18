"""The menu: where the left navigation leads, in which order, under which icon."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales import access


@dataclass(frozen=True)
class Entry:
    """A route by its name, so that this module knows no app."""

    route: str
    label: str | Promise
    icon: str


@dataclass(frozen=True)
class Link:
    """An entry that the reader of the page may follow."""

    url: str
    label: str | Promise
    icon: str
    is_current: bool


MENU = (
    (
        Entry("home", _("Home"), "house"),
        Entry("followups:queue", pgettext_lazy("menu", "Queue"), "phone-outgoing"),
        Entry("followups:inbound", _("Inbound call"), "phone-incoming"),
        Entry("followups:board", pgettext_lazy("menu", "Board"), "layout-dashboard"),
        Entry("followups:follow-ups", _("Follow-ups"), "list-checks"),
        Entry("customers:list", _("Customers"), "users-round"),
        Entry("customers:vehicles", _("Vehicles"), "car"),
        Entry("workshop:orders", _("Repair orders"), "wrench"),
        Entry("customers:consultations", _("Consultations"), "messages-square"),
        Entry("followups:calls", _("Call register"), "notebook-text"),
        Entry("followups:letters", _("Letters"), "mail"),
        Entry("followups:matters", _("Matters and complaints"), "message-square-warning"),
        Entry("followups:campaigns", _("Campaigns"), "megaphone"),
        Entry("reports:complaint-weeks", _("Complaint statistics"), "chart-column-stacked"),
        Entry("reports:digests", _("Weekly digest"), "clipboard-list"),
    ),
    (
        Entry("followups:outbox", _("Outbox"), "send"),
        Entry("followups:absences", _("Absences"), "calendar-off"),
        Entry("followups:reminders", _("Reminders"), "alarm-clock"),
        Entry("followups:policy", _("Policy"), "sliders-horizontal"),
        Entry("customers:duplicates", _("Duplicates"), "copy"),
        Entry("workshop:imports", _("Imports"), "file-up"),
    ),
    (
        Entry("users", _("Users"), "user-cog"),
        Entry("followups:webhooks", _("Webhooks"), "webhook"),
        Entry("health", _("System health"), "activity"),
        Entry("styleguide", _("Styleguide"), "swatch-book"),
    ),
)


def menu_for(request: HttpRequest) -> list[list[Link]]:
    """Return the groups of links that this person may follow; empty groups are left out."""
    groups = [
        [(entry, url) for entry in group if (url := reachable(entry.route, request))]
        for group in MENU
    ]
    current = _closest([url for group in groups for _entry, url in group], request.path)
    return [
        [Link(url, entry.label, entry.icon, url == current) for entry, url in group]
        for group in groups
        if group
    ]


def reachable(route: str, request: HttpRequest, method: str = "GET") -> str | None:
    """Return the address of a route if it exists and this person may use it."""
    needed = access.permission_for(route, method)
    if needed is None or not request.user.is_authenticated:
        return None
    if needed not in {access.PUBLIC, access.LOGGED_IN} and not request.user.has_perm(needed):
        return None
    try:
        return reverse(route)
    except NoReverseMatch:
        return None


def _closest(urls: list[str], path: str) -> str | None:
    """Return the longest address that `path` lies under; the home page has nothing under it."""
    above = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(above, key=len, default=None)
