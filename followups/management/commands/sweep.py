"""Do by hand what beat rings: `manage.py sweep sweep_first_calls --at 2026-11-21T18:00`."""

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from aftersales import days
from followups.sweeps import SWEEPS


class Command(BaseCommand):
    help = "Run the sweeps, or those named, and print what they did as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SWEEPS))
        parser.add_argument("--at", metavar="ISO-TIME", help="look at the facts as of then")

    def handle(self, *, names: list[str], at: str | None, **options: Any) -> None:
        if unknown := set(names) - set(SWEEPS):
            known = ", ".join(SWEEPS)
            raise CommandError(f"No sweep is called {', '.join(sorted(unknown))}. Known: {known}.")
        now = _moment(at) if at else timezone.now()
        counts = {name: SWEEPS[name](now=now) for name in names or SWEEPS}
        self.stdout.write(json.dumps(counts, indent=2))


def _moment(text: str) -> datetime:
    """Read an ISO time; without an offset it is the shop's."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"“{text}” is no ISO time; write for instance 2026-11-21T18:00.")
    return timezone.make_aware(moment, days.shop_zone()) if timezone.is_naive(moment) else moment
