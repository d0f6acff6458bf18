"""People who work here, and the small tables that every app stands on."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from aftersales.history import tracked
from aftersales.roles import ROLE_CHOICES, ROLES, permissions_of


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    CHINESE = "zh-hans", "简体中文"
    KOREAN = "ko", "한국어"


class Theme(models.TextChoices):
    SYSTEM = "system", _("Like the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)

    def with_permission(self, permission: str) -> UserQuerySet:
        """Active people of whom at least one role grants `permission`."""
        granting = [key for key, role in ROLES.items() if permission in role.permissions]
        return self.active().filter(roles__overlap=granting)

    def matching(self, *, q: str, role: str, state: str) -> UserQuerySet:
        """Those whose name contains `q`, with `role` if given; active unless `state` differs."""
        found = self.filter(models.Q(name__icontains=q) | models.Q(username__icontains=q))
        if role:
            found = found.filter(roles__contains=[role])
        if state == "all":
            return found
        return found.filter(is_active=state != "inactive")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)["User"]):  # type: ignore[misc]
    def create_user(self, username: str, password: str | None, **fields: Any) -> User:
        """Save a person who can log in with `password` (None: with none yet)."""
        user: User = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


@tracked(exclude=["password", "last_login"])
class User(AbstractBaseUser):
    """A person, or a program, that may log in. Deactivated, never deleted."""

    username = models.CharField(
        _("user name"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()]
    )
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=Language.choices, default=Language.ENGLISH
    )
    theme = models.CharField(
        _("appearance"), max_length=10, choices=Theme.choices, default=Theme.SYSTEM
    )
    roles = ArrayField(
        models.CharField(max_length=30, choices=ROLE_CHOICES),
        verbose_name=_("roles"),
        default=list,
        blank=True,
    )
    is_active = models.BooleanField(_("active"), default=True)
    link_issued_at = models.DateTimeField(_("link for a new password"), null=True, blank=True)
    password_changed_at = models.DateTimeField(_("new password"), null=True, blank=True)
    second_factor_since = models.DateTimeField(_("second factor since"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    version = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["name", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="aftersales_user_has_known_roles",
                condition=models.Q(roles__contained_by=list(ROLES)),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name or self.username

    @cached_property
    def permissions(self) -> frozenset[str]:
        """What this person may do; nothing once deactivated."""
        return permissions_of(self.roles) if self.is_active else frozenset()

    def has_perm(self, permission: str, obj: object = None) -> bool:
        return permission in self.permissions

    def has_perms(self, permissions: list[str], obj: object = None) -> bool:
        return self.permissions.issuperset(permissions)

    def get_session_auth_hash(self) -> str:
        """Return what a session must know: a new password or other roles end it."""
        state = json.dumps([self.password, sorted(self.roles)])
        return salted_hmac("aftersales.session", state, algorithm="sha256").hexdigest()

    def get_role_labels(self) -> list[str]:
        return [str(ROLES[role].label) for role in self.roles]


class Heartbeat(models.Model):
    """The last time a scheduled task was really run by a worker."""

    name = models.CharField(max_length=50, unique=True)
    beat_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class RateLimit(models.Model):
    """How many tries a key has used in the running period (login, API)."""

    key = models.CharField(max_length=200, primary_key=True)
    used = models.PositiveIntegerField()
    resets_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key


class ListView(models.Model):
    """A list as somebody likes it: filters, order and columns under a name."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="list_views")
    route = models.CharField(max_length=50)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                name="aftersales_list_view_name_once_per_list", fields=["user", "route", "name"]
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IdempotentRequest(models.Model):
    """A POST that a REST client may send again: the same key, the same answer."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.TextField(help_text="the JSON, byte for byte as it was sent")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="aftersales_idempotency_key_once_per_user", fields=["user", "key"]
            ),
        ]

    def __str__(self) -> str:
        return self.key
