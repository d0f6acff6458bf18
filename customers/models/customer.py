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
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from aftersales.history import tracked
from aftersales.models import Language, User
from customers import names, rules
from customers.models import completeness


class CustomerKind(models.TextChoices):
    PRIVATE = "private", _("Private")
    COMPANY = "company", _("Company")


class Weekday(models.IntegerChoices):
    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class NextTopic(models.TextChoices):
    """What the next contact will be about (FIL-06)."""

    MAINTENANCE = "maintenance", _("Maintenance due")
    REPAIR = "repair", _("Timely repair")
    FREE_INSPECTION = "free_inspection", _("Free inspection")
    PROMOTION = "promotion", _("Promotional service")
    SOCIAL_EVENT = "social_event", _("Customer social event")
    INSURANCE = "insurance", _("Insurance renewal")


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

    def with_completeness(self) -> CustomerQuerySet:
        """Annotate `is_complete`: the file lacks nothing of FIL-02 and FIL-05."""
        return self.annotate(is_complete=completeness.of_file(self.model.objects.all()))

    def incomplete(self) -> CustomerQuerySet:
        """Files that lack something of FIL-02 or FIL-05."""
        return self.exclude(completeness.of_file(self.model.objects.all()))


@tracked(exclude=["sort_key", "search_keys"])
class Customer(models.Model):
    """A person or a company that brings vehicles: one customer file over all of them.

    Change it only through `customers.services`.

    Source: FIL-02, FIL-03, R-40; form F1.
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
    birthday = models.DateField(_("birthday"), null=True, blank=True)
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
        models.PositiveSmallIntegerField(choices=Weekday),
        verbose_name=_("convenient weekdays"),
        default=list,
        blank=True,
        help_text=_("None means every day."),
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
    tags = ArrayField(
        models.CharField(max_length=rules.LONGEST_TAG),
        verbose_name=_("tags"),
        size=rules.MOST_TAGS,
        default=list,
        blank=True,
    )
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
        "self",
        on_delete=models.PROTECT,
        verbose_name=_("merged into"),
        related_name="merged_customers",
        null=True,
        blank=True,
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
                func="""
                    LOOP
                        NEW.file_no := 'K-' || to_char(
                            nextval('customers_file_no'), 'FM999999000000'
                        );
                        EXIT WHEN NOT EXISTS (
                            SELECT FROM customers_customer WHERE file_no = NEW.file_no
                        );
                    END LOOP;
                    RETURN NEW;
                    """,
            )
        ]
        constraints = [
            models.CheckConstraint(name="customers_customer_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="customers_customer_known_kind", condition=Q(kind__in=CustomerKind.values)
            ),
            models.CheckConstraint(
                name="customers_convenient_time_has_both_ends",
                # A comparison with NULL would pass.
                condition=Q(convenient_from=None, convenient_until=None)
                | Q(
                    convenient_from__isnull=False,
                    convenient_until__isnull=False,
                    convenient_from__lt=models.F("convenient_until"),
                ),
            ),
            models.CheckConstraint(
                name="customers_not_merged_into_itself",
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("pk")),
            ),
        ]
        indexes = [
            models.Index(name="customers_customer_sorted", fields=["sort_key", "id"]),
            models.Index(name="customers_customer_opened", fields=["opened_on", "id"]),
            models.Index(name="customers_next_contact", fields=["next_contact_on", "id"]),
            models.Index(name="customers_customer_district", fields=["district", "sort_key", "id"]),
            models.Index(
                name="customers_fleet_sorted", fields=["sort_key", "id"], condition=Q(is_fleet=True)
            ),
            GinIndex(name="customers_customer_tags", fields=["tags"]),
            # Any word of a name, its pinyin or its initials, by the beginning of the word.
            GinIndex(
                SearchVector("search_keys", config="simple"), name="customers_customer_search"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: object) -> None:
        """Save with the search keys of the name as it now is."""
        keys = names.search_keys(self.name, self.contact_name)
        self.sort_key, self.search_keys = names.sort_key(self.name), keys
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "sort_key", "search_keys"}  # type: ignore[misc]
        super().save(**kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("reports:customer", args=[self.pk])

    def get_next_topic_display(self) -> str:  # type: ignore[no-redef]
        """Return the topic in words; Django's own translates all of them for each customer."""
        return str(NextTopic(self.next_topic).label) if self.next_topic else ""

    def get_convenient_time_display(self) -> str:
        """Return the days and hours at which the customer likes to be called, or nothing."""
        days = ", ".join(str(Weekday(day).label) for day in sorted(self.convenient_weekdays))
        if self.convenient_from is None or self.convenient_until is None:
            return days
        hours = " – ".join(
            formats.time_format(hour) for hour in (self.convenient_from, self.convenient_until)
        )
        return f"{days} {hours}".strip()

    def missing(self) -> list[completeness.Needed]:
        """Return what the file lacks; it reads the phones, the relations and their vehicles."""
        return completeness.missing_in(self)
