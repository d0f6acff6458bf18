"""Where departments get their digests: changed by the supervisor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aftersales.history import changes_by
from aftersales.models import User
from followups.models import Department
from reports.models import DepartmentMailbox


def mailboxes() -> list[DepartmentMailbox]:
    """Return the mailbox of each department, one not saved yet where nobody gave an address."""
    known = {each.department: each for each in DepartmentMailbox.objects.all()}
    return [
        known.get(department) or DepartmentMailbox(department=department)
        for department in Department.values
    ]


def change_mailboxes(changes: Mapping[str, Mapping[str, Any]], *, by: User) -> None:
    """Write what was changed.

    Args:
        changes: department → the fields that somebody typed anew; what another person wrote
            into the others meanwhile stays.
    """
    with changes_by(by):
        for department, fields in changes.items():
            DepartmentMailbox.objects.update_or_create(department=department, defaults=fields)
