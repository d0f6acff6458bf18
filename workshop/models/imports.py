"""Imports of customers, vehicles and repair orders: the file, its rows, their fate."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.models import User


class ImportKind(models.TextChoices):
    ORDERS = "orders", _("Repair orders")
    VEHICLES = "vehicles", _("Vehicles")
    CUSTOMERS = "customers", _("Customers")


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Columns to be chosen")
    READING = "reading", _("Being read")
    PREVIEW = "preview", _("Preview ready")
    WRITING = "writing", _("Being written")
    DONE = "done", _("Done")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")
    FAILED = "failed", _("Failed")


# A worker owes these something; in the others a person decides what comes next.
AT_WORK = (ImportState.READING, ImportState.WRITING, ImportState.UNDOING)
NOTHING_WRITTEN = (ImportState.UPLOADED, ImportState.PREVIEW, ImportState.FAILED)


class Verdict(models.TextChoices):
    """What becomes of a row."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    REJECTED = "rejected", _("Rejected")


class ImportProfile(models.Model):
    """How the files of one system are read: headings, formats, words. Saved by name."""

    kind = models.CharField(_("kind"), max_length=10, choices=ImportKind)
    name = models.CharField(pgettext_lazy("import profile", "name"), max_length=60)
    layout = models.JSONField(help_text="see workshop.imports.layout")

    class Meta:
        verbose_name = _("import profile")
        verbose_name_plural = _("import profiles")
        default_permissions = ()
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                name="workshop_import_profile_name_once", fields=["kind", "name"]
            ),
            models.CheckConstraint(
                name="workshop_import_profile_known_kind", condition=Q(kind__in=ImportKind.values)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: User) -> ImportQuerySet:
        """Every import for people who may import; a REST client sees its own."""
        if not user.has_perm("workshop.import_records"):
            return self.none()
        if user.has_perm("aftersales.use_api"):
            return self.filter(created_by=user)
        return self

    def at_work(self) -> ImportQuerySet:
        """Imports that a worker still has to read, write or undo."""
        return self.filter(state__in=AT_WORK)

    def nothing_written(self) -> ImportQuerySet:
        """Imports that have left no trace in customers, vehicles and orders yet."""
        return self.filter(state__in=NOTHING_WRITTEN)


class Import(models.Model):
    """One uploaded file on its way into the database, and back if it is undone.

    Change the state only through `workshop.services.imports`.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=ImportKind)
    state = models.CharField(
        _("state"), max_length=10, choices=ImportState, default=ImportState.UPLOADED
    )
    file_name = models.CharField(_("file"), max_length=200)
    stored_as = models.CharField(max_length=100, blank=True, help_text="empty once it is deleted")
    file_hash = models.CharField(max_length=64, db_index=True)
    inspection = models.JSONField(help_text="see workshop.imports.inspection")
    layout = models.JSONField(default=dict, help_text="see workshop.imports.layout")
    rows_read = models.PositiveIntegerField(_("rows"), default=0)
    counts = models.JSONField(default=dict, help_text="what the rows come to, and what is odd")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="in the present state")
    problem = models.TextField(_("problem"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    created_at = models.DateTimeField(db_default=Now())
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    undone_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="workshop_import_known_kind", condition=Q(kind__in=ImportKind.values)
            ),
            models.CheckConstraint(
                name="workshop_import_known_state", condition=Q(state__in=ImportState.values)
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("workshop:import", args=[self.pk])

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def has_written_nothing(self) -> bool:
        return self.state in NOTHING_WRITTEN


# Something is wrong with a row, or odd about it.
NOTED = ~Q(findings=[]) | ~Q(conflicts=[])


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def noted(self) -> ImportRowQuerySet:
        """Rows with something wrong or odd."""
        return self.filter(NOTED)


class ImportRow(models.Model):
    """One row of a file: what it says, what is wrong with it, and what becomes of it.

    The documents hold new values by column; a column about which the row says nothing is
    missing. `findings` come from the row alone, `conflicts` from comparing it with the other
    rows and with what is known; both are lists of `workshop.imports.findings`.
    """

    pk = models.CompositePrimaryKey("batch_id", "row_no")
    # A million checks of one and the same id would take longer than reading the file.
    batch = models.ForeignKey(
        Import,
        on_delete=models.CASCADE,
        related_name="import_rows",
        db_index=False,
        db_constraint=False,
    )
    row_no = models.PositiveIntegerField(_("row"), help_text="as a spreadsheet counts them")
    customer_key = models.TextField()
    customer = models.JSONField()
    vehicle_key = models.TextField()
    vehicle = models.JSONField()
    repair_order = models.JSONField()
    readable = models.BooleanField(help_text="nothing among the findings rejects it")
    verdict = models.CharField(_("what happens"), max_length=10, choices=Verdict)
    object_id = models.BigIntegerField(null=True, help_text="what the row is about, if known")
    changes = models.JSONField(null=True, help_text="column → before and after, if it changes")
    findings = models.JSONField()
    conflicts = models.JSONField(db_default=[])
    cells = models.JSONField(help_text="as text, in the order of the file's columns")

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="workshop_import_row_known_verdict", condition=Q(verdict__in=Verdict.values)
            ),
            models.CheckConstraint(
                name="workshop_unreadable_rows_are_rejected",
                condition=Q(readable=True) | Q(verdict=Verdict.REJECTED),
            ),
        ]
        indexes = [
            models.Index(name="workshop_import_row_verdict", fields=["batch", "verdict", "row_no"]),
            models.Index(
                name="workshop_import_row_noted",
                fields=["batch", "row_no"],
                condition=NOTED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.row_no}"


class ImportChange(models.Model):
    """A row of the database that an import created or changed: what undoing it needs."""

    pk = models.CompositePrimaryKey("batch_id", "model", "object_id")
    batch = models.ForeignKey(
        Import,
        on_delete=models.CASCADE,
        related_name="changes",
        db_index=False,
        db_constraint=False,
    )
    model = models.CharField(max_length=40, help_text="app and model, in lower case")
    object_id = models.BigIntegerField()
    version = models.PositiveIntegerField(help_text="which the import left behind")
    before = models.JSONField(null=True, help_text="the whole row; null if it was created")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"
