import os
import subprocess
import sys

import pytest
from celery import current_app
from csp.constants import SELF
from django.core import checks
from django.db import connection

from aftersales.checks import databases_are_fit, settings_are_strict
from aftersales.local.addresses import PROJECT

PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "DATABASE_URL": "postgres://aftersales@127.0.0.1:1/aftersales",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ALLOWED_HOSTS": "service.example.com",
}


def manage(*arguments, **environment):
    ours = {name: value for name, value in os.environ.items() if name not in PRODUCTION}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        check=False,
        cwd=PROJECT,
        env={**ours, **environment},
        capture_output=True,
        text=True,
    )


def names(errors):
    return [error.id.removeprefix("aftersales.") for error in errors]


@pytest.fixture
def production(settings):
    """The settings that only PRODUCTION=1 makes strict."""
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    settings.DEMO = False
    return settings


def test_production_passes_djangos_checks_and_ours_without_a_warning():
    result = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS"])
def test_production_refuses_to_start_and_names_what_is_missing(missing):
    result = manage("check", **{**PRODUCTION, missing: ""})

    assert result.returncode == 1
    reason = result.stderr.splitlines()[-1]
    assert f"PRODUCTION=1 needs these environment variables as well: {missing}. " in reason


def test_strict_settings_pass(production):
    assert settings_are_strict(None) == []


@pytest.mark.parametrize(
    ("setting", "value", "name"),
    [
        ("SESSION_COOKIE_NAME", "sessionid", "cookies"),
        ("SESSION_COOKIE_AGE", 14 * 24 * 60 * 60, "session"),
        ("SECURE_HSTS_SECONDS", 3600, "hsts"),
        ("DEMO", True, "demo"),
        ("REST_FRAMEWORK", {"DEFAULT_PERMISSION_CLASSES": []}, "api"),
        ("MIDDLEWARE", ["csp.middleware.CSPMiddleware"], "middleware"),
        ("CONTENT_SECURITY_POLICY", {"DIRECTIVES": {"script-src": [SELF]}}, "csp"),
    ],
)
def test_a_loosened_setting_is_named(production, setting, value, name):
    setattr(production, setting, value)

    assert names(settings_are_strict(None)) == [name]


@pytest.mark.parametrize(
    ("setting", "value", "name"),
    [
        ("accept_content", ["json", "pickle"], "task-format"),
        ("task_acks_late", False, "task-loss"),
        ("task_reject_on_worker_lost", False, "task-loss"),
        ("task_time_limit", 900, "task-time"),
        ("broker_transport_options", {"visibility_timeout": 300}, "task-time"),
    ],
)
def test_a_loosened_setting_of_the_queue_is_named(production, monkeypatch, setting, value, name):
    monkeypatch.setitem(current_app.conf, setting, value)

    assert names(settings_are_strict(None)) == [name]


@pytest.mark.django_db
class TestDatabase:
    def test_the_embedded_one_is_fit(self):
        assert checks.run_checks(tags=[checks.Tags.database], databases=["default"]) == []

    def test_without_fsync_it_is_not_fit_for_production(self, settings):
        settings.PRODUCTION = True
        with connection.cursor() as cursor:
            cursor.execute("SHOW fsync")
            [fsync] = cursor.fetchone()

        expected = [] if fsync == "on" else ["fsync"]
        assert names(databases_are_fit(None, databases=["default"])) == expected


@pytest.mark.django_db(transaction=True)
def test_a_database_that_ignores_chinese_letters_is_named(monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS deaf_to_letters")
        cursor.execute(
            "CREATE DATABASE deaf_to_letters TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'"
        )
    connection.close()
    try:
        with monkeypatch.context() as patch:
            patch.setitem(connection.settings_dict, "NAME", "deaf_to_letters")
            assert names(databases_are_fit(None, databases=["default"])) == ["letters"]
            connection.close()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE deaf_to_letters")
