"""Where the departments read what is sent to them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from aftersales.history import tracked
from aftersales.models import Language
from followups.models import Department


@tracked()
class DepartmentMailbox(models.Model):
    """The address to which a department gets its weekly digest, and in which language."""

    department = models.CharField(
        _("department"), max_length=20, choices=Department, unique=True, editable=False
    )
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=Language, default=Language.ENGLISH
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("mailbox of a department")
        verbose_name_plural = _("mailboxes of departments")
        default_permissions = ()
        ordering = ["department"]

    def __str__(self) -> str:
        return f"{self.get_department_display()}: {self.email}"
