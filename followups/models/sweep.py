"""What the sweeps remember: when they ran, and which customers' facts owe no file any more."""

from django.db import models

from customers.models import Customer


class SweepRun(models.Model):
    """When a sweep was last run to its end, and what it did."""

    name = models.CharField(max_length=40, unique=True)
    ran_at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class FileCheck(models.Model):
    """Until when a customer's visits owe no file, because it was complete then (R-45).

    Without it a file that lacks something later would be owed for a visit long ago.
    """

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="+")
    settled_until = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.settled_until}"
