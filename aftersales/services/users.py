"""What administrators do with the accounts of others. Nobody is ever deleted."""

from collections.abc import Iterable

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from knox.models import AuthToken

from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile, Refusal
from aftersales.roles import ADMINISTRATOR, ROLES, permissions_of

MANAGE_USERS = "aftersales.manage_users"


class UsernameTaken(Refusal):
    """Somebody has this user name, perhaps somebody who was deactivated."""


class OwnRights(Refusal):
    """Nobody changes his own roles or deactivates himself."""


class LastAdministrator(Refusal):
    """Without this person nobody could manage users any more."""

    def __init__(self) -> None:
        super().__init__(
            _("This is the last active administrator. Please make somebody else one first.")
        )


class AdministratorExists(Refusal):
    """Accounts are made by an administrator from the first one on."""


def create_user(
    *, by: User, username: str, name: str, email: str, language: str, roles: Iterable[str]
) -> User:
    """Save a person who cannot log in until he has chosen a password by a link.

    Raises:
        UsernameTaken: user names are never used twice.
    """
    with changes_by(by):
        user = User(
            username=username,
            name=name,
            email=email,
            language=language,
            roles=_in_order(roles),
            password=make_password(None),
        )
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:
            raise UsernameTaken(
                _("Somebody has this user name already, or had it once.")
            ) from error
    return user


def change_user(
    user_id: int,
    *,
    by: User,
    version: int,
    name: str,
    email: str,
    language: str,
    roles: Iterable[str],
) -> User:
    """Correct an account; other roles end the sessions of that person.

    Args:
        version: of the account as the caller saw it.

    Raises:
        ChangedMeanwhile: somebody else saved it since.
        OwnRights: the roles are those of `by` and would change.
        LastAdministrator: nobody else could manage users.
    """
    with changes_by(by):
        administrators = _lock_administrators()
        user: User = User.objects.select_for_update().get(pk=user_id)
        if user.version != version:
            raise ChangedMeanwhile(user)
        granted = _in_order(roles)
        if granted != _in_order(user.roles):
            _refuse_own(
                user, by, _("Nobody changes his own roles. Please ask another administrator.")
            )
            if MANAGE_USERS not in permissions_of(granted):
                _refuse_last(user, administrators)
        user.name, user.email, user.language, user.roles = name, email, language, granted
        user.save(update_fields=["name", "email", "language", "roles"])
    return user


def deactivate_user(user_id: int, *, by: User) -> User:
    """Shut a person out from the next request on, tokens of the API included.

    Raises:
        OwnRights: it is `by`.
        LastAdministrator: nobody else could manage users.
    """
    with changes_by(by):
        administrators = _lock_administrators()
        user: User = User.objects.select_for_update().get(pk=user_id)
        _refuse_own(user, by, _("Nobody deactivates himself. Please ask another administrator."))
        _refuse_last(user, administrators)
        AuthToken.objects.filter(user=user).delete()
        user.is_active = False
        user.save(update_fields=["is_active"])
    return user


def reactivate_user(user_id: int, *, by: User) -> User:
    """Let a person in again, with the password and the roles of before."""
    with changes_by(by):
        user: User = User.objects.select_for_update().get(pk=user_id)
        user.is_active = True
        user.save(update_fields=["is_active"])
    return user


def create_first_administrator(*, username: str, name: str) -> User:
    """Make somebody administrator while there is none.

    Until he has chosen a password, it can be repeated for the same user name.

    Raises:
        AdministratorExists: accounts are made by that one.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('first administrator'))")
        administrators = User.objects.with_permission(MANAGE_USERS).exclude(
            username=username, password__startswith=UNUSABLE_PASSWORD_PREFIX
        )
        if existing := administrators.first():
            raise AdministratorExists(
                _("There is an administrator already: %(username)s. New accounts are made by him.")
                % {"username": existing.username}
            )
        user: User | None = User.objects.filter(username=username).first()
        if user is None:
            user = User(username=username, password=make_password(None))
        user.name, user.is_active = name, True
        user.roles = _in_order([*user.roles, ADMINISTRATOR])
        user.save()
    return user


def _in_order(roles: Iterable[str]) -> list[str]:
    chosen = set(roles)
    return [role for role in ROLES if role in chosen]


def _lock_administrators() -> set[int]:
    """Return who may manage users; two who take the right from each other wait here."""
    administrators = User.objects.with_permission(MANAGE_USERS).order_by("pk")
    return set(administrators.select_for_update().values_list("pk", flat=True))


def _refuse_own(user: User, by: User, reason: str) -> None:
    if user.pk == by.pk:
        raise OwnRights(reason)


def _refuse_last(user: User, administrators: set[int]) -> None:
    if administrators == {user.pk}:
        raise LastAdministrator
