"""The customer file (form F1) and what hangs on it."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aftersales.history import tracked
from aftersales.models import Language, User
from customers import names


class CustomerKind(models.TextChoices):
    PRIVATE = "private", _("Private")
    COMPANY = "company", _("Company")


class NextTopic(models.TextChoices):
    """What the next contact will be about (FIL-06)."""

    MAINTENANCE = "maintenance", _("Maintenance due")
    REPAIR = "repair", _("Timely repair")
    FREE_INSPECTION = "free_inspection", _("Free inspection")
    PROMOTION = "promotion", _("Promotional service")
    SOCIAL_EVENT = "social_event", _("Customer social event")
    INSURANCE = "insurance", _("Insurance renewal")


class ContactPurpose(models.TextChoices):
    SERVICE = "service", _("Calls after a visit")
    REMINDER = "reminder", _("Reminders")
    PROMOTION = "promotion", _("Campaigns and offers")
    ALL = "all", _("Everything")


class Channel(models.TextChoices):
    PHONE = "phone", _("Phone")
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")
    LETTER = "letter", _("Letter")
    ALL = "all", _("Every channel")


class PhoneKind(models.TextChoices):
    MOBILE = "mobile", _("Mobile")
    HOME = "home", _("Home")
    WORK = "work", _("Work")
    OTHER = "other", _("Other")


class CustomerQuerySet(models.QuerySet["Customer"]):
    def current(self) -> CustomerQuerySet:
        """Customers that were not merged into another one."""
        return self.filter(merged_into=None)

    def visible_to(self, user: User) -> CustomerQuerySet:
        """All customers with the permission, else those the user brought in."""
        if user.has_perm("customers.view_all_customers"):
            return self
        if user.has_perm("customers.view_customer"):
            return self.filter(created_by=user)
        return self.none()


@tracked(exclude=["sort_key", "search_keys"])
class Customer(models.Model):
    """A person or a company that brings vehicles: the customer file (FIL-02, F1).

    Change it only through `customers.services`.
    """

    file_no = models.CharField(
        _("file no."), max_length=20, unique=True, db_default="", db_collation="C"
    )
    kind = models.CharField(
        _("customer type"), max_length=10, choices=CustomerKind, default=CustomerKind.PRIVATE
    )
    name = models.CharField(_("customer name"), max_length=120)
    sort_key = models.CharField(max_length=160, editable=False, db_collation="C")
    search_keys = models.TextField(editable=False)
    contact_name = models.CharField(_("contact person"), max_length=120, blank=True)
    title = models.CharField(_("title"), max_length=30, blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=Language, default=Language.CHINESE
    )
    address = models.CharField(_("address"), max_length=250, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    district = models.CharField(_("district"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    convenient_from = models.TimeField(_("convenient from"), null=True, blank=True)
    convenient_until = models.TimeField(_("convenient until"), null=True, blank=True)
    convenient_weekdays = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("convenient weekdays"),
        default=list,
        blank=True,
        help_text=_("1 is Monday, 7 is Sunday; none means every day."),
    )
    wished_services = models.TextField(_("wished services"), blank=True)
    next_topic = models.CharField(
        _("topic of the next contact"), max_length=20, choices=NextTopic, blank=True
    )
    next_talking_points = models.TextField(_("talking points"), blank=True)
    next_contact_on = models.DateField(_("planned contact on"), null=True, blank=True)
    contact_verified_on = models.DateField(_("contact data verified on"), null=True, blank=True)
    bag_location = models.CharField(_("file bag location"), max_length=60, blank=True)
    is_fleet = models.BooleanField(_("fleet customer"), default=False)
    remarks = models.TextField(_("remarks"), blank=True)
    tracker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("tracking salesman"),
        related_name="tracked_customers",
        null=True,
        blank=True,
    )
    opened_on = models.DateField(_("file opened on"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("opened by"),
        related_name="+",
        null=True,
        blank=True,
    )
    created_at = models.DateTimeField(db_default=Now())
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="merged_customers", null=True, blank=True
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        default_permissions = ()
        ordering = ["sort_key", "pk"]
        triggers = [
            # Whatever opens files without a number (page, API, import, SQL) gets the next free one.
            pgtrigger.Trigger(
                name="number_file",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__file_no=""),
                func=pgtrigger.Func(
                    """
                    LOOP
                        NEW.file_no := 'K-' || to_char(
                            nextval('customers_file_no'), 'FM999999000000'
                        );
                        EXIT WHEN NOT EXISTS (
                            SELECT FROM {meta.db_table} WHERE file_no = NEW.file_no
                        );
                    END LOOP;
                    RETURN NEW;
                    """
                ),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="customers_customer_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="customers_customer_known_kind", condition=Q(kind__in=CustomerKind.values)
            ),
            models.CheckConstraint(
                name="customers_convenient_time_has_both_ends",
                condition=Q(convenient_from=None, convenient_until=None)
                | Q(convenient_from__lt=models.F("convenient_until")),
            ),
            models.CheckConstraint(
                name="customers_not_merged_into_itself",
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("pk")),
            ),
        ]
        indexes = [
            models.Index(name="customers_customer_sorted", fields=["sort_key", "id"]),
            models.Index(name="customers_customer_opened", fields=["opened_on", "id"]),
            # Any word of a name, its pinyin or its initials, by the beginning of the word.
            GinIndex(
                SearchVector("search_keys", config="simple"), name="customers_customer_search"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reports:customer", args=[self.pk])

    def save(self, **kwargs: object) -> None:
        """Save with the search keys of the name as it now is."""
        keys = names.search_keys(self.name, self.contact_name)
        self.sort_key, self.search_keys = names.sort_key(self.name), keys
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "sort_key", "search_keys"}  # type: ignore[misc]
        super().save(**kwargs)  # type: ignore[arg-type]


class PhoneQuerySet(models.QuerySet["Phone"]):
    def ending_in(self, digits: str) -> PhoneQuerySet:
        """Numbers whose last digits are `digits`."""
        return self.filter(reversed_digits__startswith=digits[::-1])


@tracked(exclude=["reversed_digits"])
class Phone(models.Model):
    """One telephone number of a customer: as typed, and as it is dialed (E.164)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="phones")
    kind = models.CharField(_("kind"), max_length=10, choices=PhoneKind, default=PhoneKind.MOBILE)
    typed = models.CharField(_("number"), max_length=40)
    e164 = models.CharField(max_length=20, blank=True, db_collation="C")
    tail = models.CharField(max_length=8, db_collation="C")
    reversed_digits = models.GeneratedField(
        expression=models.Func(
            models.Func(
                models.F("typed"),
                models.Value(r"\D"),
                models.Value(""),
                models.Value("g"),
                function="regexp_replace",
            ),
            function="reverse",
        ),
        output_field=models.CharField(max_length=40, db_collation="C"),
        db_persist=True,
    )
    is_primary = models.BooleanField(_("first number to call"), default=False)
    is_bad = models.BooleanField(_("does not work"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PhoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("phone number")
        verbose_name_plural = _("phone numbers")
        default_permissions = ()
        ordering = ["-is_primary", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="customers_one_primary_phone",
                fields=["customer"],
                condition=Q(is_primary=True),
            ),
            models.UniqueConstraint(
                name="customers_phone_once_per_customer",
                fields=["customer", "e164"],
                condition=~Q(e164=""),
            ),
        ]
        indexes = [
            models.Index(name="customers_phone_e164", fields=["e164"]),
            models.Index(name="customers_phone_last_digits", fields=["reversed_digits"]),
        ]

    def __str__(self) -> str:
        return self.typed


@tracked()
class ContactRefusal(models.Model):
    """A customer's word that he does not want to be contacted (by purpose and channel)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="refusals")
    purpose = models.CharField(_("purpose"), max_length=10, choices=ContactPurpose)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    reason = models.CharField(_("reason"), max_length=250)
    refused_on = models.DateField(_("since"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    lifted_on = models.DateField(_("lifted on"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    lift_reason = models.CharField(_("why it was lifted"), max_length=250, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("do not contact")
        verbose_name_plural = _("do not contact")
        default_permissions = ()
        ordering = ["-refused_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="customers_one_open_refusal_of_a_kind",
                fields=["customer", "purpose", "channel"],
                condition=Q(lifted_on=None),
            ),
            models.CheckConstraint(
                name="customers_lifted_refusals_say_when_by_whom_and_why",
                condition=Q(lifted_on=None, lifted_by=None, lift_reason="")
                | (Q(lifted_on__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.get_channel_display()}"
