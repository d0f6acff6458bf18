"""The history of a customer file: who changed what in it, and how it was before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.db.models import Q
from django.utils.translation import gettext as _

from aftersales.changes import Change, changes
from customers.models import ContactRefusal, Customer, Phone, VehicleRelation
from reports.moments import Moment

# Source → the tracked model, and the field by which its rows belong to the file.
TABLES = {
    "file": (Customer, "pgh_obj"),
    "phone": (Phone, "customer"),
    "refusal": (ContactRefusal, "customer"),
    "relation": (VehicleRelation, "customer"),
}


@dataclass(frozen=True)
class FileChange:
    """One change with its place in the list and a title for people."""

    moment: Moment
    change: Change

    @property
    def title(self) -> str:
        change = self.change
        if change.model is Customer:
            opened = {"insert": _("File opened"), "delete": _("File deleted")}
            return opened.get(change.action, _("File changed"))
        return {
            "insert": _("%(name)s added"),
            "update": _("%(name)s changed"),
            "delete": _("%(name)s removed"),
        }[change.action] % {"name": _described(change)}


@dataclass(frozen=True)
class Action:
    """What somebody changed at once."""

    at: datetime
    by: str
    is_direct: bool
    changes: Sequence[FileChange]


def file_changes(customer: Customer, *, before: Moment | None, limit: int) -> list[FileChange]:
    """Return the newest changes of the file and what hangs on it, newest first."""
    found = []
    for source, (model, owner) in TABLES.items():
        older = before.rows_before(source, at="pgh_created_at", pk="pgh_id") if before else Q()
        for change in changes(model, Q(**{owner: customer.pk}), before=older, limit=limit):
            found.append(FileChange(Moment(change.at, source, change.pk), change))
    return sorted(found, key=attrgetter("moment"), reverse=True)[:limit]


def actions(found: Sequence[FileChange]) -> list[Action]:
    """Put together what one person changed in one moment."""
    together = groupby(found, lambda one: (one.change.at, one.change.by, one.change.is_direct))
    return [
        Action(
            at, by, is_direct, sorted(group, key=lambda one: list(TABLES).index(one.moment.source))
        )
        for (at, by, is_direct), group in together
    ]


def _described(change: Change) -> str:
    values = change.values
    if change.model is Phone:
        return _("Phone number %(number)s") % {"number": values["typed"]}
    if change.model is ContactRefusal:
        return _("Do not contact (%(purpose)s, %(channel)s)") % values
    return _("Vehicle %(vehicle)s (%(relation)s)") % values
