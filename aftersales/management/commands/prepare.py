"""Bring an installation up to its code: catalogs, static files, tables, demo."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Prepares for a start what the code needs. Repeatable, and quick when nothing changed."

    def handle(self, **options: Any) -> None:
        call_command("compile_catalogs")
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("migrate", interactive=False, verbosity=0)
        if not settings.PRODUCTION:
            call_command("load_demo", if_empty=True)
            call_command("demo_logins")
