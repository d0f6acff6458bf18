"""Imports of customers, vehicles and repair orders: the file, its rows, their fate."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from aftersales.models import User


class ImportKind(models.TextChoices):
    CUSTOMERS = "customers", _("Customers")
    VEHICLES = "vehicles", _("Vehicles")
    ORDERS = "orders", _("Repair orders")


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Columns to be confirmed")
    READING = "reading", _("Being read")
    PREVIEW = "preview", _("Preview ready")
    WRITING = "writing", _("Being written")
    DONE = "done", _("Done")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")
    FAILED = "failed", _("Failed")


class Verdict(models.TextChoices):
    """What becomes of a row."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    REJECTED = "rejected", _("Rejected")


class ImportProfile(models.Model):
    """How the files of one system are read: headings, formats, values. Saved by name."""

    kind = models.CharField(_("kind"), max_length=10, choices=ImportKind)
    name = models.CharField(_("name"), max_length=60)
    options = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("import profile")
        verbose_name_plural = _("import profiles")
        default_permissions = ()
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                name="workshop_import_profile_name_once", fields=["kind", "name"]
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: User) -> ImportQuerySet:
        """Every import for people; a REST client sees its own."""
        if not user.has_perm("workshop.import_records"):
            return self.none()
        if user.has_perm("aftersales.use_api"):
            return self.filter(created_by=user)
        return self

    def unfinished(self) -> ImportQuerySet:
        """Imports that a worker still has to read, write or undo."""
        return self.filter(
            state__in=[ImportState.READING, ImportState.WRITING, ImportState.UNDOING]
        )


class Import(models.Model):
    """One uploaded file on its way into the database, and back if it is undone."""

    kind = models.CharField(_("kind"), max_length=10, choices=ImportKind)
    state = models.CharField(
        _("state"), max_length=10, choices=ImportState, default=ImportState.UPLOADED
    )
    file_name = models.CharField(_("file"), max_length=200)
    stored_as = models.CharField(max_length=100)
    file_hash = models.CharField(max_length=64)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    options = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    counts = models.JSONField(default=dict)
    problem = models.TextField(_("problem"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    created_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="workshop_import_known_state", condition=Q(state__in=ImportState.values)
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One row of a file: as read, what is wrong with it, and what it became."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="import_rows")
    row_no = models.PositiveIntegerField(_("row"))
    raw = models.JSONField(help_text="the cells as text, in the order of the file's columns")
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict, blank=True)
    errors = models.JSONField(default=list, help_text="column, value, reason")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="workshop_import_row_once", fields=["batch", "row_no"]),
        ]
        indexes = [
            models.Index(
                name="workshop_import_row_verdict", fields=["batch", "verdict", "row_no"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.row_no}"
