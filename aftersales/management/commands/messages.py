"""Gather the texts of code and templates into the catalogs, or check that these are complete.

In Python alone: a fresh machine has no xgettext.
"""

import io
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
from babel.messages.extract import extract
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import templatize

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
LEFT_OUT = {"tests", "migrations", ".venv", "var", "bench"}
LANGUAGES = ("zh_Hans", "ko")
# What a translation says as its original does: placeholders, tags, character references.
KEPT = re.compile(r"%\(\w+\)\w|%%|\{\w*\}|</?\w[^>]*>|&#?\w+;")


class Command(BaseCommand):
    help = "Gathers texts into locale/; with --check only says what is wrong there and fails."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *, check: bool, **options: Any) -> None:
        texts = gathered(settings.BASE_DIR)
        wrong = []
        for language in LANGUAGES:
            path = settings.BASE_DIR / "locale" / language / "LC_MESSAGES" / "django.po"
            if check:
                wrong += [f"{language}: {problem}" for problem in problems(texts, path)]
            else:
                self.stdout.write(f"{language}: {merge(texts, path)}")
        if wrong:
            raise CommandError("The catalogs are not in order:\n" + "\n".join(wrong))


def gathered(root: Path) -> dict[tuple[str | None, str], polib.POEntry]:
    """Return every text under `root` by context and msgid."""
    texts: dict[tuple[str | None, str], polib.POEntry] = {}
    for path in sorted([*root.rglob("*.py"), *(root / "templates").rglob("*.html")]):
        relative = path.relative_to(root)
        if LEFT_OUT.intersection(relative.parts):
            continue
        for message, context in _messages(path):
            singular, plural = message if isinstance(message, tuple) else (message, "")
            entry = texts.setdefault(
                (context, singular), polib.POEntry(msgid=singular, msgctxt=context)
            )
            entry.msgid_plural = entry.msgid_plural or plural
            entry.occurrences.append((str(relative), ""))
            if "%(" in singular:
                entry.flags = ["python-format"]
    for entry in texts.values():
        entry.occurrences = sorted(set(entry.occurrences))
    return texts


def _messages(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        # What remains of a template isn't Python, but its lines tokenize like it.
        source = "\n".join(
            line.strip() for line in templatize(source, origin=str(path)).splitlines()
        )
    for _line, message, _comments, context in extract(
        "python", io.BytesIO(source.encode()), keywords=KEYWORDS
    ):
        if message and (isinstance(message, tuple) or message.strip()):
            yield message, context


def merge(texts: dict[tuple[str | None, str], polib.POEntry], path: Path) -> str:
    """Write `texts` into the catalog at `path`; translations that are there stay."""
    old = polib.pofile(str(path)) if path.exists() else polib.POFile()
    known = {(entry.msgctxt, entry.msgid): entry for entry in old.translated_entries()}
    new = polib.POFile(wrapwidth=100)
    new.metadata = {
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": path.parent.parent.name,
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for key, entry in sorted(texts.items(), key=lambda item: (item[0][1], item[0][0] or "")):
        translated = known.get(key)
        if entry.msgid_plural:
            entry.msgstr_plural = (translated and translated.msgstr_plural) or {0: ""}
        elif translated:
            entry.msgstr = translated.msgstr
        new.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    new.save(str(path))
    return f"{len(new)} texts, {len(new.untranslated_entries())} without translation"


def problems(texts: dict[tuple[str | None, str], polib.POEntry], path: Path) -> Iterator[str]:
    """Say which texts the catalog at `path` lacks, has as fuzzy or with other placeholders."""
    if not path.exists():
        yield f"no catalog at {path}"
        return
    done = {
        (entry.msgctxt, entry.msgid): entry
        for entry in polib.pofile(str(path)).translated_entries()
    }
    for key, text in texts.items():
        if key not in done:
            yield f"not translated: {text.msgid}"
        elif _kept(_translation(done[key])) != _kept(text.msgid_plural or text.msgid):
            yield f"other placeholders or tags: {text.msgid}"


def _translation(entry: polib.POEntry) -> str:
    return str(entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr)


def _kept(text: str) -> list[str]:
    return sorted(KEPT.findall(text))
