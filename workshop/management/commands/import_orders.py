"""Imports a file without pages: reads, compares, writes, and prints the report as JSON."""

import json
from argparse import ArgumentParser
from pathlib import Path
from time import sleep
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from aftersales.refusals import Refusal
from workshop.imports import layout, progress
from workshop.imports.encodings import LABELS
from workshop.models import Import, ImportKind, ImportProfile, ImportState
from workshop.services import import_work, imports

LOOKS_EVERY = 0.5


class Command(BaseCommand):
    help = "Import customers, vehicles or repair orders from a CSV or XLSX file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", choices=ImportKind.values, default=ImportKind.ORDERS)
        parser.add_argument(
            "--profile",
            help="a saved profile by its name, or a JSON file; else the headings decide",
        )
        parser.add_argument("--encoding", choices=sorted(LABELS), default="")
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would happen and keep nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = self._read(options)
            if batch.state == ImportState.PREVIEW and not options["dry_run"]:
                imports.confirm(batch.pk, by=None, now=timezone.now())
                batch = self._work(batch)
        except (Refusal, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        if batch.state == ImportState.FAILED:
            raise CommandError(batch.problem)
        report = {"import": batch.pk, "state": batch.state, "rows": batch.rows_read}
        self.stdout.write(json.dumps(report | batch.counts, ensure_ascii=False, indent=2))
        if options["dry_run"]:
            imports.discard(batch.pk)

    def _read(self, options: dict[str, Any]) -> Import:
        with options["file"].open("rb") as file:
            batch = imports.upload(
                File(file, name=options["file"].name), kind=options["kind"], by=None
            )
        if batch.inspection["encodings"]:
            if options["encoding"] not in batch.inspection["encodings"]:
                possible = ", ".join(batch.inspection["encodings"])
                imports.discard(batch.pk)
                raise CommandError(f"In which encoding is it written? --encoding {possible}")
            batch = imports.choose_encoding(batch.pk, options["encoding"])
        try:
            imports.start_reading(batch.pk, _layout(batch, options["profile"]))
        except Refusal:
            imports.discard(batch.pk)
            raise
        return self._work(batch)

    def _work(self, batch: Import) -> Import:
        """Work on an import, or wait for the worker that was faster, and say how far it is."""
        last = None
        while True:
            import_work.work_on(batch.pk, now=timezone.now())
            batch.refresh_from_db()
            told, last = last, progress.told(batch.pk)
            if last and last != told:
                self.stderr.write(f"{last.step} {last.done:,} / {last.of:,}")
            if not batch.is_at_work:
                return batch
            sleep(LOOKS_EVERY)


def _layout(batch: Import, profile: str | None) -> layout.Layout:
    if not profile:
        found = batch.inspection
        return layout.suggest(batch.kind, found["headings"], found["values"])
    if Path(profile).is_file():
        return layout.Layout.from_json(json.loads(Path(profile).read_text(encoding="utf-8")))
    saved = ImportProfile.objects.filter(kind=batch.kind, name=profile).first()
    if saved is None:
        raise CommandError(f"There is no profile “{profile}”.")
    return layout.Layout.from_json(saved.layout)
