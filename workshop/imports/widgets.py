"""How cells become values: one widget of django-import-export for each kind of value.

`clean` returns what goes into a document of `ImportRow` (text or a number that PostgreSQL
casts, None for nothing) or raises `Unreadable`; `odd` names what is strange about a value
that is taken all the same. The `layout` says which forms of dates and numbers the file has.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from import_export.widgets import Widget

from aftersales.exports import harmless
from customers import phones, rules
from workshop.imports.findings import Unreadable

if TYPE_CHECKING:
    from workshop.imports.layout import Layout

# What systems write where there is nothing.
NOTHING = frozenset({"", "-", "--", "/", "\\", "无", "無", "暂无", "null", "none", "n/a", "없음"})
LONGEST_NOTHING = max(map(len, NOTHING))
NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
UNITS = re.compile(r"^[¥$₩]\s*|\s*(?:km|公里|元|원)$", re.IGNORECASE)
LONGEST_PHONE = 40
BLANKS = re.compile(r"\s+")


def as_text(cell: Any) -> str:
    """Return a cell as it looks in a spreadsheet, without blanks around it.

    Raises:
        Unreadable: with control characters.
    """
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip()
    if not text.isprintable() and NOT_TEXT.search(text):
        raise Unreadable("not_text")
    # Our own files have an apostrophe before what a spreadsheet would compute.
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text


class Value(Widget):
    """A value that may be missing; subclasses say what becomes of one that is there."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = as_text(value)
        if len(text) <= LONGEST_NOTHING and text.casefold() in NOTHING:
            return None
        return self.read(text, value, **kwargs)

    def read(self, text: str, cell: Any, *, layout: Layout, now: datetime) -> Any:
        """Return the value of a cell that is not empty."""
        raise NotImplementedError

    def odd(self, value: Any) -> Unreadable | None:
        """Return why a value is strange, although it is taken."""
        return None


class Text(Value):
    """A line of text."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def read(self, text: str, cell: Any, *, layout: Layout, now: datetime) -> str:
        return self._fitting(BLANKS.sub(" ", text))

    def _fitting(self, text: str) -> str:
        if len(text) > self.most:
            raise Unreadable("too_long", most=self.most, length=len(text))
        return text


class Paragraphs(Text):
    """Text of several lines."""

    def read(self, text: str, cell: Any, *, layout: Layout, now: datetime) -> str:
        return self._fitting(text.replace("\r\n", "\n").replace("\r", "\n"))


class Email(Text):
    def read(self, text: str, cell: Any, *, layout: Layout, now: datetime) -> str:
        try:
            validate_email(text)
        except ValidationError as error:
            raise Unreadable("email") from error
        return self._fitting(text)


class Vin(Value):
    def read(self, text: str, cell: Any, *, layout: Layout, now: datetime) -> str:
        vin = rules.normalized_vin(text)
        error = rules.check_vin(vin).error
        if error == "check_digit":
            raise Unreadable("vin_check_digit", expected=rules.check_digit(vin))
        if error:
            raise Unreadable(f"vin_{error}", length=len(vin))
        return vin

    def odd(self, value: str) -> Unreadable | None:
        if rules.check_vin(value).warning:
            return Unreadable("vin_odd", expected=rules.check_digit(value))
        return None


class Plate(Value):
    def read(self, text: str, cell: Any, *, layout: Layout, now: datetime) -> str | None:
        plate = rules.normalized_plate(text)
        if plate and not rules.is_possible_plate(plate):
            raise Unreadable("plate")
        return plate or None

    def odd(self, value: str) -> Unreadable | None:
        return None if rules.is_known_plate(value) else Unreadable("plate_odd")


class Phone(Value):
    """A number as typed, as dialed, and its last digits."""

    def read(self, text: str, cell: Any, *, layout: Layout, now: datetime) -> dict[str, str]:
        number = phones.parse(text)
        if len(number.typed) > LONGEST_PHONE:
            raise Unreadable("too_long", most=LONGEST_PHONE, length=len(number.typed))
        return {"typed": number.typed, "e164": number.e164, "tail": number.tail}

    def odd(self, value: dict[str, str]) -> Unreadable | None:
        return None if value["e164"] else Unreadable("phone_odd")


class Number(Value):
    """A decimal number, not negative, with as many decimals as the column keeps."""

    def __init__(self, most: int, decimals: int) -> None:
        super().__init__()
        self.most, self.decimals = most, decimals

    def read(self, text: str, cell: Any, *, layout: Layout, now: datetime) -> str | None:
        number = self._number(text, cell, layout.decimal_sign)
        if number < 0:
            raise Unreadable("negative")
        if number > self.most:
            raise Unreadable("too_large", most=f"{self.most:,}")
        rounded = round(number, self.decimals)
        if rounded != number:
            raise Unreadable("decimals" if self.decimals else "whole_number")
        return str(rounded)

    def _number(self, text: str, cell: Any, sign: str) -> Decimal:
        if isinstance(cell, float):
            return round(Decimal(cell), 9).normalize()  # without what binary fractions add
        thousands = "." if sign == "," else ","
        digits = UNITS.sub("", unicodedata.normalize("NFKC", text))
        pattern = rf"-?(\d+|\d{{1,3}}([{thousands} ]\d{{3}})+)({re.escape(sign)}\d*)?"
        if not re.fullmatch(pattern, digits):
            raise Unreadable("number", sign=sign)
        return Decimal(re.sub(rf"[{thousands} ]", "", digits).replace(sign, "."))


class Word(Value):
    """A word of a fixed list, which the layout explains."""

    def __init__(self, meanings: str) -> None:
        super().__init__()
        self.meanings = meanings

    def read(self, text: str, cell: Any, *, layout: Layout, now: datetime) -> str:
        meaning: str | None = getattr(layout, self.meanings).get(folded(text))
        if not meaning:
            raise Unreadable("word")
        return meaning


@lru_cache(maxsize=20_000)
def folded(text: str) -> str:
    """Return a word in one width and case, as words are compared."""
    return BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()
