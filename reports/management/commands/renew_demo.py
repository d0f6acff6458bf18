"""Throw the demo dealership away, with everything that was done in it, and load it anew."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from aftersales.models import User
from reports.demo.staff import STAFF


class Command(BaseCommand):
    help = "Empties a database that holds the demo dealership and loads it anew."

    def handle(self, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        demo = [username for username, *_ in STAFF]
        users = User.objects.count()
        if users and User.objects.filter(username__in=demo).count() < len(demo):
            raise CommandError(
                "This database holds people but not the demo dealership. Nothing was thrown away."
            )
        with connection.cursor() as cursor:
            # TRUNCATE is refused by the history, and rightly so.
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        call_command("migrate", verbosity=0)
        call_command("load_demo")
        call_command("demo_logins")
