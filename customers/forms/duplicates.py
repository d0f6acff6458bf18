"""By what the lists of likely duplicates and of merges can be narrowed."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, FilterSet, ModelChoiceFilter

from aftersales.models import User
from customers.filters import ticked
from customers.models import DuplicatePair, DuplicateReason
from customers.models.duplicate import MergeQuerySet

# What the sweep compares; a plate or a VIN that two people gave is the same vehicle by then.
FOUND_BY = [
    (reason.value, reason.label)
    for reason in (DuplicateReason.PHONE, DuplicateReason.VEHICLE, DuplicateReason.ADDRESS)
]


class DuplicateFilters(FilterSet):
    reason = ChoiceFilter(
        label=_("Why"), empty_label=_("All"), choices=FOUND_BY, method="with_reason"
    )

    def with_reason(
        self, found: QuerySet[DuplicatePair], name: str, reason: str
    ) -> QuerySet[DuplicatePair]:
        return found.filter(reasons__contains=[reason])


class MergeFilters(FilterSet):
    merged_by = ModelChoiceFilter(
        label=_("Merged by"),
        empty_label=_("All"),
        queryset=lambda request: User.objects.with_permission("customers.merge_customers"),
    )
    standing = ticked(_("Not undone"), "only_standing")

    def only_standing(self, found: MergeQuerySet, name: str, is_ticked: bool) -> MergeQuerySet:
        return found.standing() if is_ticked else found
