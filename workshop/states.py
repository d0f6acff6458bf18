"""The life of a repair order: which state may follow which.

Today an order goes from check-in straight to authorization and gate-out; the states of
the workshop find their place between these two.
"""

from django.db import models
from django.utils.translation import pgettext_lazy


class OrderState(models.TextChoices):
    CHECKED_IN = "checked_in", pgettext_lazy("state of an order", "Checked in")
    AUTHORIZED = "authorized", pgettext_lazy("state of an order", "Authorized")
    RELEASED = "released", pgettext_lazy("state of an order", "Released")
    CANCELLED = "cancelled", pgettext_lazy("state of an order", "Cancelled")


MOVES: dict[OrderState, frozenset[OrderState]] = {
    OrderState.CHECKED_IN: frozenset({OrderState.AUTHORIZED, OrderState.CANCELLED}),
    OrderState.AUTHORIZED: frozenset({OrderState.RELEASED, OrderState.CANCELLED}),
    OrderState.RELEASED: frozenset(),
    OrderState.CANCELLED: frozenset(),
}
# Never made by an import, and by people only with a right of its own and a reason.
MOVES_BACK: dict[OrderState, frozenset[OrderState]] = {
    OrderState.RELEASED: frozenset({OrderState.AUTHORIZED}),
}

IN_SHOP = (OrderState.CHECKED_IN, OrderState.AUTHORIZED)
