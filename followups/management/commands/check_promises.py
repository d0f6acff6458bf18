"""Count what was promised: JSON, and exit code 1 if it doesn't add up."""

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from followups.checks.promises import check_promises


class Command(BaseCommand):
    help = (
        "Check that every fact that owes something has its follow-up, and that whatever was "
        "created is open, done or cancelled with a reason. Run the sweeps before."
    )

    def handle(self, **options: Any) -> None:
        found = check_promises(now=timezone.now())
        self.stdout.write(json.dumps(found, indent=2))
        if found["problems"]:
            raise SystemExit(1)
