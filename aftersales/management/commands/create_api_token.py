"""`manage.py create_api_token USERNAME`: a token for a program that uses the REST interface."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from knox.models import AuthToken

from aftersales.models import User
from aftersales.roles import REST_CLIENT

MOST_DAYS = 90


class Command(BaseCommand):
    help = "Print a new token for the REST interface. It is shown this once: we keep its digest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="whom the token stands for")
        parser.add_argument(
            "--days", type=int, default=MOST_DAYS, help=f"how long it lives, {MOST_DAYS} at most"
        )
        parser.add_argument(
            "--name", help="if there is no such user, make a REST client with this name"
        )

    def handle(self, *, username: str, days: int, name: str | None, **options: Any) -> None:
        if not 1 <= days <= MOST_DAYS:
            raise CommandError(_("A token lives for 1 to %(days)s days.") % {"days": MOST_DAYS})
        user = User.objects.filter(username=username).first()
        if user is None and name:
            user = User.objects.create_user(username, None, name=name, roles=[REST_CLIENT])
        if user is None:
            raise CommandError(
                _("There is no user %(username)s. Give --name to make a REST client.")
                % {"username": username}
            )
        if not user.has_perm("aftersales.use_api"):
            raise CommandError(
                _("%(username)s is not active or has not the role “REST client”.")
                % {"username": username}
            )
        _token, secret = AuthToken.objects.create(user, expiry=timedelta(days=days))
        self.stdout.write(secret)
