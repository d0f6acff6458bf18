"""Compile the message catalogs that are newer than what was compiled from them."""

import os
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compiles changed catalogs; in Python, because a fresh machine has no msgfmt."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for catalog in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                compile_if_changed(catalog)


def compile_if_changed(catalog: Path) -> bool:
    """Write the `.mo` file beside `catalog` unless it is the younger one, and say whether."""
    compiled = catalog.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= catalog.stat().st_mtime:
        return False
    # A web server may be reading: it finds the old file or the new one, never half of it.
    draft = compiled.with_suffix(f".mo.{os.getpid()}")
    polib.pofile(str(catalog)).save_as_mofile(str(draft))
    draft.replace(compiled)
    return True
