"""Letters: their templates, batches that are being prepared, and the letter register."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.history import tracked
from aftersales.models import Language, User
from customers.models import Customer
from followups.models.call import Call
from followups.models.campaign import Campaign
from followups.models.follow_up import FollowUp
from followups.models.matter import Matter
from followups.models.register import insert_only, seal


class LetterKind(models.TextChoices):
    NOTICE = "notice", pgettext_lazy("letter", "Notice")
    INVITATION = "invitation", pgettext_lazy("letter", "Invitation")
    REPLY = "reply", pgettext_lazy("letter", "Reply")
    CONTACT_CHECK = "contact_check", pgettext_lazy("letter", "Contact check")


class DeliveryChannel(models.TextChoices):
    POST = "post", pgettext_lazy("delivery", "Post")
    EMAIL = "email", pgettext_lazy("delivery", "E-mail")
    SMS = "sms", pgettext_lazy("delivery", "Text message")


@tracked()
class LetterTemplate(models.Model):
    """The text of a kind of letter in one language, with placeholders such as `{customer}`.

    `followups/placeholders.py` lists what may stand in braces; nothing else is interpreted.
    """

    kind = models.CharField(_("kind"), max_length=15, choices=LetterKind)
    language = models.CharField(_("language"), max_length=10, choices=Language)
    name = models.CharField(_("name"), max_length=80)
    subject = models.CharField(_("subject"), max_length=160)
    body = models.TextField(_("text"))
    is_active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        default_permissions = ()
        ordering = ["kind", "name", "language"]
        constraints = [
            models.UniqueConstraint(
                name="followups_one_template_a_language",
                fields=["kind", "name", "language"],
                condition=Q(is_active=True),
            ),
            models.CheckConstraint(
                name="followups_templates_have_text", condition=~Q(subject="") & ~Q(body="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("followups:letter-template", args=[self.pk])


class BatchState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("letter batch", "Being prepared")
    ISSUING = "issuing", pgettext_lazy("letter batch", "Being issued")
    ISSUED = "issued", pgettext_lazy("letter batch", "Issued")
    DISCARDED = "discarded", pgettext_lazy("letter batch", "Discarded")


class LetterBatchQuerySet(models.QuerySet["LetterBatch"]):
    def visible_to(self, user: User) -> LetterBatchQuerySet:
        return self if user.has_perm("followups.view_letter") else self.none()


@tracked()
class LetterBatch(models.Model):
    """Letters that are prepared, looked at and issued together; one letter is a batch of one.

    Attributes:
        operation: a number of the sender's; sent twice, the batch is written once.
    """

    kind = models.CharField(_("kind"), max_length=15, choices=LetterKind)
    template_name = models.CharField(_("template"), max_length=80)
    channel = models.CharField(
        _("delivery"), max_length=10, choices=DeliveryChannel, default=DeliveryChannel.POST
    )
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        verbose_name=_("campaign"),
        related_name="letter_batches",
        null=True,
        blank=True,
    )
    state = models.CharField(
        _("state"), max_length=10, choices=BatchState, default=BatchState.DRAFT
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("prepared by"),
        related_name="+",
    )
    created_at = models.DateTimeField(db_default=Now())
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True)
    operation = models.UUIDField(unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = LetterBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("letters in preparation")
        verbose_name_plural = _("letters in preparation")
        default_permissions = ()
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("followups:letter-batch", args=[self.pk])


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: User) -> LetterQuerySet:
        """All with the permission, else those to customers whom the user brought in."""
        if user.has_perm("followups.view_all_letters"):
            return self
        if user.has_perm("followups.view_letter"):
            return self.filter(customer__created_by=user)
        return self.none()


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
        triggers = [*insert_only(), seal()]
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


class BatchItem(models.Model):
    """A customer to whom a batch writes, or whom somebody left out, and why.

    Attributes:
        letter: what was issued to him; set once.
    """

    batch = models.ForeignKey(LetterBatch, on_delete=models.CASCADE, related_name="items")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    follow_up = models.ForeignKey(
        FollowUp, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    call = models.ForeignKey(
        Call, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    matter = models.ForeignKey(
        Matter, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    left_out_because = models.CharField(_("why it is left out"), max_length=250, blank=True)
    letter = models.OneToOneField(
        Letter, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="followups_one_letter_a_batch", fields=["batch", "customer"]
            ),
            models.CheckConstraint(
                name="followups_who_is_left_out_gets_no_letter",
                condition=Q(letter=None) | Q(left_out_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.customer_id}"


class LetterFile(models.Model):
    """The exact bytes of an issued letter (PDF)."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="file")
    content = models.BinaryField()

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
