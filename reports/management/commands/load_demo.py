"""Load the demo dealership into an empty database."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from aftersales.days import today
from aftersales.models import User
from customers.models import Customer
from reports.demo import dealership


class Command(BaseCommand):
    help = "Loads an invented dealership with 18 months of orders, ending today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing if there are users or customers"
        )

    def handle(self, *, if_empty: bool, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo has public passwords; it is never loaded in production.")
        if User.objects.exists() or Customer.objects.exists():
            if if_empty:
                return
            raise CommandError(
                "The database isn't empty. `make demo` throws everything away first."
            )
        self.stdout.write("Loading the demo dealership, which takes up to a minute …")
        self.stdout.flush()
        counts = dealership.load(today=today(), now=timezone.now())
        self.stdout.write(json.dumps(counts))
