"""Bring an installation up to its code: checks, catalogs, static files, tables, demo."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Prepares for a start what the code needs. Repeatable, and quick when nothing changed."

    def handle(self, **options: Any) -> None:
        if settings.PRODUCTION:
            call_command("check", deploy=True, fail_level="WARNING", databases=["default"])
        call_command("compile_catalogs")
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("migrate", interactive=False, verbosity=0)
        if settings.DEMO:
            call_command("load_demo", if_empty=True)
            call_command("demo_logins")
