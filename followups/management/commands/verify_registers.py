"""Check what nobody may have changed: `manage.py verify_registers`, best once a night."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from followups.checks.registers import REGISTERS, Problem, Verification, verify

WORDS = {
    Problem.CHANGED: "says something else than when it was written",
    Problem.NUMBER: "does not follow the number before it: lines are missing",
    Problem.CHAIN: "does not continue the line before it",
    Problem.END: "should be the last line, by what was written last",
    Problem.FILE: "has lost its archived file, or the file is another one",
}


class Command(BaseCommand):
    help = "Check numbers and hash chain of every register; the exit code is 1 if any is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print what was found as JSON")

    def handle(self, *, json: bool, **options: Any) -> None:
        found = [verify(model) for model in REGISTERS]
        self.stdout.write(_as_json(found) if json else "\n".join(map(_in_words, found)))
        if any(verification.findings for verification in found):
            sys.exit(1)


def _as_json(found: list[Verification]) -> str:
    return json.dumps([asdict(verification) for verification in found], indent=2)


def _in_words(verification: Verification) -> str:
    if not verification.findings:
        return (
            f"{verification.register}: {verification.lines} lines, complete and unchanged. "
            f"Last line {verification.last or 'none'}, hash {verification.last_hash or 'none'}"
        )
    wrong = [f"{finding.line} {WORDS[finding.problem]}" for finding in verification.findings]
    if verification.may_be_worse:
        wrong.append(f"only the first {len(wrong)} findings are named")
    return "\n".join(f"{verification.register}: {line}" for line in wrong)
