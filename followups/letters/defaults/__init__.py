"""The texts with which a shop begins: a file for each kind and language, its subject on top."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent
NAME = "Standard"


def default_letters() -> Iterator[dict[str, str]]:
    """Give the fields of each template."""
    for path in sorted(FOLDER.glob("*.txt")):
        kind, language, _suffix = path.name.split(".")
        subject, _blank, body = path.read_text(encoding="utf-8").partition("\n\n")
        yield {
            "kind": kind,
            "language": language,
            "name": NAME,
            "subject": subject,
            "body": body.strip(),
        }
