"""Bring an installation up to its code: checks, catalogs, static files, tables, demo."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Prepares for a start what the code needs. Repeatable, and quick when nothing changed."

    def handle(self, **options: Any) -> None:
        if settings.PRODUCTION:
            call_command("check", deploy=True, fail_level="WARNING", databases=["default"])
        call_command("compile_catalogs")
        collect_changed_static_files()
        call_command("migrate", interactive=False, verbosity=0)
        if settings.DEMO:
            call_command("load_demo", if_empty=True)
            call_command("demo_logins")


def collect_changed_static_files() -> None:
    """Collect and compress the static files if one has changed since the last time.

    `collectstatic` compresses all of them each time, which takes longer than all the rest.
    """
    digest = sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    collected = Path(settings.STATIC_ROOT).with_suffix(".sha256")
    if not collected.exists() or collected.read_text() != digest.hexdigest():
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        collected.write_text(digest.hexdigest())
