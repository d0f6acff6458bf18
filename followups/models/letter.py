"""The letter register: what was issued, the archived files, and what became of it."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.models import Language, User
from customers.models import Customer
from followups.models.call import Call
from followups.models.campaign import Campaign
from followups.models.follow_up import FollowUp
from followups.models.letter_batch import DeliveryChannel, LetterBatch
from followups.models.letter_template import LetterKind
from followups.models.matter import Matter
from followups.models.register import insert_only, seal
from followups.models.webhook import EventKind, announces


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: User) -> LetterQuerySet:
        """All with the permission, else those to customers whom the user brought in."""
        if user.has_perm("followups.view_all_letters"):
            return self
        if user.has_perm("followups.view_letter"):
            return self.filter(customer__created_by=user)
        return self.none()

    def still_here(self) -> LetterQuerySet:
        """Letters on paper of which nobody noted yet that they left the house."""
        gone = LetterEvent.objects.filter(letter=OuterRef("pk"), kind__in=LEFT)
        return self.filter(~Exists(gone), channel=DeliveryChannel.POST)


class Letter(models.Model):
    """One letter as it was issued: a line of the letter register (form F4), never changed.

    Address, plate, subject and text are written as they were that day; what became of it
    afterwards (posted, returned, answered) stands in its `events`.

    Attributes:
        pdf_hash: SHA-256 of the archived file.

    Source: REG-02, REG-03, CAM-03, R-06; form F4.
    """

    stays_with_merged_file = True

    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"), db_default=0, editable=False)
    kind = models.CharField(_("kind"), max_length=15, choices=LetterKind)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, verbose_name=_("customer"), related_name="letters"
    )
    customer_name = models.CharField(_("customer name"), max_length=120)
    address = models.CharField(_("address"), max_length=250, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    recipient = models.CharField(
        _("sent to"), max_length=254, blank=True, help_text=_("E-mail address or number.")
    )
    plate = models.CharField(_("plate"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=Language)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    channel = models.CharField(_("delivery"), max_length=10, choices=DeliveryChannel)
    batch = models.ForeignKey(
        LetterBatch, on_delete=models.PROTECT, verbose_name=_("issued with"), related_name="letters"
    )
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        verbose_name=_("campaign"),
        related_name="letters",
        null=True,
        blank=True,
    )
    follow_up = models.ForeignKey(
        FollowUp,
        on_delete=models.PROTECT,
        verbose_name=_("follow-up"),
        related_name="letters",
        null=True,
        blank=True,
    )
    call = models.ForeignKey(
        Call,
        on_delete=models.PROTECT,
        verbose_name=_("call"),
        related_name="letters",
        null=True,
        blank=True,
    )
    matter = models.ForeignKey(
        Matter,
        on_delete=models.PROTECT,
        verbose_name=_("matter"),
        related_name="letters",
        null=True,
        blank=True,
    )
    told_on = models.DateField(_("told by telephone on"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    remarks = models.CharField(_("remarks"), max_length=250, blank=True)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("handled by"),
        related_name="+",
    )
    issued_at = models.DateTimeField(_("issued"))
    pdf_hash = models.CharField(_("SHA-256 of the file"), max_length=64)
    previous_hash = models.CharField(max_length=64, db_default="", editable=False)
    hash = models.CharField(max_length=64, db_default="", editable=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        default_permissions = ()
        ordering = ["-year", "-number"]
        triggers = [
            *insert_only(),
            seal(),
            announces(EventKind.LETTER_ISSUED, pgtrigger.Insert),
        ]
        constraints = [
            models.UniqueConstraint(
                name="followups_letter_number_once_a_year", fields=["year", "number"]
            ),
            models.UniqueConstraint(
                name="followups_one_letter_for_a_follow_up",
                fields=["follow_up"],
                condition=Q(follow_up__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="followups_letter_issued", fields=["-issued_at", "-id"]),
            models.Index(
                name="followups_letter_of_customer", fields=["customer", "-issued_at", "-id"]
            ),
        ]

    def __str__(self) -> str:
        return self.letter_no

    def get_absolute_url(self) -> str:
        return reverse("followups:letter", args=[self.pk])

    @property
    def letter_no(self) -> str:
        """The number of the line in the register: L-2026-000123."""
        return f"L-{self.year}-{self.number:06}"


class LetterFile(models.Model):
    """The exact bytes of an issued letter (PDF)."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="file")
    content = models.BinaryField()
    pages = models.PositiveSmallIntegerField(_("pages"))

    class Meta:
        default_permissions = ()
        triggers = insert_only()

    def __str__(self) -> str:
        return str(self.letter_id)


class LetterEventKind(models.TextChoices):
    POSTED = "posted", pgettext_lazy("letter", "Posted")
    SENT = "sent", pgettext_lazy("letter", "Sent")
    RETURNED = "returned", pgettext_lazy("letter", "Came back")
    ANSWERED = "answered", pgettext_lazy("letter", "Answered by the customer")


# How a letter leaves the house.
LEFT = (LetterEventKind.POSTED, LetterEventKind.SENT)


class LetterEvent(models.Model):
    """What became of a letter, on which day of the shop; added, never changed."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("what"), max_length=10, choices=LetterEventKind)
    on = models.DateField(_("on"))
    note = models.CharField(_("note"), max_length=250, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    noted_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ["on", "pk"]
        triggers = insert_only()
        constraints = [
            models.UniqueConstraint(
                name="followups_letter_leaves_once",
                fields=["letter"],
                condition=Q(kind__in=["posted", "sent"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}: {self.kind}"
