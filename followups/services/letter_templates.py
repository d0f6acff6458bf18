"""The texts of letters: written, changed, taken out of use."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile
from followups.letters import placeholders, typesetting
from followups.models import LetterTemplate


def create(*, by: User, **fields: Any) -> LetterTemplate:
    """Save a new template.

    Raises:
        ValidationError: it holds what is no placeholder, or there is one of that name already.
    """
    template = LetterTemplate(**fields)
    _save(template, by)
    return template


def change(template_id: int, *, by: User, version: int, changes: dict[str, Any]) -> LetterTemplate:
    """Save changes to a template; letters that were issued keep their text.

    Raises:
        ChangedMeanwhile
        ValidationError: as for a new one.
    """
    with changes_by(by):
        template: LetterTemplate = LetterTemplate.objects.select_for_update().get(pk=template_id)
        if template.version != version:
            raise ChangedMeanwhile(template)
        for name, value in changes.items():
            setattr(template, name, value)
        _save(template, by)
    template.refresh_from_db()
    return template


def check(*, subject: str, body: str) -> None:
    """Refuse a text that could not be printed as it is meant.

    Raises:
        ValidationError: by field, each with everything that is wrong.
    """
    problems: dict[str, list[ValidationError]] = {}
    for name, text in {"subject": subject, "body": body}.items():
        try:
            placeholders.check(text)
        except ValidationError as error:
            problems[name] = error.error_list
        if unknown := typesetting.unprintable(text):
            refused = _("These characters cannot be printed: %(characters)s")
            problems.setdefault(name, []).append(ValidationError(refused % {"characters": unknown}))
    if problems:
        raise ValidationError(problems)


def _save(template: LetterTemplate, by: User) -> None:
    check(subject=template.subject, body=template.body)
    try:
        with changes_by(by), transaction.atomic():
            template.save()
    except IntegrityError as error:
        taken = _("There is a template of this kind, name and language already.")
        raise ValidationError({"name": taken}) from error
