"""What a follow-up is about, wherever it comes from, as expressions of its query."""

from django.db.models.functions import Coalesce

CAR = Coalesce(
    "vehicle",
    "order__vehicle",
    "consultation__vehicle",
    "first_call__order__vehicle",
    "first_call__consultation__vehicle",
    "matter__vehicle",
    "declined_work__order__vehicle",
)
ORDER_NUMBER = Coalesce(
    "order__number", "first_call__order__number", "declined_work__order__number"
)
