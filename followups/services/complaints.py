"""The handling report of a complaint (form F14): filled, extended, linked to an earlier one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile
from followups.matters.complaint_codes import CATEGORIES
from followups.models import Complaint, MatterState
from followups.services.matters import MatterIsClosed, refuse_blank

# What whoever handles a complaint fills in, also after it is closed (CMP-08).
REPORT = (
    "level",
    "category",
    "subcategory",
    "department",
    "demand",
    "facts",
    "cause",
    "remedy",
    "corrective",
    "preventive",
)


def fill(complaint_id: int, *, by: User, version: int, changes: Mapping[str, Any]) -> Complaint:
    """Fill in the handling report, and say which earlier complaint it repeats.

    Args:
        changes: values of `REPORT`, and `repeats`.

    Raises:
        ChangedMeanwhile
        ValidationError: the code list doesn't know the category or subcategory, or it cannot
            repeat that complaint.

    Source: CMP-01, CMP-05, CMP-08; form F14.
    """

    def change(complaint: Complaint) -> None:
        for name, value in changes.items():
            setattr(complaint, name, value)
        _refuse_unknown_category(complaint)
        earlier = Complaint.objects.before(complaint)
        if complaint.repeats is not None and not earlier.contains(complaint.repeats):
            raise ValidationError(
                {"repeats": _("This is no earlier complaint of this customer or about this car.")}
            )

    return _changed(complaint_id, change, (*REPORT, "repeats"), by=by, version=version)


def extend(complaint_id: int, *, by: User, version: int, close_by: date, reason: str) -> Complaint:
    """Give a complaint more days; the supervisor does, and says why.

    Raises:
        ChangedMeanwhile, MatterIsClosed
        ValidationError: there is no reason, or the day is no later one.

    Source: CMP-02.
    """
    refuse_blank(extended_because=reason)

    def change(complaint: Complaint) -> None:
        if complaint.matter.state == MatterState.CLOSED:
            raise MatterIsClosed
        if close_by <= complaint.close_by:
            raise ValidationError({"close_by": _("This day is no later than the one it has.")})
        complaint.close_by, complaint.extended_because = close_by, reason.strip()
        complaint.extended_by = by

    names = ("close_by", "extended_because", "extended_by")
    return _changed(complaint_id, change, names, by=by, version=version)


def _changed(
    complaint_id: int,
    change: Callable[[Complaint], None],
    names: tuple[str, ...],
    *,
    by: User,
    version: int,
) -> Complaint:
    with changes_by(by):
        locked = Complaint.objects.select_for_update(of=("self",), no_key=True)
        complaint = locked.select_related("matter").get(pk=complaint_id)
        if complaint.version != version:
            raise ChangedMeanwhile(complaint)
        change(complaint)
        complaint.save(update_fields=names)
        complaint.refresh_from_db()
    return complaint


def _refuse_unknown_category(complaint: Complaint) -> None:
    category = CATEGORIES.get(complaint.category)
    if complaint.category and category is None:
        raise ValidationError({"category": _("There is no such category.")})
    if complaint.subcategory and complaint.subcategory not in getattr(
        category, "subcategories", {}
    ):
        raise ValidationError({"subcategory": _("This belongs to another category.")})
