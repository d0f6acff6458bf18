"""Campaigns: what is offered when and where, who is invited, and what became of it."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.history import tracked
from aftersales.models import User
from customers.models import Customer
from followups.models.webhook import EventKind, announces


class CampaignKind(models.TextChoices):
    SOCIAL_EVENT = "social_event", _("Customer social event")
    PROMOTION = "promotion", _("Promotional service")
    FREE_SERVICE = "free_service", _("Free service")
    RECALL = "recall", _("Safety recall")


class CampaignState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("campaign", "Draft")
    DECIDED = "decided", pgettext_lazy("campaign", "Decided")
    CALLED_OFF = "called_off", pgettext_lazy("campaign", "Called off")


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: User) -> CampaignQuerySet:
        return self if user.has_perm("followups.view_campaign") else self.none()

    def decided(self) -> CampaignQuerySet:
        return self.filter(state=CampaignState.DECIDED)


@tracked()
class Campaign(models.Model):
    """An event or offer to which customers are invited by telephone, and by letter if wanted.

    Attributes:
        audience: who is invited, as typed on the page (`followups/campaigns/audience.py` reads it);
            frozen into `invitations` when the campaign is decided.
        scheduled_on: since when its days are fixed, decided or moved: day 0 of its notices.
        changes: how often those who had been told had to be told anew: other days, another
            place, called off.
        is_late: it was decided later than two weeks ahead, so its notices were due at once.
        passes_limits: safety: the supervisor let it pass the contacts of a month, open
            complaints, and says why in `passes_because`.

    Source: CAM-01 to CAM-04, R-06, R-07.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=CampaignKind)
    title = models.CharField(pgettext_lazy("campaign", "title"), max_length=120)
    content = models.TextField(_("content"))
    place = models.CharField(_("place"), max_length=200)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    benefit = models.CharField(_("benefit"), max_length=250, blank=True)
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    audience = models.JSONField(_("audience"), default=dict, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=CampaignState, default=CampaignState.DRAFT
    )
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("decided by"),
        related_name="+",
        null=True,
        blank=True,
    )
    scheduled_on = models.DateField(_("days fixed on"), null=True, blank=True)
    changes = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    is_late = models.BooleanField(_("late notice"), default=False)
    passes_limits = models.BooleanField(_("passes the limits of contacts"), default=False)
    passes_because = models.CharField(_("why it passes"), max_length=250, blank=True)
    called_off_on = models.DateField(_("called off on"), null=True, blank=True)
    called_off_because = models.CharField(_("why it was called off"), max_length=250, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("planned by"),
        related_name="+",
    )
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        default_permissions = ()
        ordering = ["-starts_on", "-pk"]
        triggers = [
            announces(
                EventKind.CAMPAIGN_DECIDED,
                pgtrigger.Update,
                pgtrigger.Q(new__state=CampaignState.DECIDED)
                & ~pgtrigger.Q(old__state=CampaignState.DECIDED),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="followups_campaigns_say_what_and_where",
                condition=~Q(title="") & ~Q(content="") & ~Q(place=""),
            ),
            models.CheckConstraint(
                name="followups_campaign_days_in_order",
                condition=Q(starts_on__lte=F("ends_on")),
            ),
            models.CheckConstraint(
                name="followups_decided_campaigns_say_when",
                condition=Q(state=CampaignState.DRAFT, decided_on=None, called_off_on=None)
                | Q(
                    state=CampaignState.DECIDED,
                    decided_on__isnull=False,
                    decided_by__isnull=False,
                    scheduled_on__isnull=False,
                    called_off_on=None,
                )
                | (
                    Q(state=CampaignState.CALLED_OFF, called_off_on__isnull=False)
                    & ~Q(called_off_because="")
                ),
            ),
            models.CheckConstraint(
                name="followups_what_passes_limits_says_why",
                condition=Q(passes_limits=False) | ~Q(passes_because=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("followups:campaign", args=[self.pk])

    def has_begun(self, today: date) -> bool:
        return self.starts_on <= today

    def day_of(self, today: date) -> date:
        """Return today if it is a day of the campaign, else the nearest that is."""
        return min(max(today, self.starts_on), self.ends_on)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User) -> InvitationQuerySet:
        """Those of campaigns that the user may see, to customers whom he may see."""
        if not user.has_perm("followups.view_campaign"):
            return self.none()
        if user.has_perm("customers.view_all_customers"):
            return self
        return self.filter(customer__created_by=user)

    def coming(self) -> InvitationQuerySet:
        return self.filter(answer=InvitationAnswer.COMES)


class InvitationAnswer(models.TextChoices):
    COMES = "comes", pgettext_lazy("invitation", "Will come")
    UNDECIDED = "undecided", pgettext_lazy("invitation", "Undecided")
    DECLINES = "declines", pgettext_lazy("invitation", "Will not come")


@tracked()
class Invitation(models.Model):
    """A customer who is invited to a decided campaign, and what he made of it.

    Attributes:
        told_on: the day on which he was told, day 0 of the letter (CAM-03, R-06).
        told_change: which of the campaign's `changes` he knew of then.
        wants_letter: what he said to the letter; None until he was asked.
        attended_on: the day on which he came.
        walked_in: he came without having been invited; nothing is owed to him for it.
    """

    # Both files may have been invited.
    stays_with_merged_file = True

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, verbose_name=_("campaign"), related_name="invitations"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, verbose_name=_("customer"), related_name="invitations"
    )
    told_on = models.DateField(_("told on"), null=True, blank=True)
    told_change = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    answer = models.CharField(_("answer"), max_length=10, choices=InvitationAnswer, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    wants_letter = models.BooleanField(_("letter wanted"), null=True, blank=True)
    guests = models.PositiveSmallIntegerField(_("guests"), default=0)
    attended_on = models.DateField(_("came on"), null=True, blank=True)
    walked_in = models.BooleanField(_("came uninvited"), default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="followups_invited_once", fields=["campaign", "customer"]),
            models.CheckConstraint(
                name="followups_answers_say_when",
                condition=Q(answer="", answered_on=None)
                | (~Q(answer="") & Q(answered_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="followups_who_walked_in_came",
                condition=Q(walked_in=False) | Q(attended_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.customer}"
