"""Two files of one customer become one, and can be parted again for 30 days.

A merge moves every row that points at the merged customer, whichever app it belongs to,
and records what it moved, dropped and changed, so that undoing it gives back the same rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import pghistory.models
from django.core import serializers
from django.db import IntegrityError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext as _

from aftersales import days
from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import Refusal
from customers.models import (
    ContactRefusal,
    Customer,
    DuplicatePair,
    Merge,
    Phone,
    VehicleRelation,
)
from customers.services.files import lock_file
from customers.services.merge_steps import Steps

# What is chosen together, because half of one address and half of another is no address.
FIELD_GROUPS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "kind": ("kind",),
    "contact_name": ("contact_name",),
    "title": ("title",),
    "birthday": ("birthday",),
    "language": ("language",),
    "address": ("address", "postal_code", "district"),
    "email": ("email",),
    "convenient_time": ("convenient_from", "convenient_until", "convenient_weekdays"),
    "wished_services": ("wished_services",),
    "next_contact": ("next_topic", "next_talking_points", "next_contact_on"),
    "contact_verified_on": ("contact_verified_on",),
    "bag_location": ("bag_location",),
    "is_fleet": ("is_fleet",),
    "tags": ("tags",),
    "tracker": ("tracker",),
    "remarks": ("remarks",),
}
# What was written about a file stays with it; of judgments see `_keep_dismissals`.
STAYS_BEHIND = (pghistory.models.Event, DuplicatePair, Merge)


class SameFile(Refusal):
    """A file cannot be merged into itself."""


class ResultChanged(Refusal):
    """Something about the two files changed since the preview: the result would be another."""


@dataclass(frozen=True)
class Contents:
    """A file as it stands, with what hangs on it."""

    customer: Customer
    phones: list[Phone]
    refusals: list[ContactRefusal]
    relations: list[VehicleRelation]
    counts: dict[type[models.Model], int]

    @property
    def fingerprint(self) -> str:
        """A short word for all of it, by which two of the same are known."""
        rows = [self.customer, *self.phones, *self.refusals, *self.relations]
        written = serializers.serialize("json", rows) + str(list(self.counts.values()))
        return hashlib.sha256(written.encode()).hexdigest()


def merge_as_previewed(
    survivor_id: int,
    merged_id: int,
    *,
    choices: Collection[str],
    fingerprint: str,
    by: User,
    now: datetime,
) -> Merge:
    """Merge two files if the result is the one whose fingerprint the reader saw.

    Raises:
        ResultChanged: the result would be another one by now; nothing was merged.
        SameFile, FileWasMerged: as `merge`.
    """
    with changes_by(by):
        done = merge(survivor_id, merged_id, choices=choices, by=by, now=now)
        if contents(survivor_id).fingerprint != fingerprint:
            raise ResultChanged(
                _("One of the files changed in the meantime. Please look at the result again.")
            )
    return done


def merge(
    survivor_id: int, merged_id: int, *, choices: Collection[str], by: User, now: datetime
) -> Merge:
    """Make one customer part of another, with everything that points at him.

    Empty fields of the survivor are filled from the other file. Of two equal phones, open
    refusals or relations to a vehicle one stays; nobody who must not be contacted can be.

    Args:
        choices: the groups of `FIELD_GROUPS` whose values come from the merged file.

    Raises:
        SameFile: both are one.
        FileWasMerged: one of them is part of a third.

    Source: FIL-10.
    """
    with changes_by(by):
        survivor, merged = _lock_two_files(survivor_id, merged_id)
        steps = Steps()
        _keep_one_primary_phone(survivor, merged, steps)
        _join_relations(survivor, merged, steps)
        for relation in _pointing_at_customers():
            _move(relation, survivor, merged, steps, now=now)
        _keep_dismissals(survivor, merged, steps)
        for values in _values_taken(survivor, merged, choices):
            steps.change(survivor, values)
        steps.change(merged, {"merged_into": survivor})
        return Merge.objects.create(
            survivor=survivor, merged=merged, steps=steps, merged_at=now, merged_by=by
        )


def preview_merge(
    survivor_id: int, merged_id: int, *, choices: Collection[str], by: User, now: datetime
) -> Contents:
    """Return the file that `merge` would make: by making it, and taking it back."""
    with transaction.atomic():
        merge(survivor_id, merged_id, choices=choices, by=by, now=now)
        result = contents(survivor_id)
        transaction.set_rollback(True)
    return result


def contents(customer_id: int) -> Contents:
    """Return a file and what hangs on it, all read from the database now."""
    customer = Customer.objects.select_related("tracker").get(pk=customer_id)
    return Contents(
        customer=customer,
        phones=list(customer.phones.all()),
        refusals=list(customer.refusals.all()),
        relations=list(customer.vehicle_relations.select_related("vehicle")),
        counts={
            relation.related_model: _rows(relation, customer).count()
            for relation in _pointing_at_customers()
            if relation.related_model not in {Phone, ContactRefusal, VehicleRelation, Customer}
        },
    )


def _lock_two_files(survivor_id: int, merged_id: int) -> tuple[Customer, Customer]:
    """Lock both files, in the order of their keys so that nobody waits in a circle."""
    if survivor_id == merged_id:
        raise SameFile(_("Both are the same file."))
    locked = {key: lock_file(key) for key in sorted((survivor_id, merged_id))}
    return locked[survivor_id], locked[merged_id]


def _pointing_at_customers() -> Iterator[models.ForeignObjectRel]:
    for relation in Customer._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel) and not (
            issubclass(relation.related_model, STAYS_BEHIND)
            or getattr(relation.related_model, "stays_with_merged_file", False)
        ):
            yield relation


def _rows(relation: models.ForeignObjectRel, customer: Customer) -> models.QuerySet[models.Model]:
    rows = relation.related_model._base_manager.all()
    return rows.filter(**{relation.field.name: customer})


def _keep_one_primary_phone(survivor: Customer, merged: Customer, steps: Steps) -> None:
    if survivor.phones.filter(is_primary=True).exists():
        for phone in merged.phones.filter(is_primary=True):
            steps.change(phone, {"is_primary": False})


def _join_relations(survivor: Customer, merged: Customer, steps: Steps) -> None:
    """Let one relation to a vehicle stand for several that overlap, as long as all together."""
    held = VehicleRelation.objects.filter(customer__in=[survivor, merged])
    kind = attrgetter("vehicle_id", "relation")
    for _kind, rows in groupby(sorted(held, key=lambda row: (kind(row), _first_day(row))), kind):
        for together in _overlapping(rows):
            kept, *others = sorted(together, key=lambda row: row.customer_id != survivor.pk)
            if others:
                during = DateRange(
                    min(together, key=_first_day).during.lower,
                    max(together, key=_last_day).during.upper,
                )
                for row in others:
                    steps.drop(row)
                steps.change(kept, {"during": during})


def _overlapping(rows: Iterable[VehicleRelation]) -> list[list[VehicleRelation]]:
    """Part rows, sorted by their first day, where none reaches over to the next."""
    parts: list[list[VehicleRelation]] = []
    for row in rows:
        if parts and _first_day(row) < max(map(_last_day, parts[-1])):
            parts[-1].append(row)
        else:
            parts.append([row])
    return parts


def _first_day(row: VehicleRelation) -> date:
    return row.during.lower or date.min


def _last_day(row: VehicleRelation) -> date:
    return row.during.upper or date.max


def _move(
    relation: models.ForeignObjectRel,
    survivor: Customer,
    merged: Customer,
    steps: Steps,
    *,
    now: datetime,
) -> None:
    """Let the rows point at the survivor; end or drop those of which it has the same already.

    A model whose rows may not be dropped says by `when_merged` how they end.
    """
    name = relation.field.name
    rows = _rows(relation, merged)
    try:
        with transaction.atomic():
            steps.move(rows, name, survivor)
    except IntegrityError:
        for row in rows.order_by("pk"):
            try:
                with transaction.atomic():
                    steps.move(rows.filter(pk=row.pk), name, survivor)
            except IntegrityError:
                if ends := getattr(row, "when_merged", None):
                    steps.change(row, ends(now, days.local_date(now)))
                    steps.move(rows.filter(pk=row.pk), name, survivor)
                else:
                    steps.drop(row)


def _keep_dismissals(survivor: Customer, merged: Customer, steps: Steps) -> None:
    """Tell the survivor apart from everybody from whom a person told the merged customer apart."""
    dismissed = DuplicatePair.objects.exclude(dismissed_at=None).select_related("first", "second")
    for pair in dismissed.filter(Q(first=merged) | Q(second=merged)):
        other = pair.second if pair.first == merged else pair.first
        if other == survivor:
            continue
        first, second = sorted((survivor, other), key=attrgetter("pk"))
        known = DuplicatePair.objects.filter(first=first, second=second).first()
        if known is None:
            steps.change(pair, {"first": first, "second": second})
        elif known.dismissed_at is None:
            said = {name: getattr(pair, name) for name in ("dismissed_at", "dismissed_by")}
            steps.change(known, said)


def _values_taken(
    survivor: Customer, merged: Customer, choices: Collection[str]
) -> Iterator[dict[str, Any]]:
    """Yield, group by group, what the survivor takes over from the other file."""
    for group, names in FIELD_GROUPS.items():
        if group in choices or not any(getattr(survivor, name) for name in names):
            values = {name: getattr(merged, name) for name in names}
            if any(value != getattr(survivor, name) for name, value in values.items()):
                yield values
