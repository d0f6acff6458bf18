"""The life of a repair order: which state may follow which.

Today an order goes from check-in straight to authorization and gate-out; the states of
the workshop find their place between these two.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderState(models.TextChoices):
    CHECKED_IN = "checked_in", _("Checked in")
    AUTHORIZED = "authorized", _("Authorized")
    RELEASED = "released", _("Released")
    CANCELLED = "cancelled", _("Cancelled")


MOVES: dict[OrderState, frozenset[OrderState]] = {
    OrderState.CHECKED_IN: frozenset({OrderState.AUTHORIZED, OrderState.CANCELLED}),
    OrderState.AUTHORIZED: frozenset({OrderState.RELEASED, OrderState.CANCELLED}),
    OrderState.RELEASED: frozenset(),
    OrderState.CANCELLED: frozenset(),
}

IN_SHOP = (OrderState.CHECKED_IN, OrderState.AUTHORIZED)
