"""The texts of letters, with placeholders."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.history import tracked
from aftersales.models import Language, User
from followups.letters.defaults import default_letters


class LetterKind(models.TextChoices):
    NOTICE = "notice", pgettext_lazy("letter", "Notice")
    INVITATION = "invitation", pgettext_lazy("letter", "Invitation")
    REPLY = "reply", pgettext_lazy("letter", "Reply")
    CONTACT_CHECK = "contact_check", pgettext_lazy("letter", "Contact check")


class LetterTemplateQuerySet(models.QuerySet["LetterTemplate"]):
    def visible_to(self, user: User) -> LetterTemplateQuerySet:
        return self if user.has_perm("followups.issue_letter") else self.none()


class LetterTemplateManager(
    models.Manager.from_queryset(LetterTemplateQuerySet)["LetterTemplate"]  # type: ignore[misc]
):
    def in_use(self) -> LetterTemplateQuerySet:
        """Return the templates in use; the first time those that every shop begins with."""
        if not self.exists():
            begun = [LetterTemplate(**fields) for fields in default_letters()]
            self.bulk_create(begun, ignore_conflicts=True)
        found: LetterTemplateQuerySet = self.filter(is_active=True)
        return found


@tracked()
class LetterTemplate(models.Model):
    """The text of a kind of letter in one language, with placeholders such as `{customer}`.

    `followups/letters/placeholders.py` lists what may stand in braces; nothing else is interpreted.
    """

    kind = models.CharField(_("kind"), max_length=15, choices=LetterKind)
    language = models.CharField(_("language"), max_length=10, choices=Language)
    name = models.CharField(pgettext_lazy("letter template", "name"), max_length=80)
    subject = models.CharField(_("subject"), max_length=160)
    body = models.TextField(_("text"))
    is_active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = LetterTemplateManager()

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
