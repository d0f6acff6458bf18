"""Who owes a follow-up: the supervisor gives one, many, or everything to somebody else."""

from __future__ import annotations

from typing import cast

from django.utils.translation import gettext as _

from aftersales.history import changes_by
from aftersales.models import User, UserQuerySet
from aftersales.refusals import Refusal
from customers.models import Customer
from followups.models import FollowUp, FollowUpQuerySet

RECEIVE = "followups.receive_followups"


class MayNotOwn(Refusal):
    """Follow-ups go to tracking salesmen who are active."""

    def __init__(self, person: User) -> None:
        super().__init__(_("%(name)s is no active tracking salesman.") % {"name": person})


def reassign(chosen: FollowUpQuerySet, *, to: User, by: User) -> int:
    """Give open follow-ups to somebody, and return how many went over.

    Args:
        chosen: any of them; what has ended stays with who did it.

    Raises:
        MayNotOwn: `to` is no active tracking salesman.

    Source: FUP-01.
    """
    _refuse_others(to)
    with changes_by(by):
        keys = chosen.open().exclude(owner=to).order_by("pk").select_for_update(of=("self",))
        return FollowUp.objects.filter(pk__in=[*keys.values_list("pk", flat=True)]).update(
            owner=to, promised_by=None
        )


def hand_over(person: User, *, to: User, by: User) -> int:
    """Give everything somebody owes, has promised, and the customers he tracks to somebody else.

    Raises:
        MayNotOwn: `to` is no active tracking salesman.
    """
    _refuse_others(to)
    with changes_by(by):
        open_ones = FollowUp.objects.open()
        moved = open_ones.filter(owner=person).update(owner=to)
        open_ones.filter(promised_by=person).update(promised_by=None)
        Customer.objects.filter(tracker=person).update(tracker=to)
    return moved


def trackers() -> UserQuerySet:
    """Return the people follow-ups may go to."""
    return cast(UserQuerySet, User.objects.with_permission(RECEIVE))


def _refuse_others(to: User) -> None:
    if not to.has_perm(RECEIVE):
        raise MayNotOwn(to)
