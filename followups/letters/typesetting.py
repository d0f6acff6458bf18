"""Letters on paper: PDF by typst. What it prints are data, never markup (F47, F49)."""

from __future__ import annotations

import json
import re
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import justmytype_intl_cjk
import typst
from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from fontTools.ttLib import TTFont

from aftersales.models import Language

SHEETS = Path(__file__).parent / "typst"
FONTS = Path(justmytype_intl_cjk.__file__).parent / "fonts" / "ofl"
FAMILIES = {
    "Noto Sans SC": "notosanssc",
    "Noto Sans KR": "notosanskr",
    "Noto Sans TC": "notosanstc",
    "Noto Sans JP": "notosansjp",
}
# The same character looks different in Chinese and Korean: the language's own font comes first.
FAMILIES_OF = {
    Language.KOREAN: ["Noto Sans KR", "Noto Sans SC", "Noto Sans TC", "Noto Sans JP"],
}
# A file of more is too long for printers, and for the memory of a web process.
PRINTED_TOGETHER = 500
MEASURED_TOGETHER = 100
PAGES = re.compile(rb"/Type\s*/Pages\b.*?/Count (\d+)", re.DOTALL)
_mine = threading.local()


@dataclass(frozen=True)
class Letter:
    """What stands on the paper of one letter.

    Attributes:
        address: the lines in the window.
        mark: a word across the page, for what is no letter yet.
    """

    language: str
    number: str
    dated: date
    address: Sequence[str]
    plate: str
    subject: str
    body: str
    handler: str
    mark: str = ""


def draw(letter: Letter, *, now: datetime) -> bytes:
    """Return the letter as PDF; the same letter at the same moment gives the same bytes."""
    data = _data(letter)
    return _compiled("letter.typ", data, letter.language, timestamp=_second(now))[0]


def pictures(letter: Letter) -> list[bytes]:
    """Return the pages of the letter as PNG."""
    data = _data(letter)
    return _compiled("letter.typ", data, letter.language, format="png", ppi=110)


def pages_of(pdf: bytes) -> int:
    """Return how many pages a PDF of ours has."""
    found = PAGES.search(pdf)
    assert found, "typst writes the number of pages in the open"
    return int(found[1])


def again(files: Iterable[tuple[bytes, int]], *, mark: str, language: str, now: datetime) -> bytes:
    """Return archived files with their number of pages as one PDF, each page marked or as it is."""
    with tempfile.TemporaryDirectory() as folder:
        named = []
        for number, (content, pages) in enumerate(files):
            (Path(folder) / f"{number}.pdf").write_bytes(content)
            named.append({"name": f"{number}.pdf", "pages": pages})
        sheet = Path(folder) / "archived.typ"
        sheet.write_bytes((SHEETS / "archived.typ").read_bytes())
        data = {"files": named, "mark": mark}
        compiled: bytes = typst.compile(
            str(sheet),
            root=folder,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs=_inputs(data, language),
            timestamp=_second(now),
        )
    return compiled


def labels(addresses: Iterable[Sequence[str]], *, skipped: int = 0) -> bytes:
    """Return sheets of address labels; `skipped` places of the first one are used up."""
    data = {"addresses": list(addresses), "skipped": skipped}
    return _sheet("labels.typ", data)


def posting_list(rows: Iterable[Sequence[str]], *, about: str) -> bytes:
    """Return the list that goes along to the post: no., number, name, address, code, remarks."""
    data = {
        "title": _("Posting list"),
        "shop": settings.SHOP["name"],
        "about": about,
        "headings": [
            _("No."),
            _("Letter no."),
            _("Customer"),
            _("Address"),
            _("Postal code"),
            _("Remarks"),
        ],
        "rows": list(rows),
        "signatures": [_("Handed over by, on"), _("Accepted by, stamp")],
        "pages": _("Page {page} of {pages}"),
    }
    return _sheet("posting_list.typ", data)


def address_lines(
    language: str, *, name: str, address: str, postal_code: str, contact: str = ""
) -> list[str]:
    """Return the lines of an address in the order that its readers expect."""
    if language == Language.CHINESE:
        lines = [postal_code, address, name, contact]
    elif language == Language.KOREAN:
        lines = [address, name, contact, postal_code]
    else:
        lines = [name, contact, address, postal_code]
    return [line for part in lines for line in part.splitlines() if line.strip()]


def too_long(addresses: Sequence[Sequence[str]]) -> list[bool]:
    """Say of each address whether it is too long for the window."""
    found: list[bool] = []
    for first in range(0, len(addresses), MEASURED_TOGETHER):
        compiler = typst.Compiler(
            str(SHEETS / "too_long.typ"),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs=_inputs(addresses[first : first + MEASURED_TOGETHER], Language.CHINESE),
        )
        found += json.loads(compiler.query("<too-long>", field="value", one=True))
        compiler.compile()  # Only this makes typst forget what it measured ten times ago.
    return found


def unprintable(text: str) -> str:
    """Return the characters of a text that no font of ours has, each once."""
    return "".join(
        each for each in dict.fromkeys(text) if not each.isspace() and ord(each) not in _known()
    )


def _data(letter: Letter) -> dict[str, Any]:
    """Return a letter with what the language of its reader adds."""
    shop: Mapping[str, str] = settings.SHOP
    lines = [line for line in (shop["address"], shop["phone"]) if line]
    with translation.override(letter.language):
        facts = [
            (pgettext("letter", "Date"), formats.date_format(letter.dated)),
            (pgettext("letter", "Letter no."), letter.number),
            (pgettext("letter", "Plate"), letter.plate),
        ]
        pages = _("Page {page} of {pages}")
    return asdict(letter) | {
        "dated": letter.dated.isoformat(),
        "language": letter.language.partition("-")[0],
        "shop": {"name": shop["name"], "lines": lines},
        "sender": "  ·  ".join([shop["name"], *lines[:1]]),
        "facts": [fact for fact in facts if fact[1]],
        "body": [block.splitlines() for block in re.split(r"\n\s*\n", letter.body.strip())],
        "pages": pages,
    }


def _inputs(data: object, language: str) -> dict[str, str]:
    families = FAMILIES_OF.get(Language(language), list(FAMILIES))
    return {"data": json.dumps(data, ensure_ascii=False), "fonts": ",".join(families)}


def _sheet(name: str, data: object) -> bytes:
    return _compiled(name, data, translation.get_language() or Language.ENGLISH)[0]


def _compiled(name: str, data: object, language: str, **how: Any) -> list[bytes]:
    """Return one file, or one for each page if there are several pictures."""
    made: Any = _compiler(name).compile(sys_inputs=_inputs(data, language), **how)
    return made if isinstance(made, list) else [made]


def _second(moment: datetime) -> int:
    return int(moment.timestamp())


def _compiler(name: str) -> typst.Compiler:
    """Return this thread's compiler of a sheet: two threads must not use one."""
    kept: dict[str, typst.Compiler] = _mine.__dict__
    if name not in kept:
        kept[name] = typst.Compiler(
            str(SHEETS / name), font_paths=_fonts(), ignore_system_fonts=True
        )
    return kept[name]


@cache
def _fonts() -> typst.Fonts:
    folders = [str(FONTS / folder) for folder in FAMILIES.values()]
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=folders,
    )


@cache
def _known() -> frozenset[int]:
    """Return the characters that at least one of our fonts has."""
    known: set[int] = set()
    for folder in FAMILIES.values():
        for path in (FONTS / folder).glob("*.ttf"):
            with TTFont(path, lazy=True) as font:
                known |= font.getBestCmap().keys()
    return frozenset(known)
