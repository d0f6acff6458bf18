"""Make somebody administrator of a new installation."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from aftersales.services import links, users


class Command(BaseCommand):
    help = (
        "Creates the first administrator and prints a link with which this person chooses a "
        "password. Refuses as soon as there is an administrator who can log in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="as it is shown to the others")
        parser.add_argument(
            "--address",
            default="http://127.0.0.1:8000",
            help="of this installation, as people type it (default: %(default)s)",
        )

    def handle(self, *, username: str, name: str, address: str, **options: Any) -> None:
        try:
            administrator = users.create_first_administrator(username=username, name=name)
        except users.AdministratorExists as refusal:
            raise CommandError(str(refusal)) from refusal
        link = links.issue(administrator.pk, by=administrator, now=timezone.now())
        path = reverse("welcome", args=[link])
        self.stdout.write("Open this within an hour and choose a password; it works once:")
        self.stdout.write(f"{address.rstrip('/')}{path}")
