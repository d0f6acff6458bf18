"""What people change about themselves."""

from datetime import datetime

from django.contrib.auth.hashers import make_password

from aftersales.history import changes_by
from aftersales.models import User


def change_account(*, by: User, name: str, language: str, theme: str) -> None:
    with changes_by(by):
        User.objects.filter(pk=by.pk).update(name=name, language=language, theme=theme)


def choose_language(*, by: User, language: str) -> None:
    with changes_by(by):
        User.objects.filter(pk=by.pk).update(language=language)


def choose_theme(*, by: User, theme: str) -> None:
    with changes_by(by):
        User.objects.filter(pk=by.pk).update(theme=theme)


def change_password(*, by: User, password: str, now: datetime) -> User:
    """Set one's own password; every other session of `by` ends."""
    with changes_by(by):
        user: User = User.objects.select_for_update().get(pk=by.pk)
        user.password = make_password(password)
        user.password_changed_at = now
        user.save(update_fields=["password", "password_changed_at"])
    return user
