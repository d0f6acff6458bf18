"""Vehicles, and who owns them, brings them and pays for them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now, Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aftersales.history import tracked
from aftersales.models import User
from customers.models.customer import Customer


class VehicleCategory(models.TextChoices):
    SEDAN = "sedan", _("Sedan")
    SUV = "suv", _("SUV")
    MPV = "mpv", _("Van (MPV)")
    COUPE = "coupe", _("Coupe")
    PICKUP = "pickup", _("Pickup")
    LIGHT_TRUCK = "light_truck", _("Light truck")
    TRUCK = "truck", _("Truck")
    BUS = "bus", _("Bus")
    OTHER = "other", _("Other")


class Relation(models.TextChoices):
    OWNER = "owner", _("Owner")
    BRINGER = "bringer", _("Brings the car")
    PAYER = "payer", _("Pays")


class VehicleQuerySet(models.QuerySet["Vehicle"]):
    def visible_to(self, user: User) -> VehicleQuerySet:
        """All vehicles with the permission, else those the user brought in."""
        if user.has_perm("customers.view_all_vehicles"):
            return self
        if user.has_perm("customers.view_vehicle"):
            return self.filter(created_by=user)
        return self.none()


@tracked()
class Vehicle(models.Model):
    """A vehicle, known by VIN, plate or the unit number its fleet gives it."""

    vin = models.CharField(_("VIN"), max_length=17, blank=True, db_collation="C")
    plate = models.CharField(
        _("plate number"),
        max_length=20,
        blank=True,
        db_collation="C",
        help_text=_("Without spaces and dots, in capitals; empty while the car has no plate."),
    )
    unit_no = models.CharField(
        _("unit number"),
        max_length=30,
        blank=True,
        db_collation="C",
        help_text=_("The number under which a fleet keeps the vehicle."),
    )
    engine_no = models.CharField(_("engine number"), max_length=30, blank=True)
    model = models.CharField(_("vehicle model"), max_length=80, blank=True)
    category = models.CharField(
        _("vehicle category"), max_length=20, choices=VehicleCategory, blank=True
    )
    color = models.CharField(_("color"), max_length=30, blank=True)
    purchased_on = models.DateField(_("purchase date"), null=True, blank=True)
    sold_by_us = models.BooleanField(_("sold by this store"), default=False)
    mileage = models.PositiveIntegerField(_("mileage (km)"), null=True, blank=True)
    mileage_read_on = models.DateField(_("mileage read on"), null=True, blank=True)
    mileage_reason = models.CharField(
        _("why the mileage is right"),
        max_length=200,
        blank=True,
        help_text=_("Asked for when the reading is lower than the last one or implausibly high."),
    )
    maintenance_months = models.PositiveSmallIntegerField(
        _("maintenance interval (months)"), null=True, blank=True
    )
    maintenance_km = models.PositiveIntegerField(
        _("maintenance interval (km)"), null=True, blank=True
    )
    next_maintenance_on = models.DateField(_("next maintenance on"), null=True, blank=True)
    next_maintenance_km = models.PositiveIntegerField(
        _("next maintenance at (km)"), null=True, blank=True
    )
    warranty_ends_on = models.DateField(_("warranty ends on"), null=True, blank=True)
    insurer = models.CharField(_("insurer"), max_length=80, blank=True)
    policy_ends_on = models.DateField(_("policy ends on"), null=True, blank=True)
    inspection_due_on = models.DateField(_("statutory inspection due on"), null=True, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("entered by"),
        related_name="+",
        null=True,
        blank=True,
    )
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = VehicleQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")
        default_permissions = ()
        ordering = ["plate", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="customers_vin_once", fields=["vin"], condition=~Q(vin="")
            ),
            models.UniqueConstraint(
                name="customers_plate_once", fields=["plate"], condition=~Q(plate="")
            ),
            models.UniqueConstraint(
                name="customers_unit_no_once", fields=["unit_no"], condition=~Q(unit_no="")
            ),
            models.CheckConstraint(
                name="customers_vehicle_can_be_told_apart",
                condition=~Q(vin="") | ~Q(plate="") | ~Q(unit_no=""),
                violation_error_message=_("Give the VIN, the plate or the unit number."),
            ),
            models.CheckConstraint(
                name="customers_vin_and_plate_in_capitals",
                condition=Q(vin=Upper("vin")) & Q(plate=Upper("plate")),
            ),
        ]
        indexes = [
            models.Index(name="customers_vehicle_by_plate", fields=["plate", "id"]),
            models.Index(Func(F("vin"), function="reverse"), name="customers_vin_last_characters"),
            GinIndex(OpClass("plate", name="gin_trgm_ops"), name="customers_plate_part"),
            models.Index(name="customers_next_maintenance", fields=["next_maintenance_on", "id"]),
            models.Index(name="customers_policy_ends", fields=["policy_ends_on", "id"]),
            models.Index(name="customers_inspection_due", fields=["inspection_due_on", "id"]),
            models.Index(name="customers_warranty_ends", fields=["warranty_ends_on", "id"]),
            models.Index(name="customers_vehicle_by_model", fields=["model", "plate", "id"]),
            models.Index(name="customers_vehicle_by_category", fields=["category", "plate", "id"]),
        ]

    def __str__(self) -> str:
        return self.plate or self.unit_no or self.vin

    def get_absolute_url(self) -> str:
        return reverse("customers:vehicle", args=[self.pk])

    def get_category_display(self) -> str:  # type: ignore[no-redef]
        """Return the category in words; Django's own translates all of them for each vehicle."""
        return str(VehicleCategory(self.category).label) if self.category else ""


class VehicleRelationQuerySet(models.QuerySet["VehicleRelation"]):
    def on(self, day: object) -> VehicleRelationQuerySet:
        """Relations that hold on `day`."""
        return self.filter(during__contains=day)

    def current(self) -> VehicleRelationQuerySet:
        """Relations without an end."""
        return self.filter(during__upper_inf=True)

    def ended(self) -> VehicleRelationQuerySet:
        """Relations that have an end."""
        return self.filter(during__upper_inf=False)


@tracked()
class VehicleRelation(models.Model):
    """Who owns, brings or pays for a vehicle, from when until when."""

    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.CASCADE, verbose_name=_("vehicle"), related_name="relations"
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        verbose_name=_("customer"),
        related_name="vehicle_relations",
    )
    relation = models.CharField(_("relation"), max_length=10, choices=Relation)
    during = DateRangeField(
        _("from until"),
        help_text=_("The first day, and the day on which it ended; open: still so."),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = VehicleRelationQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle relation")
        verbose_name_plural = _("vehicle relations")
        default_permissions = ()
        ordering = ["relation", "-during"]
        indexes = [
            models.Index(
                name="customers_relation_of_customer", fields=["customer", "-during", "-id"]
            ),
        ]
        constraints = [
            # One owner at a time; several people may bring or pay, but nobody twice at once.
            ExclusionConstraint(
                name="customers_one_owner_at_a_time",
                expressions=[
                    ("vehicle", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(relation=Relation.OWNER),
            ),
            ExclusionConstraint(
                name="customers_relation_once_at_a_time",
                expressions=[
                    ("vehicle", RangeOperators.EQUAL),
                    ("customer", RangeOperators.EQUAL),
                    ("relation", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_relation_display()}: {self.customer}"
