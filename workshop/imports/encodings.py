"""In which encoding a text file is written: certain, or asked.

A wrong guess would write wrong names, so only a byte order mark or a whole file of strict
UTF-8 counts as certain. Everything else is put to a person, who sees the first rows in each
encoding that can decode the whole file.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# In the order in which they are offered, the likeliest first.
ASKED = {
    "gb18030": "中文 GB18030 / GBK",
    "cp950": "中文 Big5",
    "cp949": "한국어 CP949 / EUC-KR",
    "utf-8": "Unicode UTF-8",
    "cp1252": "Western Windows-1252",
}
CERTAIN = frozenset({"utf-8", "utf-8-sig", "utf-16", "utf-32"})
ASKED_WITH_NULLS = {"utf-16-le": "Unicode UTF-16 LE", "utf-16-be": "Unicode UTF-16 BE"}
LABELS = ASKED | ASKED_WITH_NULLS

# A character of three bytes or more in UTF-8. Text with only shorter ones may as well be
# Chinese: the two bytes of ģ are those of 模 in GBK.
LONG_CHARACTER = re.compile("[\u0800-\U0010ffff]")


def candidates(read: Callable[[], Iterator[bytes]]) -> list[str]:
    """Return the encodings that a file may have; none means that it is no text.

    One alone is certain if it is among `CERTAIN`; that the others failed proves nothing.

    Args:
        read: gives the file from its beginning, each time it is called.

    Source: F44.
    """
    start = next(read(), b"")
    for mark, name in MARKS.items():
        if start.startswith(mark):
            return [name] if _decodes(name, read()) else []
    if any(b"\0" in chunk for chunk in read()):
        return [name for name in ASKED_WITH_NULLS if _decodes(name, read())]
    if _is_surely_utf8(read()):
        return ["utf-8"]
    return [name for name in ASKED if _decodes(name, read())]


def _decodes(name: str, chunks: Iterator[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        # No text has null characters; they come from reading something else as UTF-16.
        is_text = all("\0" not in decoder.decode(chunk) for chunk in chunks)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return is_text


def _is_surely_utf8(chunks: Iterator[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_ascii = True
    has_long_character = False
    try:
        for chunk in chunks:
            text = decoder.decode(chunk)
            if not text.isascii():
                is_ascii = False
                has_long_character = has_long_character or bool(LONG_CHARACTER.search(text))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return is_ascii or has_long_character
