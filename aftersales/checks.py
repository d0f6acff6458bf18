"""What must hold before real customers' data are entrusted to an installation.

`manage.py check --deploy` asks it, and `manage.py prepare` before each start in production.
The settings see to it; this notices when a later change of them undoes it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from csp.constants import NONCE
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import connections

from aftersales import access
from aftersales.celery import app as celery
from aftersales.routes import routes

YEAR = 365 * 24 * 60 * 60
TWELVE_HOURS = 12 * 60 * 60


@register(Tags.security, deploy=True)
def settings_are_strict(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[Error]:
    """Check the settings that Django's own `check --deploy` doesn't know or leaves open."""
    return [
        Error(message, id=f"aftersales.{name}")
        for name, (holds, message) in STRICT.items()
        if not holds()
    ]


def _scripts_need_a_nonce() -> bool:
    policy: Any = settings.CONTENT_SECURITY_POLICY
    sources = policy["DIRECTIVES"]["script-src"]
    return NONCE in sources and not {"'unsafe-inline'", "'unsafe-eval'", "*"}.intersection(sources)


def _middleware_is_complete() -> bool:
    needed = {"csp.middleware.CSPMiddleware", "aftersales.middleware.AccessMiddleware"}
    return needed.issubset(settings.MIDDLEWARE)


def _cookies_are_bound_to_the_host() -> bool:
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    return all(name.startswith("__Host-") for name in names)


def _api_is_closed() -> bool:
    table = ["aftersales.api.permissions.TablePermission"]
    return bool(settings.REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"] == table)


def _tasks_carry_only_json() -> bool:
    return bool(celery.conf.accept_content == ["json"] and celery.conf.task_serializer == "json")


def _tasks_survive_their_worker() -> bool:
    return bool(celery.conf.task_acks_late and celery.conf.task_reject_on_worker_lost)


def _tasks_end_before_redis_repeats_them() -> bool:
    timeouts = (
        celery.conf.broker_transport_options["visibility_timeout"],
        celery.conf.result_backend_transport_options["visibility_timeout"],
        celery.conf.visibility_timeout,
    )
    return bool(min(timeouts) > celery.conf.task_time_limit)


STRICT: dict[str, tuple[Callable[[], bool], str]] = {
    "csp": (_scripts_need_a_nonce, "Scripts run without a nonce: see CONTENT_SECURITY_POLICY."),
    "middleware": (
        _middleware_is_complete,
        "MIDDLEWARE lacks the content security policy or the permission table.",
    ),
    "cookies": (
        _cookies_are_bound_to_the_host,
        "The names of session and CSRF cookie must begin with __Host-.",
    ),
    "session": (
        lambda: settings.SESSION_COOKIE_AGE <= TWELVE_HOURS,
        "SESSION_COOKIE_AGE is longer than a working day of twelve hours.",
    ),
    "hsts": (
        lambda: settings.SECURE_HSTS_SECONDS >= YEAR,
        "SECURE_HSTS_SECONDS is shorter than a year.",
    ),
    "demo": (lambda: not settings.DEMO, "The demo's passwords are public: set DEMO=0."),
    "api": (_api_is_closed, "The API answers without asking the permission table."),
    "task-format": (_tasks_carry_only_json, "Tasks may only carry JSON."),
    "task-loss": (_tasks_survive_their_worker, "A task must be kept until it is done."),
    "task-time": (
        _tasks_end_before_redis_repeats_them,
        "visibility_timeout must be longer than task_time_limit in all three places.",
    ),
}


@register(Tags.urls)
def routes_are_classified(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[Error]:
    """Check that the permission table has a line for every route."""
    return [
        Error(
            f"The route “{name}” has no line in aftersales/access/; it is refused for everybody.",
            id="aftersales.unclassified-route",
        )
        for name, _pattern in routes()
        if name not in access.ROUTES
    ]


@register(Tags.database)
def databases_are_fit(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: Any
) -> list[Error]:
    """Check, before a migration, that PostgreSQL keeps and finds what it is given."""
    return [error for alias in databases or () for error in _errors_of(alias)]


def _errors_of(alias: str) -> list[Error]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT '保养' ~ '^\\w+$', current_setting('fsync') = 'on'")
        [knows_letters, is_durable] = cursor.fetchone()
    errors = []
    if not knows_letters:
        hint = "Create it with LC_CTYPE C.UTF-8 (or any other UTF-8 locale): createdb --locale=…"
        message = "This database takes Chinese and Korean letters for punctuation: search fails."
        errors.append(Error(message, hint=hint, id="aftersales.letters"))
    if settings.PRODUCTION and not is_durable:
        message = "fsync is off: a power cut would destroy the database."
        errors.append(Error(message, id="aftersales.fsync"))
    return errors
