"""Telephone numbers: what was typed, what is dialed, and the digits people remember."""

from dataclasses import dataclass

import phonenumbers
from django.conf import settings

TAIL_DIGITS = 8


@dataclass(frozen=True)
class PhoneNumber:
    """A number as typed, in E.164 (empty when it is not a valid number) and its last digits."""

    typed: str
    e164: str
    tail: str

    @property
    def is_valid(self) -> bool:
        return bool(self.e164)


def parse(typed: str, *, country: str = "") -> PhoneNumber:
    """Read a typed number; without +… it belongs to `country`, by default the shop's.

    `01012345678` is a landline in Beijing and a mobile in Korea: the country decides, never
    the pattern (REC-22).
    """
    typed = " ".join(typed.split())
    digits = "".join(character for character in typed if character.isdecimal())
    try:
        number = phonenumbers.parse(typed, country or settings.SHOP["country"])
    except phonenumbers.NumberParseException:
        return PhoneNumber(typed, "", digits[-TAIL_DIGITS:])
    if not phonenumbers.is_possible_number(number):
        return PhoneNumber(typed, "", digits[-TAIL_DIGITS:])
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return PhoneNumber(typed, e164, e164[-TAIL_DIGITS:])
