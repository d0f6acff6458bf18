"""What a follow-up is about, wherever it comes from, as expressions of its query."""

from django.db.models.functions import Coalesce

CAR = Coalesce(
    "order__vehicle",
    "consultation__vehicle",
    "first_call__order__vehicle",
    "first_call__consultation__vehicle",
)
ORDER_NUMBER = Coalesce("order__number", "first_call__order__number")
