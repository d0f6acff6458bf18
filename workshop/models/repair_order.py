"""Repair orders (form F7 in short): what was ordered, done and paid for a car."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Now, TruncDate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aftersales import days
from aftersales.history import tracked
from aftersales.models import User
from customers.models import Customer, Vehicle
from workshop.states import IN_SHOP, OrderState


class OrderKind(models.TextChoices):
    GENERAL = "general", _("General repair")
    MAINTENANCE = "maintenance", _("Maintenance")
    FIRST_FREE = "first_free", _("First free maintenance")
    WARRANTY = "warranty", _("Manufacturer warranty")
    INSURANCE = "insurance", _("Insurance / accident")
    FREE_INSPECTION = "free_inspection", _("Free inspection")
    ANNUAL_INSPECTION = "annual_inspection", _("Annual inspection")
    REWORK = "rework", _("Rework")
    PDI = "pdi", _("New-car inspection (PDI)")
    RECALL = "recall", _("Recall")
    BOUTIQUE = "boutique", _("Boutique fitting")
    INTERNAL = "internal", _("Internal")


# Orders of these kinds bring no customer to the shop.
NOT_A_VISIT = (OrderKind.REWORK, OrderKind.PDI, OrderKind.INTERNAL)


class RepairOrderQuerySet(models.QuerySet["RepairOrder"]):
    def visible_to(self, user: User) -> RepairOrderQuerySet:
        """All orders with the permission; else those in the shop, or one's own, by right."""
        if user.has_perm("workshop.view_all_repairorders"):
            return self
        if user.has_perm("workshop.view_orders_in_shop"):
            return self.in_shop()
        if user.has_perm("workshop.view_repairorder"):
            return self.filter(created_by=user)
        return self.none()

    def in_shop(self) -> RepairOrderQuerySet:
        """Orders of cars that are here."""
        return self.filter(state__in=IN_SHOP)

    def visits(self) -> RepairOrderQuerySet:
        """Orders that count as a visit; distinct (customer, check-in day) of them are visits.

        Source: R-13.
        """
        return self.exclude(kind__in=NOT_A_VISIT).exclude(state=OrderState.CANCELLED)

    def checked_in_between(self, first: date, last: date) -> RepairOrderQuerySet:
        """Orders whose check-in lies on the shop's days `first` to `last`, both included."""
        return self.filter(
            checked_in_at__gte=days.start_of_day(first),
            checked_in_at__lt=days.start_of_day(last + timedelta(days=1)),
        )

    def count_visits(self) -> dict[int, int]:
        """Return customer id → visits; who has none is not in it (R-13)."""
        day = TruncDate("checked_in_at", tzinfo=days.shop_zone())
        counted = (
            self.visits().order_by().values("customer_id").annotate(n=Count(day, distinct=True))
        )
        return dict(counted.values_list("customer_id", "n"))


def _amount(label: Any) -> models.DecimalField[Any, Decimal]:
    return models.DecimalField(label, max_digits=12, decimal_places=2, default=Decimal(0))


@tracked(exclude=["total_amount"])
class RepairOrder(models.Model):
    """One repair order. Its state changes only through `workshop.services`."""

    number = models.CharField(_("order no."), max_length=40, unique=True, db_collation="C")
    kind = models.CharField(_("order type"), max_length=20, choices=OrderKind)
    state = models.CharField(
        _("state"), max_length=20, choices=OrderState, default=OrderState.CHECKED_IN
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, verbose_name=_("customer"), related_name="repair_orders"
    )
    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.PROTECT, verbose_name=_("vehicle"), related_name="repair_orders"
    )
    advisor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("service advisor"),
        related_name="repair_orders",
        null=True,
        blank=True,
    )
    advisor_name = models.CharField(
        _("name of the service advisor"),
        max_length=100,
        blank=True,
        help_text="as written in another system; nobody here has that name",
    )
    bringer_name = models.CharField(_("brought by"), max_length=120, blank=True)
    bringer_phone = models.CharField(_("phone of who brought it"), max_length=40, blank=True)
    checked_in_at = models.DateTimeField(_("checked in"))
    authorized_at = models.DateTimeField(_("authorized"), null=True, blank=True)
    gate_out_at = models.DateTimeField(_("gate-out"), null=True, blank=True)
    mileage_in = models.PositiveIntegerField(_("mileage in (km)"), null=True, blank=True)
    mileage_out = models.PositiveIntegerField(_("mileage out (km)"), null=True, blank=True)
    concern = models.TextField(_("customer's words"), blank=True)
    service_items = models.TextField(_("service items"), blank=True)
    labor_hours = models.DecimalField(
        _("labor hours"), max_digits=7, decimal_places=2, null=True, blank=True
    )
    customer_amount = _amount(_("paid by the customer"))
    warranty_amount = _amount(_("paid by the manufacturer"))
    insurer_amount = _amount(_("paid by the insurer"))
    internal_amount = _amount(_("paid by the shop"))
    total_amount = models.GeneratedField(
        expression=F("customer_amount")
        + F("warranty_amount")
        + F("insurer_amount")
        + F("internal_amount"),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        verbose_name=_("total"),
        db_persist=True,
    )
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=250, blank=True)
    release_undone_at = models.DateTimeField(_("release undone"), null=True, blank=True)
    release_undo_reason = models.CharField(
        _("why the release was undone"), max_length=250, blank=True
    )
    rework_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        verbose_name=_("rework of"),
        related_name="reworks",
        null=True,
        blank=True,
    )
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

    objects = RepairOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("repair order")
        verbose_name_plural = _("repair orders")
        default_permissions = ()
        ordering = ["-checked_in_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="workshop_order_known_state", condition=Q(state__in=OrderState.values)
            ),
            models.CheckConstraint(
                name="workshop_order_known_kind", condition=Q(kind__in=OrderKind.values)
            ),
            models.CheckConstraint(
                name="workshop_authorized_orders_say_when",
                condition=Q(state__in=[OrderState.CHECKED_IN], authorized_at=None)
                | Q(
                    state__in=[OrderState.AUTHORIZED, OrderState.RELEASED],
                    authorized_at__isnull=False,
                )
                | Q(state=OrderState.CANCELLED),
            ),
            models.CheckConstraint(
                name="workshop_only_released_orders_have_left",
                condition=Q(state=OrderState.RELEASED, gate_out_at__isnull=False)
                | (~Q(state=OrderState.RELEASED) & Q(gate_out_at=None)),
            ),
            models.CheckConstraint(
                name="workshop_cancelled_orders_say_when_and_why",
                condition=(
                    Q(state=OrderState.CANCELLED, cancelled_at__isnull=False) & ~Q(cancel_reason="")
                )
                | (~Q(state=OrderState.CANCELLED) & Q(cancelled_at=None, cancel_reason="")),
            ),
            models.CheckConstraint(
                name="workshop_undone_releases_say_when_and_why",
                condition=(Q(release_undone_at__isnull=False) & ~Q(release_undo_reason=""))
                | Q(release_undone_at=None, release_undo_reason=""),
            ),
            models.CheckConstraint(
                name="workshop_order_times_in_order",
                condition=(Q(authorized_at=None) | Q(authorized_at__gte=F("checked_in_at")))
                & (Q(gate_out_at=None) | Q(gate_out_at__gte=F("authorized_at"))),
            ),
            models.CheckConstraint(
                name="workshop_mileage_out_not_below_in",
                condition=Q(mileage_out=None)
                | Q(mileage_in=None)
                | Q(mileage_out__gte=F("mileage_in")),
            ),
            models.CheckConstraint(
                name="workshop_amounts_not_negative",
                condition=Q(
                    customer_amount__gte=0,
                    warranty_amount__gte=0,
                    insurer_amount__gte=0,
                    internal_amount__gte=0,
                ),
            ),
        ]
        indexes = [
            models.Index(
                name="workshop_order_of_customer", fields=["customer", "-checked_in_at", "-id"]
            ),
            models.Index(
                name="workshop_order_of_vehicle", fields=["vehicle", "-checked_in_at", "-id"]
            ),
            models.Index(name="workshop_order_checked_in", fields=["-checked_in_at", "-id"]),
            models.Index(name="workshop_order_gate_out", fields=["-gate_out_at", "-id"]),
            models.Index(name="workshop_order_total", fields=["-total_amount", "-id"]),
            models.Index(name="workshop_order_of_kind", fields=["kind", "-checked_in_at", "-id"]),
            models.Index(
                name="workshop_order_cancelled",
                fields=["-checked_in_at", "-id"],
                condition=Q(state=OrderState.CANCELLED),
            ),
            models.Index(
                name="workshop_order_in_shop",
                fields=["checked_in_at"],
                condition=Q(state__in=IN_SHOP),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("workshop:order", args=[self.pk])

    # Django's own would translate all the choices for each order of a list.

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        return str(OrderKind(self.kind).label)

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        return str(OrderState(self.state).label)
