"""Work that was recommended and declined: noted at the order, settled when it is done after all."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import Refusal
from workshop.models import DeclinedWork, RepairOrder
from workshop.services.orders import MoveNotAllowed
from workshop.states import OrderState


class SettledAlready(Refusal):
    """Somebody settled the declined work before."""

    def __init__(self, declined: DeclinedWork) -> None:
        super().__init__(_("“%(work)s” is settled already.") % {"work": declined.work})


def note_declined_work(
    order_id: int, *, by: User, work: str, is_safety: bool, remind_on: date, today: date
) -> DeclinedWork:
    """Note a recommendation that the customer declines today, and when he is asked again.

    Raises:
        RepairOrder.DoesNotExist: not there for this user.
        MoveNotAllowed: the order was cancelled.
        ValidationError: nothing was recommended, or the day lies in the past; names the field.

    Source: SET-02.
    """
    with changes_by(by):
        order = RepairOrder.objects.visible_to(by).select_for_update(of=("self",)).get(pk=order_id)
        if order.state == OrderState.CANCELLED:
            raise MoveNotAllowed(order)
        if not work.strip():
            raise ValidationError({"work": _("Say what was recommended.")})
        if remind_on < today:
            raise ValidationError({"remind_on": _("This day is over already.")})
        return DeclinedWork.objects.create(
            order=order,
            work=work.strip(),
            is_safety=is_safety,
            declined_on=today,
            remind_on=remind_on,
            entered_by=by,
        )


def settle_declined_work(declined_id: int, *, by: User, now: datetime) -> DeclinedWork:
    """Note that the work was done after all, or became pointless.

    Raises:
        DeclinedWork.DoesNotExist: not there for this user.
        SettledAlready: somebody did so before.
    """
    with changes_by(by):
        visible = DeclinedWork.objects.visible_to(by)
        declined = visible.select_for_update(of=("self",)).get(pk=declined_id)
        if declined.done_at is not None:
            raise SettledAlready(declined)
        declined.done_at = now
        declined.save(update_fields=["done_at"])
    return declined
