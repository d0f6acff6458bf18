"""What an entry of a customer's timeline is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from django.db import models
from django.utils.translation import gettext_lazy

from aftersales.models import User
from customers.models import Customer
from reports.moments import Moment


class Kind(models.TextChoices):
    """What an entry is about; the chips above the timeline."""

    CALL = "call", gettext_lazy("Calls")
    MATTER = "matter", gettext_lazy("Matters")
    CAMPAIGN = "campaign", gettext_lazy("Campaigns")
    LETTER = "letter", gettext_lazy("Letters")
    LINK = "link", gettext_lazy("Links")
    FOLLOW_UP = "follow_up", gettext_lazy("Follow-ups")
    ORDER = "order", gettext_lazy("Repair orders")
    CONSULTATION = "consultation", gettext_lazy("Consultations")
    FILE = "file", gettext_lazy("Customer file")
    MERGE = "merge", gettext_lazy("Merges")


ICONS = {
    Kind.CALL: "phone",
    Kind.MATTER: "message-square-warning",
    Kind.CAMPAIGN: "megaphone",
    Kind.LETTER: "mail",
    Kind.LINK: "link",
    Kind.FOLLOW_UP: "list-checks",
    Kind.ORDER: "wrench",
    Kind.CONSULTATION: "messages-square",
    Kind.FILE: "file-pen",
    Kind.MERGE: "merge",
}


@dataclass(frozen=True)
class Entry:
    """One thing that happened: a heading, who did it, and a few lines about it."""

    moment: Moment
    kind: Kind
    heading: str
    by: str = ""
    url: str = ""
    badge: str = ""
    tone: str = ""
    lines: Sequence[str] = ()

    @property
    def at(self) -> datetime:
        return self.moment.at

    @property
    def icon(self) -> str:
        return ICONS[self.kind]


Source: TypeAlias = Callable[[Customer, User, Moment | None, int], list[Entry]]
