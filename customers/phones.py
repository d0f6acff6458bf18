"""Telephone numbers: what was typed, what is dialed, and the digits people remember.

A number without + or 00 belongs to the shop's country. 010-1234-5678 is a landline in
Beijing and a mobile in Korea, however it is punctuated, so the country decides, never the
pattern; a Korean number is typed with +82 in China, and the other way round (REC-22).
"""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from django.conf import settings

TAIL_DIGITS = 8
# Numbers of the switchboard and then of the desk: the desk is kept as typed, not dialed.
WITH_EXTENSION = re.compile(r"(0\d{2,3}[- ]?\d{7,8}) ?(?:-|转|轉|分机|내선) ?\d{1,6}")
# China and Korea, without the leading zero: what may be given out before the library knows it.
LENIENT = {
    86: re.compile(r"1[3-9]\d{9}|(?:10|2\d)\d{8}|[3-9]\d{2}\d{7,8}|[48]00\d{7}"),
    82: re.compile(r"1[016789]\d{7,8}|(?:2|[3-6]\d)\d{7,8}"),
}


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
    """Read a typed number, never refusing it: what is no valid number is kept as typed.

    Args:
        country: where a number without country code belongs, by default the shop's.

    Source: REC-22.
    """
    typed = " ".join(typed.split())
    written = unicodedata.normalize("NFKC", typed)
    digits = "".join(str(int(letter)) for letter in written if letter.isdecimal())
    invalid = PhoneNumber(typed, "", digits[-TAIL_DIGITS:])
    if with_extension := WITH_EXTENSION.fullmatch(written):
        written = with_extension[1]
    try:
        number = phonenumbers.parse(written, country or settings.SHOP["country"])
    except phonenumbers.NumberParseException:
        return invalid
    if not (phonenumbers.is_valid_number(number) or _may_be_valid(number)):
        return invalid
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return PhoneNumber(typed, e164, e164[-TAIL_DIGITS:])


def _may_be_valid(number: phonenumbers.PhoneNumber) -> bool:
    """Judge the numbers of a neighbor by their pattern, all others by their length."""
    if pattern := LENIENT.get(number.country_code or 0):
        return bool(pattern.fullmatch(phonenumbers.national_significant_number(number)))
    length = phonenumbers.is_possible_number_with_reason(number)
    return length == phonenumbers.ValidationResult.IS_POSSIBLE
