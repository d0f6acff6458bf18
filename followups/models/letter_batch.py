"""Letters that are being prepared: to whom a batch writes, and who is left out and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.history import tracked
from aftersales.models import User
from customers.models import Customer
from followups.models.call import Call
from followups.models.campaign import Campaign
from followups.models.follow_up import FollowUp
from followups.models.letter_template import LetterKind
from followups.models.matter import Matter


class DeliveryChannel(models.TextChoices):
    POST = "post", pgettext_lazy("delivery", "Post")
    EMAIL = "email", pgettext_lazy("delivery", "E-mail")
    SMS = "sms", pgettext_lazy("delivery", "Text message")


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
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("issued by"),
        related_name="+",
        null=True,
        blank=True,
    )
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


class Obstacle(models.TextChoices):
    """Why a customer gets no letter although nobody left him out."""

    FOLLOW_UP_ENDED = "follow_up_ended", _("The letter is owed no longer")
    REFUSED = "refused", _("Does not want to be contacted this way")
    COMPLAINT = "complaint", _("A complaint is open")
    ENOUGH = "enough", _("Was contacted often enough this month")
    NO_ADDRESS = "no_address", _("The file has no address")
    NO_EMAIL = "no_email", _("The file has no e-mail address")
    NO_MOBILE = "no_mobile", _("The file has no number that works")
    NO_TEMPLATE = "no_template", _("There is no such template in the customer's language")
    GAP = "gap", _("The file lacks what the text speaks of")
    TOO_LONG = "too_long", _("The address is too long for the window of the envelope")
    UNPRINTABLE = "unprintable", _("There are characters that cannot be printed")


class BatchItem(models.Model):
    """A customer to whom a batch writes, or who is left out, and why.

    Attributes:
        subject, body: the words of a letter of its own, printed as they are; else the template's.
        left_out_because: the words of whoever left the customer out.
        obstacle: what stood in the way when the batch was issued.
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
    subject = models.CharField(_("subject"), max_length=160, blank=True)
    body = models.TextField(_("text"), blank=True)
    left_out_because = models.CharField(_("why it is left out"), max_length=250, blank=True)
    obstacle = models.CharField(max_length=20, choices=Obstacle, blank=True)
    letter = models.OneToOneField(
        "followups.Letter", on_delete=models.PROTECT, related_name="+", null=True, blank=True
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
                condition=Q(letter=None) | Q(left_out_because="", obstacle=""),
            ),
            models.CheckConstraint(
                name="followups_own_words_are_whole",
                condition=Q(subject="", body="") | (~Q(subject="") & ~Q(body="")),
            ),
        ]
        indexes = [
            models.Index(
                name="followups_letters_to_issue",
                fields=["batch", "id"],
                condition=Q(letter=None, left_out_because="", obstacle=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.customer_id}"
