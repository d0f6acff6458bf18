"""How follow-ups end, and why."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    OPEN = "open", pgettext_lazy("follow-up", "Open")
    DONE = "done", pgettext_lazy("follow-up", "Done")
    CANCELLED = "cancelled", pgettext_lazy("follow-up", "Cancelled")


class Ending(models.TextChoices):
    """How and why a follow-up ended."""

    REACHED = "reached", _("Talked with the customer")
    COMPLETE = "complete", _("The file is complete")
    UNREACHABLE = "unreachable", _("Could not be reached")
    REFUSED = "refused", _("Wants no calls, said so on the telephone")
    DO_NOT_CONTACT = "do_not_contact", _("The customer must not be called")
    SUPERSEDED = "superseded", _("The car came again and left")
    ORDER_CANCELLED = "order_cancelled", _("The order was cancelled")
    RELEASE_UNDONE = "release_undone", _("The release was undone")
    CORRECTED = "corrected", _("The visit was corrected")
    MERGED = "merged", _("The files of two customers became one")
    SENT = "sent", _("The letter was issued")
    GOAL_MET = "goal_met", _("The customer did it already")
    NOT_WANTED = "not_wanted", _("The customer wants no letter")
    SETTLED = "settled", _("The matter was settled without it")
    CALLED_OFF = "called_off", _("The campaign was called off")
    EXPIRED = "expired", _("Its time is over")
    SWITCHED_OFF = "switched_off", _("Reminders of this kind were switched off")
    CHANGED = "changed", _("What it was about has changed")


ENDED_AS: dict[str, State] = {
    Ending.REACHED: State.DONE,
    Ending.COMPLETE: State.DONE,
    Ending.UNREACHABLE: State.DONE,
    Ending.REFUSED: State.DONE,
    Ending.DO_NOT_CONTACT: State.CANCELLED,
    Ending.SUPERSEDED: State.CANCELLED,
    Ending.ORDER_CANCELLED: State.CANCELLED,
    Ending.RELEASE_UNDONE: State.CANCELLED,
    Ending.CORRECTED: State.CANCELLED,
    Ending.MERGED: State.CANCELLED,
    Ending.SENT: State.DONE,
    Ending.GOAL_MET: State.DONE,
    Ending.NOT_WANTED: State.CANCELLED,
    Ending.SETTLED: State.CANCELLED,
    Ending.CALLED_OFF: State.CANCELLED,
    Ending.EXPIRED: State.CANCELLED,
    Ending.SWITCHED_OFF: State.CANCELLED,
    Ending.CHANGED: State.CANCELLED,
}

# What it followed from turned out to be no fact, or is wanted no more: when it comes about after
# all, it is owed anew.
TAKEN_BACK = (
    Ending.RELEASE_UNDONE,
    Ending.CORRECTED,
    Ending.CHANGED,
    Ending.SWITCHED_OFF,
)


def endings_of(state: State) -> list[str]:
    return [ending for ending, ended_as in ENDED_AS.items() if ended_as == state]
