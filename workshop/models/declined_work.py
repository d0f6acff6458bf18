"""Work that was recommended and that the customer didn't want now."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from aftersales.history import tracked
from aftersales.models import User
from workshop.models.repair_order import RepairOrder


class DeclinedWorkQuerySet(models.QuerySet["DeclinedWork"]):
    def visible_to(self, user: User) -> DeclinedWorkQuerySet:
        """What was declined at the orders that the user may see."""
        return self.filter(order__in=RepairOrder.objects.visible_to(user))

    def unsettled(self) -> DeclinedWorkQuerySet:
        """What was neither done after all nor became pointless; what matters for safety first."""
        return self.filter(done_at=None).order_by("-is_safety", "remind_on", "pk")


@tracked()
class DeclinedWork(models.Model):
    """One piece of recommended work that was declined at a visit.

    Attributes:
        remind_on: the shop's day from which the customer is asked again.
        done_at: when it was done after all, or became pointless.

    Source: SET-02.
    """

    order = models.ForeignKey(
        RepairOrder,
        on_delete=models.PROTECT,
        verbose_name=_("repair order"),
        related_name="declined_work",
    )
    work = models.CharField(_("recommended work"), max_length=250)
    is_safety = models.BooleanField(_("matters for safety"), default=False)
    declined_on = models.DateField(_("declined on"))
    remind_on = models.DateField(_("ask again on"))
    done_at = models.DateTimeField(_("settled"), null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("entered by"),
        related_name="+",
    )
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = DeclinedWorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("declined work")
        verbose_name_plural = _("declined work")
        default_permissions = ()
        ordering = ["remind_on", "pk"]
        constraints = [
            models.CheckConstraint(name="workshop_declined_work_says_what", condition=~Q(work="")),
            models.CheckConstraint(
                name="workshop_declined_before_asked_again",
                condition=Q(remind_on__gte=models.F("declined_on")),
            ),
        ]
        indexes = [
            models.Index(
                name="workshop_declined_open", fields=["remind_on", "id"], condition=Q(done_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.work
