"""Who owes a follow-up: the supervisor gives one, many, or everything to somebody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from aftersales.history import changes_by
from aftersales.models import User, UserQuerySet
from aftersales.refusals import Refusal
from aftersales.services import users
from customers.models import Customer
from customers.services import files
from followups.models import FollowUp, FollowUpQuerySet, Matter, MatterState

RECEIVE = "followups.receive_followups"


class MayNotOwn(Refusal):
    """Follow-ups go to tracking salesmen who are active."""

    def __init__(self, person: User) -> None:
        super().__init__(_("%(name)s is no active tracking salesman.") % {"name": person})


class SuccessorMissing(Refusal):
    """Who owes something is not shut out before somebody takes it over."""

    def __init__(self, person: User) -> None:
        super().__init__(
            _("%(name)s still owes something to customers: choose who takes over.")
            % {"name": person}
        )


@dataclass(frozen=True)
class HandedOver:
    """How many follow-ups went over, and the change in which they did."""

    count: int
    change: UUID


@dataclass(frozen=True)
class Owed:
    """What somebody would leave behind: follow-ups, promises, matters, and whom he tracks."""

    follow_ups: int
    promises: int
    matters: int
    customers: int

    def __bool__(self) -> bool:
        return bool(self.follow_ups or self.promises or self.matters or self.customers)


def reassign(chosen: FollowUpQuerySet, *, to: User, by: User) -> HandedOver:
    """Give open follow-ups to somebody.

    Args:
        chosen: any of them; what has ended stays with who did it.

    Raises:
        MayNotOwn: `to` is no active tracking salesman.

    Source: FUP-01.
    """
    _refuse_others(to)
    with changes_by(by) as change:
        others = chosen.open().exclude(owner=to, promised_by=None)
        keys = list(others.values_list("pk", flat=True))
        chosen = FollowUp.objects.filter(pk__in=keys)
        files.lock_files(Customer.objects.filter(pk__in=chosen.values("customer")))
        count = chosen.open().update(owner=to, promised_by=None)
    return HandedOver(count, change)


def hand_over(person: User, *, to: User, by: User) -> HandedOver:
    """Give everything somebody owes, his matters, and the customers he tracks to somebody else.

    What he has promised for others goes back to them.

    Raises:
        MayNotOwn: `to` is no active tracking salesman.
    """
    _refuse_others(to)
    with changes_by(by) as change:
        open_ones = FollowUp.objects.open()
        his = open_ones.filter(Q(owner=person) | Q(promised_by=person))
        files.lock_files(
            Customer.objects.filter(Q(tracker=person) | Q(pk__in=his.values("customer")))
        )
        Customer.objects.filter(tracker=person).update(tracker=to)
        count = open_ones.filter(owner=person).update(owner=to)
        open_ones.filter(promised_by=person).update(promised_by=None)
        Matter.objects.exclude(state=MatterState.CLOSED).filter(owner=person).update(owner=to)
    return HandedOver(count, change)


def give_back(change: UUID, *, by: User) -> int:
    """Give what went over in one change back to who had it; what was changed since stays.

    Returns:
        How many follow-ups went back.
    """
    with changes_by(by):
        moved = FollowUp.objects.filter(pk__in=_changed(FollowUp, change).values("pgh_obj_id"))
        tracked = _changed(Customer, change).values("pgh_obj_id")
        files.lock_files(
            Customer.objects.filter(Q(pk__in=tracked) | Q(pk__in=moved.values("customer")))
        )
        _restore(Customer, change, ["tracker_id"])
        count = _restore(FollowUp, change, ["owner_id", "promised_by_id"])
        _restore(Matter, change, ["owner_id"])
    return count


def owed_by(person: User) -> Owed:
    """Return what somebody would leave behind if he left."""
    open_ones = FollowUp.objects.open()
    return Owed(
        follow_ups=open_ones.filter(owner=person).count(),
        promises=open_ones.filter(promised_by=person).count(),
        matters=Matter.objects.exclude(state=MatterState.CLOSED).filter(owner=person).count(),
        customers=Customer.objects.filter(tracker=person, merged_into=None).count(),
    )


def deactivate(person: User, *, to: User | None, by: User) -> None:
    """Shut a person out, and give what he owes to somebody else, both or neither.

    Raises:
        SuccessorMissing: he owes something, and somebody could take it over.
        MayNotOwn: `to` is no active tracking salesman.
        OwnRights, LastAdministrator: as for anybody (`aftersales.services.users`).

    Source: FUP-01.
    """
    with changes_by(by):
        if to is not None:
            hand_over(person, to=to, by=by)
        elif owed_by(person) and trackers().exclude(pk=person.pk).exists():
            raise SuccessorMissing(person)
        users.deactivate_user(person.pk, by=by)


def trackers() -> UserQuerySet:
    """Return the people follow-ups may go to."""
    return cast(UserQuerySet, User.objects.with_permission(RECEIVE).order_by("name", "pk"))


def _refuse_others(to: User) -> None:
    if not to.has_perm(RECEIVE):
        raise MayNotOwn(to)


def _restore(model: type[Model], change: UUID, fields: Sequence[str]) -> int:
    """Write what stood in the fields before the change, where nothing was changed after it."""
    events: Any = model.pgh_event_model  # type: ignore[attr-defined]
    changed = _changed(model, change).order_by("pgh_id")
    first = dict(changed.order_by("-pgh_id").values_list("pgh_obj_id", "version"))
    last = dict(changed.values_list("pgh_obj_id", "version"))
    earlier = events.objects.filter(pgh_obj_id__in=first).order_by("pgh_id")
    before: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for key, version, *values in earlier.values_list("pgh_obj_id", "version", *fields):
        if version == first[key] - 1:
            before[tuple(values)].append(key)
    rows: Any = model._default_manager
    unchanged = dict(
        rows.select_for_update().filter(pk__in=last).order_by("pk").values_list("pk", "version")
    )
    count = 0
    for values, keys in before.items():
        here = [key for key in keys if unchanged.get(key) == last[key]]
        count += rows.filter(pk__in=here).update(**dict(zip(fields, values, strict=True)))
    return count


def _changed(model: type[Model], change: UUID) -> QuerySet[Any]:
    events: Any = model.pgh_event_model  # type: ignore[attr-defined]
    found: QuerySet[Any] = events.objects.filter(pgh_context_id=change, pgh_label="update")
    return found
