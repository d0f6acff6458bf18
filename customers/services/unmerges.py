"""Parting two files that were merged by mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core import serializers
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import Refusal
from customers.models import Customer, Merge
from customers.services.merge_steps import written


class UndoTooLate(Refusal):
    """More than 30 days have passed since the merge."""


class AlreadyUndone(Refusal):
    """Somebody undid the merge before."""


class LaterMerge(Refusal):
    """The survivor was part of a later merge, which has to be undone first: `later`."""

    def __init__(self, later: Merge) -> None:
        super().__init__(
            _(
                "Later %(merged)s was merged into %(survivor)s. "
                "Undo that merge first, then this one."
            )
            % {"merged": later.merged, "survivor": later.survivor}
        )
        self.later = later


@dataclass(frozen=True)
class Undone:
    """A merge taken back, and in whole sentences what could not be restored."""

    merge: Merge
    not_restored: list[str]


def undo_merge(merge_id: int, *, by: User, now: datetime) -> Undone:
    """Part two merged files: every row goes back, every value as it was.

    What was changed since then stays as it is now, and is named in the answer.

    Raises:
        AlreadyUndone: somebody was faster.
        UndoTooLate: more than 30 days have passed.
        LaterMerge: the survivor took part in another merge since.
    """
    with changes_by(by):
        merge = _lock(merge_id)
        if merge.undone_at:
            raise AlreadyUndone(_("This merge was undone already."))
        if now > merge.undo_until:
            raise UndoTooLate(_("A merge can be undone for 30 days."))
        took_part = Q(survivor=merge.survivor) | Q(merged=merge.survivor)
        later = Merge.objects.standing().filter(took_part, pk__gt=merge.pk)
        if last := later.select_related("survivor", "merged").first():
            raise LaterMerge(last)
        not_restored = [
            problem for step in reversed(merge.steps) if (problem := _take_back(step, merge))
        ]
        merge.undone_at, merge.undone_by = now, by
        merge.save(update_fields=["undone_at", "undone_by"])
    return Undone(merge, not_restored)


def _lock(merge_id: int) -> Merge:
    """Lock both files and then the merge, as those do who merge."""
    merge = Merge.objects.get(pk=merge_id)
    files = Customer.objects.filter(pk__in=[merge.survivor_id, merge.merged_id])
    list(files.select_for_update(no_key=True).order_by("pk"))
    return Merge.objects.select_for_update(of=("self",)).select_related("survivor").get(pk=merge_id)


def _take_back(step: dict[str, Any], merge: Merge) -> str:
    """Undo one step; return in a sentence what stays as it is now, if something does."""
    if "moved" in step:
        return _move_back(step, merge)
    if "changed" in step:
        return _change_back(step)
    return _put_back(step)


def _move_back(step: dict[str, Any], merge: Merge) -> str:
    model, name = apps.get_model(step["moved"]), step["field"]
    rows = model._base_manager.filter(pk__in=step["keys"], **{name: merge.survivor_id})
    gone = len(step["keys"]) - rows.update(**{name: merge.merged_id})
    return gone and ngettext(
        "%(model)s: %(count)d was deleted or given to somebody else since.",
        "%(model)s: %(count)d were deleted or given to somebody else since.",
        gone,
    ) % {"model": model._meta.verbose_name_plural, "count": gone}


def _change_back(step: dict[str, Any]) -> str:
    model = apps.get_model(step["changed"])
    row = model._base_manager.filter(pk=step["key"]).first()
    fields = [model._meta.get_field(name) for name in step["before"]]
    if not row or written(row, step["after"]) != step["after"]:
        labels = ", ".join(str(field.verbose_name) for field in fields)
        return _("Changed since and left as it is: %(fields)s.") % {"fields": labels}
    for field in fields:
        setattr(row, field.attname, field.to_python(step["before"][field.name]))
    row.save(update_fields=list(step["before"]))
    return ""


def _put_back(step: dict[str, Any]) -> str:
    (row,) = serializers.deserialize("python", step["dropped"])
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return _("Something newer is in the way of %(model)s %(row)s.") % {
            "model": row.object._meta.verbose_name,
            "row": row.object,
        }
    return ""
