"""The departments of the shop that answer for a matter."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Department(models.TextChoices):
    FRONT_DESK = "front_desk", pgettext_lazy("department", "Front desk")
    WORKSHOP = "workshop", pgettext_lazy("department", "Workshop")
    PARTS = "parts", pgettext_lazy("department", "Parts")
    CASHIER = "cashier", pgettext_lazy("department", "Cashier")
    WARRANTY = "warranty", pgettext_lazy("department", "Warranty and claims")
    CUSTOMER_CARE = "customer_care", pgettext_lazy("department", "Customer care")
    MANAGEMENT = "management", pgettext_lazy("department", "Management")
