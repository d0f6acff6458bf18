"""Print who can log in to the demo dealership."""

from typing import Any

from django.core.management.base import BaseCommand

from aftersales.models import User
from aftersales.roles import ROLES
from reports.demo.staff import PASSWORD, STAFF


class Command(BaseCommand):
    help = "Prints the logins of the demo dealership, or nothing where it isn't loaded."

    def handle(self, **options: Any) -> None:
        usernames = [username for username, *_ in STAFF]
        if User.objects.filter(username__in=usernames).count() < len(usernames):
            return
        self.stdout.write("Logins of the demo dealership:")
        for username, name, _language, held in STAFF:
            labels = ", ".join(str(ROLES[role].label) for role in held)
            self.stdout.write(f"  {username:<12} {labels} ({name})")
        self.stdout.write(f"  Everybody's password: {PASSWORD}")
