"""Letters in preparation: for whom, who is left out; nothing is registered before it is issued."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import Refusal
from customers.models import Customer
from followups.models import (
    BatchItem,
    BatchState,
    Campaign,
    DeliveryChannel,
    FollowUp,
    LetterBatch,
    LetterKind,
)

MOST_LETTERS = 20_000
AT_ONCE = 2_000


class NotNow(Refusal):
    """The letters are no longer in preparation."""

    def __init__(self, batch: LetterBatch) -> None:
        super().__init__(
            _("These letters are in another state by now: %(state)s.")
            % {"state": batch.get_state_display()}
        )
        self.current = batch


class NobodyToWriteTo(Refusal):
    """A batch without a customer."""

    def __init__(self) -> None:
        super().__init__(_("There is nobody to write to."))


class TooMany(Refusal):
    """More letters than one batch holds."""

    def __init__(self) -> None:
        super().__init__(
            _("One batch holds at most %(count)s letters. Narrow the list.")
            % {"count": f"{MOST_LETTERS:,}"}
        )


def prepare_batch(
    *,
    kind: LetterKind,
    template_name: str,
    by: User,
    operation: UUID,
    customers: QuerySet[Customer] | None = None,
    follow_ups: QuerySet[FollowUp] | None = None,
    campaign: Campaign | None = None,
    channel: DeliveryChannel = DeliveryChannel.POST,
) -> LetterBatch:
    """Prepare a letter to each of these customers, or to those of these follow-ups.

    Args:
        follow_ups: letters that are owed; each ends when its letter is issued.
        operation: a number of the sender's; sent twice, it leads to the same batch.

    Raises:
        NobodyToWriteTo, TooMany
    """
    known = LetterBatch.objects.filter(operation=operation).first()
    if known:
        return known
    items = [*_items_of_follow_ups(follow_ups), *_items_of_customers(customers)]
    batch = LetterBatch(
        kind=kind,
        template_name=template_name,
        channel=channel,
        campaign=campaign,
        created_by=by,
        operation=operation,
    )
    return _save(batch, items, by)


def prepare_letter(
    item: BatchItem,
    *,
    kind: LetterKind,
    by: User,
    operation: UUID,
    template_name: str = "",
    channel: DeliveryChannel = DeliveryChannel.POST,
) -> LetterBatch:
    """Prepare one letter: a batch of one.

    Args:
        item: not saved yet; whom it goes to, what it follows from, and its own words if it has
            some, which are printed as they are.
        operation: as for a batch.
    """
    known = LetterBatch.objects.filter(operation=operation).first()
    if known:
        return known
    follow_up = item.follow_up
    batch = LetterBatch(
        kind=kind,
        template_name=template_name,
        channel=channel,
        campaign=follow_up.invitation.campaign if follow_up and follow_up.invitation else None,
        created_by=by,
        operation=operation,
    )
    item.subject = " ".join(item.subject.split())
    return _save(batch, [item], by)


def leave_out(batch_id: int, items: Collection[int], *, because: str, by: User) -> int:
    """Leave customers out of a batch, and return how many.

    Raises:
        NotNow
        ValidationError: no reason is given.
    """
    if not because.strip():
        raise ValidationError({"because": _("Say why.")})
    with _in_preparation(batch_id, by) as batch:
        return batch.items.filter(pk__in=items).update(left_out_because=because.strip())


def take_in(batch_id: int, items: Collection[int], *, by: User) -> int:
    """Take customers in again whom somebody had left out.

    Raises:
        NotNow
    """
    with _in_preparation(batch_id, by) as batch:
        return batch.items.filter(pk__in=items).update(left_out_because="")


def discard(batch_id: int, *, by: User) -> None:
    """Give up a batch that was not issued.

    Raises:
        NotNow
    """
    with _in_preparation(batch_id, by) as batch:
        batch.state = BatchState.DISCARDED
        batch.save(update_fields=["state"])


@contextmanager
def _in_preparation(batch_id: int, by: User) -> Iterator[LetterBatch]:
    with changes_by(by):
        batch = LetterBatch.objects.select_for_update().get(pk=batch_id)
        if batch.state != BatchState.DRAFT:
            raise NotNow(batch)
        yield batch


def _items_of_customers(customers: QuerySet[Customer] | None) -> list[BatchItem]:
    if customers is None:
        return []
    ids: Any = customers.filter(merged_into=None).order_by("sort_key", "pk")
    return [
        BatchItem(customer_id=pk) for pk in ids.values_list("pk", flat=True)[: MOST_LETTERS + 1]
    ]


def _items_of_follow_ups(follow_ups: QuerySet[FollowUp] | None) -> list[BatchItem]:
    """Return one item a customer, for the letter that is due first."""
    if follow_ups is None:
        return []
    first = follow_ups.order_by("customer", "due_on", "pk").distinct("customer")
    return [
        BatchItem(customer_id=customer, follow_up_id=pk)
        for customer, pk in first.values_list("customer", "pk")[: MOST_LETTERS + 1]
    ]


def _save(batch: LetterBatch, items: list[BatchItem], by: User) -> LetterBatch:
    if not items:
        raise NobodyToWriteTo
    if len(items) > MOST_LETTERS:
        raise TooMany
    try:
        with changes_by(by), transaction.atomic():
            batch.save()
            for item in items:
                item.batch = batch
            BatchItem.objects.bulk_create(items, batch_size=AT_ONCE)
    except IntegrityError:
        # Another window sent the same a moment ago.
        return LetterBatch.objects.get(operation=batch.operation)
    return batch
